import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CfnSecret, type CfnSecretProps } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import {
  AGENT_USERS,
  APPLICATION_USERS,
  ARCHIVE_USERS,
  CACHE_SECRET_FIELD,
  DATABASE_SECRET_FIELDS,
  MONITOR_USERS,
  RANDOM_SECRET_FIELD,
} from '../../lambda/secret-rotation/contract';
import { fileSecret, keyAliasArn, pascal, secretName } from '../config/names';
import type { NamedSecret, Platform, Role } from '../config/platform';
import { queueLogin } from '../config/service-queues';
import { acknowledge } from './acknowledge';
import { protect } from './protect';

/** First user of the database; it owns the tables and is never used by an application. */
const OWNER = 'holdfast_owner';
/** The one user of a broker, which services log in as. */
const BROKER_USER = 'application';
const ROTATED_LATER =
  'Its rotation schedule is in the Data stack, because it needs the database or the cache first.';
/** Letters and digits only: RDS and ElastiCache each refuse some other characters. */
const PASSWORD_LENGTH = 40;

/**
 * Secrets of a platform. Those of the database and the file's own are made at home and replicated to the standby,
 * where that region's key encrypts the copy. The cache and the brokers of each region have their own, because their contents never cross.
 * No value is ever in a template: either AWS generates it, or a person sets it later.
 */
export class PlatformSecrets extends Construct {
  constructor(
    scope: Construct,
    id: string,
    props: { readonly platform: Platform; readonly role: Role; readonly key: IKey },
  ) {
    super(scope, id);
    const { platform, role, key } = props;
    if (platform.cache) {
      this.secret(platform, key, 'cache', {
        description: 'Authentication token of the cache of this region',
        rotation: ROTATED_LATER,
        generateSecretString: generate(CACHE_SECRET_FIELD),
      });
    }
    for (const { name, engine } of platform.queues) {
      if (engine === 'rabbitmq') this.login(platform, key, name);
    }
    if (role === 'standby') return;
    const replicaRegions = [replica(platform)];
    if (platform.database?.kind === 'managed') {
      const [username, password] = DATABASE_SECRET_FIELDS;
      this.secret(platform, key, 'database-owner', {
        description: 'Owner of the database; only for Holdfast and migrations',
        rotation: ROTATED_LATER,
        replicaRegions,
        generateSecretString: generate(password, { [username]: OWNER }),
      });
      this.secret(platform, key, 'database', {
        description: 'Application user of the database; rotates between two users',
        rotation: ROTATED_LATER,
        replicaRegions,
        generateSecretString: generate(password, { [username]: APPLICATION_USERS[0] }),
      });
      this.secret(platform, key, 'database-agent', {
        description: 'User of the region agents in the database; rotates between two users',
        rotation: ROTATED_LATER,
        replicaRegions,
        generateSecretString: generate(password, { [username]: AGENT_USERS[0] }),
      });
      this.secret(platform, key, 'database-archive', {
        description: 'User of the archiver in the database; rotates between two users',
        rotation: ROTATED_LATER,
        replicaRegions,
        generateSecretString: generate(password, { [username]: ARCHIVE_USERS[0] }),
      });
      this.secret(platform, key, 'database-monitor', {
        description: 'User of the exporter of metrics in the database; rotates between two users',
        rotation: ROTATED_LATER,
        replicaRegions,
        generateSecretString: generate(password, { [username]: MONITOR_USERS[0] }),
      });
    }
    for (const declared of platform.secrets) this.declared(platform, key, declared, replicaRegions);
    for (const [file, { description }] of Object.entries(platform.files)) {
      this.secret(platform, key, fileSecret(file), {
        logicalId: `File${pascal(file)}`,
        description,
        rotation: 'It is a configuration file, which changes when a person writes it.',
        replicaRegions,
      });
    }
  }

  /** Amazon MQ takes the login of a broker of RabbitMQ when it is made, and never again. */
  private login(platform: Platform, key: IKey, queue: string): void {
    const [username, password] = DATABASE_SECRET_FIELDS;
    this.secret(platform, key, queueLogin(queue), {
      description: `Login of the broker of the queue ${queue} in this region`,
      rotation: 'Amazon MQ cannot change the user of a broker of RabbitMQ once it is made.',
      generateSecretString: generate(password, { [username]: BROKER_USER }),
    });
  }

  private declared(
    platform: Platform,
    key: IKey,
    declared: NamedSecret,
    replicaRegions: CfnSecret.ReplicaRegionProperty[],
  ): void {
    this.secret(platform, key, declared.name, {
      description: declared.description,
      rotation: rotationOf(declared),
      replicaRegions,
      // Without `generate` it stays empty until a person sets it: a task then fails to start with a clear reason,
      // instead of starting with a password that nobody else knows.
      ...(declared.generate ? { generateSecretString: generate(RANDOM_SECRET_FIELD) } : {}),
    });
  }

  private secret(
    platform: Platform,
    key: IKey,
    name: string,
    { rotation, logicalId = `Secret${pascal(name)}`, ...rest }: SecretProps,
  ): void {
    const secret = new CfnSecret(this, name, {
      name: secretName(platform, name),
      kmsKeyId: key.keyArn,
      ...rest,
    });
    acknowledge(secret, { 'AwsSolutions-SMG4': rotation });
    protect(secret, logicalId);
  }
}

type SecretProps = Pick<CfnSecretProps, 'description' | 'generateSecretString' | 'replicaRegions'> & {
  /** What a security reviewer should know of its rotation. */
  readonly rotation: string;
  /** Default: that of a secret of this name. */
  readonly logicalId?: string;
};

/** What a security reviewer asks of a declared secret. */
function rotationOf({ generate: generated, rotateDays }: NamedSecret): string {
  if (!generated) return 'The value comes from outside AWS and is replaced by the person who owns it there.';
  return rotateDays === undefined
    ? 'The platform file asks for no rotation of this secret: its readers could not follow.'
    : ROTATED_LATER;
}

function generate(
  field: string,
  template: Readonly<Record<string, string>> = {},
): CfnSecret.GenerateSecretStringProperty {
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
