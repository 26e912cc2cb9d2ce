import { DescribeSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type Clients, orAbsent } from '../../checks/aws/call';
import type { SecretStatuses } from '../ports';
import { call } from './call';

export function secretStatuses(clients: Clients): SecretStatuses {
  const manager = clients((config) => new SecretsManagerClient(config));
  return {
    async status(region, SecretId) {
      const answer = await orAbsent(
        call('secretsmanager:DescribeSecret', region, (options) =>
          manager(region).send(new DescribeSecretCommand({ SecretId }), options),
        ),
        'ResourceNotFoundException',
      );
      if (!answer || answer.DeletedDate) return undefined;
      const versions = Object.entries(answer.VersionIdsToStages ?? {});
      return {
        current: versions.find(([, stages]) => stages.includes('AWSCURRENT'))?.[0],
        copies: new Map(
          (answer.ReplicationStatus ?? []).map((one) => [one.Region ?? '', String(one.Status)]),
        ),
      };
    },
  };
}
