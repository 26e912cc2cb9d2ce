import { CfnSecret, type CfnSecretProps } from 'aws-cdk-lib/aws-secretsmanager';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { APPLICATION_USERS, CACHE_SECRET_FIELD, DATABASE_SECRET_FIELDS, RANDOM_SECRET_FIELD } from '../../lambda/secret-rotation/contract';
import { keyAliasArn, pascal, secretName } from '../config/names';
import type { NamedSecret, Platform, Role } from '../config/platform';
import { acknowledge } from './acknowledge';
import { protect } from './protect';

/** First user of the database; it owns the tables and is never used by an application. */
const OWNER = 'holdfast_owner';
/** Letters and digits only: RDS and ElastiCache each refuse some other characters. */
const PASSWORD_LENGTH = 40;

/**
 * Secrets of a platform. Those of the database and the file's own are made at home and replicated to the standby,
 * where that region's key encrypts the copy. The cache of each region has its own, because its contents never cross.
 * No value is ever in a template: either AWS generates it, or a person sets it later.
 */
export class PlatformSecrets extends Construct {
  constructor(scope: Construct, id: string, props: { readonly platform: Platform; readonly role: Role; readonly key: IKey }) {
    super(scope, id);
    const { platform, role, key } = props;
    if (platform.cache) {
      this.secret(platform, key, 'cache', 'Authentication token of the cache of this region', {
        generateSecretString: generate(CACHE_SECRET_FIELD),
      });
    }
    if (role === 'standby') return;
    const replicaRegions = [replica(platform)];
    if (platform.database?.kind === 'managed') {
      const [username, password] = DATABASE_SECRET_FIELDS;
      this.secret(platform, key, 'database-owner', 'Owner of the database; only for Holdfast and migrations', {
        replicaRegions,
        generateSecretString: generate(password, { [username]: OWNER }),
      });
      this.secret(platform, key, 'database', 'Application user of the database; rotates between two users', {
        replicaRegions,
        generateSecretString: generate(password, { [username]: APPLICATION_USERS[0] }),
      });
    }
    for (const declared of platform.secrets) this.declared(platform, key, declared, replicaRegions);
  }

  private declared(platform: Platform, key: IKey, declared: NamedSecret, replicaRegions: CfnSecret.ReplicaRegionProperty[]): void {
    const secret = this.secret(platform, key, declared.name, declared.description, {
      replicaRegions,
      // Without `generate` it stays empty until a person sets it: a task then fails to start with a clear reason,
      // instead of starting with a password that nobody else knows.
      ...(declared.generate ? { generateSecretString: generate(RANDOM_SECRET_FIELD) } : {}),
    });
    if (declared.rotateDays === undefined) {
      acknowledge(secret, {
        'AwsSolutions-SMG4': declared.generate
          ? 'The platform file asks for no rotation of this secret: its readers could not follow.'
          : 'The value comes from outside AWS and is replaced by the person who owns it there.',
      });
    }
  }

  private secret(
    platform: Platform,
    key: IKey,
    name: string,
    description: string,
    rest: Pick<CfnSecretProps, 'generateSecretString' | 'replicaRegions'>,
  ): CfnSecret {
    const secret = new CfnSecret(this, name, {
      name: secretName(platform, name),
      description,
      kmsKeyId: key.keyArn,
      ...rest,
    });
    protect(secret, `Secret${pascal(name)}`);
    return secret;
  }
}

function generate(field: string, template: Readonly<Record<string, string>> = {}): CfnSecret.GenerateSecretStringProperty {
  return {
    secretStringTemplate: JSON.stringify(template),
    generateStringKey: field,
    passwordLength: PASSWORD_LENGTH,
    excludePunctuation: true,
  };
}

function replica(platform: Platform): CfnSecret.ReplicaRegionProperty {
  const region = platform.regions.standby.name;
  return { region, kmsKeyId: keyAliasArn(platform, 'data', region) };
}
