import { CfnPullThroughCacheRule } from 'aws-cdk-lib/aws-ecr';
import { type CfnSecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { UPSTREAM_REGISTRIES, upstreamRegistries } from '../config/image';
import { pullThroughPrefix } from '../config/names';
import type { Platform } from '../config/platform';
import { acknowledge } from '../security/acknowledge';
import { protect } from '../security/protect';

/** Address that ECR wants for a registry, where it is not the registry's own name. */
const UPSTREAM_URLS: Readonly<Record<string, string>> = { 'docker.io': 'registry-1.docker.io' };

/** An image of a public registry that Holdfast itself runs. */
export interface PublicImage {
  readonly registry: string;
  readonly repository: string;
  readonly tag: string;
}

const cachedRepository = (platform: Platform, { registry, repository }: PublicImage): string =>
  `${pullThroughPrefix(platform, registry)}/${repository}`;
/** The address of a public image in the cache of a region. */
export const cachedImage = (platform: Platform, region: string, image: PublicImage): string =>
  `${platform.account}.dkr.ecr.${region}.amazonaws.com/${cachedRepository(platform, image)}:${image.tag}`;
/** The repository that the first pull of it makes. */
export const cachedRepositoryArn = (platform: Platform, region: string, image: PublicImage): string =>
  `arn:aws:ecr:${region}:${platform.account}:repository/${cachedRepository(platform, image)}`;

/**
 * A cache rule per public registry, so that a region can start tasks while the registry (or the other region) is away.
 * The prefix carries the platform's name: rules are shared by the whole account, and other platforms have their own.
 */
export class PullThroughCache extends Construct {
  constructor(scope: Construct, id: string, props: { readonly platform: Platform }) {
    super(scope, id);
    for (const registry of upstreamRegistries(props.platform)) {
      const upstream = UPSTREAM_REGISTRIES[registry];
      if (!upstream) {
        throw new Error(
          `services: ECR cannot cache images of ${registry}; allowed are ${Object.keys(UPSTREAM_REGISTRIES).join(', ')}, or push the image into a repository of the platform.`,
        );
      }
      const prefix = pullThroughPrefix(props.platform, registry);
      const login = upstream.needsLogin ? this.login(registry, prefix) : undefined;
      new CfnPullThroughCacheRule(this, registry, {
        ecrRepositoryPrefix: prefix,
        upstreamRegistryUrl: UPSTREAM_URLS[registry] ?? registry,
        ...(login ? { credentialArn: login.secretArn } : {}),
      });
    }
  }

  /**
   * A person fills in the user and the token. ECR accepts only secrets whose name starts with `ecr-pullthroughcache/`, and
   * only with the key that AWS manages for Secrets Manager.
   * https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-creating-secret.html
   */
  private login(registry: string, prefix: string): Secret {
    const secret = new Secret(this, `${registry}-login`, {
      secretName: `ecr-pullthroughcache/${prefix}`,
      description: `Login at ${registry}: set username and accessToken`,
      generateSecretString: {
        secretStringTemplate: JSON.stringify({ username: '' }),
        generateStringKey: 'accessToken',
      },
    });
    protect(secret.node.defaultChild as CfnSecret, `Login${registry.replaceAll('.', '')}`);
    acknowledge(secret, {
      'AwsSolutions-SMG4': `The token belongs to ${registry}, which offers no rotation by AWS.`,
    });
    return secret;
  }
}
