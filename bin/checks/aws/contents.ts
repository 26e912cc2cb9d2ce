import { DescribeImagesCommand, ECRClient } from '@aws-sdk/client-ecr';
import { DescribeSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { nameOf } from '../../../lambda/runtime/errors';
import { CallFailed } from '../failures';
import type { Images, Secrets } from '../ports';
import { type Clients, call, orAbsent } from './call';

export function images(clients: Clients): Images {
  const ecr = clients((config) => new ECRClient(config));
  return {
    async find(region, repositoryName, reference) {
      const image = 'tag' in reference ? { imageTag: reference.tag } : { imageDigest: reference.digest };
      try {
        const { imageDetails } = await call('ecr:DescribeImages', region, (options) =>
          ecr(region).send(new DescribeImagesCommand({ repositoryName, imageIds: [image] }), options),
        );
        return (imageDetails ?? []).length > 0 ? 'image' : 'no image';
      } catch (error) {
        const name = error instanceof CallFailed ? nameOf(error.cause) : '';
        if (name === 'RepositoryNotFoundException') return 'no repository';
        if (name === 'ImageNotFoundException') return 'no image';
        throw error;
      }
    },
  };
}

export function secrets(clients: Clients): Secrets {
  const manager = clients((config) => new SecretsManagerClient(config));
  return {
    async stages(region, name) {
      const answer = await orAbsent(
        call('secretsmanager:DescribeSecret', region, (options) =>
          manager(region).send(new DescribeSecretCommand({ SecretId: name }), options),
        ),
        'ResourceNotFoundException',
      );
      return answer && Object.values(answer.VersionIdsToStages ?? {}).flat();
    },
  };
}
