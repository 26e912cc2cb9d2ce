import { type CfnRepository, Repository, RepositoryEncryption, TagMutability } from 'aws-cdk-lib/aws-ecr';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { ownImages } from '../config/image';
import { repositoryName } from '../config/names';
import type { Platform } from '../config/platform';
import { protect } from '../security/protect';

/**
 * A repository per own image. Tags are immutable: the revision that a rollback names is what it was. Tagged images are
 * kept, for the same reason; untagged ones go after two weeks.
 */
export class Repositories extends Construct {
  constructor(scope: Construct, id: string, props: { readonly platform: Platform; readonly key: IKey }) {
    super(scope, id);
    for (const image of ownImages(props.platform)) {
      const repository = new Repository(this, image, {
        repositoryName: repositoryName(props.platform, image),
        imageScanOnPush: true,
        imageTagMutability: TagMutability.IMMUTABLE,
        encryption: RepositoryEncryption.KMS,
        encryptionKey: props.key,
      });
      // As text, because the L2 rejects a rule that expires untagged images only when another one counts tags.
      const child = repository.node.defaultChild as CfnRepository;
      child.lifecyclePolicy = {
        lifecyclePolicyText: JSON.stringify({
          rules: [
            {
              rulePriority: 1,
              description: 'Untagged images after two weeks',
              selection: {
                tagStatus: 'untagged',
                countType: 'sinceImagePushed',
                countUnit: 'days',
                countNumber: 14,
              },
              action: { type: 'expire' },
            },
          ],
        }),
      };
      protect(child, `Repository${image.replaceAll(/[^a-zA-Z0-9]/g, '')}`);
    }
  }
}
