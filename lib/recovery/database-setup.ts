import { Duration } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import {
  ATTRIBUTES,
  ENVIRONMENT,
  type Properties,
  RESOURCE_TYPE,
} from '../../lambda/database-setup/contract';
import { secretArnPattern, secretName } from '../config/names';
import type { Platform, Role } from '../config/platform';
import { RESERVED_CONNECTIONS } from '../config/postgres';
import { HoldfastFunction, TRUSTS_RDS } from '../functions/holdfast-function';
import { DATABASE_PORT } from '../network/security-groups';
import { DATABASE_SECRETS } from '../security/replicated-secrets';
import type { ManagedInstance } from './agent-environment';

export interface DatabaseSetupProps {
  readonly platform: Platform;
  readonly role: Role;
  readonly logKey: IKey;
  readonly network: { readonly subnetIds: readonly string[]; readonly securityGroupIds: readonly string[] };
  readonly instance: ManagedInstance;
}

/** Made by the set-up for itself, whether the file lists it or not. */
const OWN_EXTENSION = 'pg_cron';

/**
 * Installs fence, users, extensions and what the archive needs in the database of a region, and again whenever its code or these settings change.
 * On a replica there is nothing to install: what the writer has arrives there by itself.
 */
export class DatabaseSetup extends Construct {
  /** Epoch of the lease that the database holds, as a reference; `0` if none was ever opened. */
  readonly leaseEpoch: string;

  constructor(scope: Construct, id: string, props: DatabaseSetupProps) {
    super(scope, id);
    const { platform, role, instance } = props;
    const { database } = instance;
    const setup = new HoldfastFunction(this, 'Function', {
      platform,
      name: 'database-setup',
      description: 'Installs the fence, the users, the extensions and what the archive needs in the database',
      timeout: Duration.minutes(5),
      logKey: props.logKey,
      network: props.network,
      environment: {
        [ENVIRONMENT.databaseHost]: instance.host,
        [ENVIRONMENT.databasePort]: String(DATABASE_PORT),
        [ENVIRONMENT.databaseName]: database.name,
        [ENVIRONMENT.ownerSecret]: secretName(platform, 'database-owner'),
        [ENVIRONMENT.applicationSecret]: secretName(platform, 'database'),
        [ENVIRONMENT.agentSecret]: secretName(platform, 'database-agent'),
        [ENVIRONMENT.archiveSecret]: secretName(platform, 'database-archive'),
        [ENVIRONMENT.monitorSecret]: secretName(platform, 'database-monitor'),
        ...TRUSTS_RDS,
      },
    });
    const region = platform.regions[role].name;
    const secrets = DATABASE_SECRETS.map((name) => secretArnPattern(platform, name, region));
    setup.allow(['secretsmanager:GetSecretValue'], secrets);
    for (const arn of secrets)
      setup.explainWildcard(arn, 'Secrets Manager ends the ARN of a secret in six characters of its own.');
    setup.allow(['kms:Decrypt'], [instance.keyArn]);
    const properties: Properties = {
      EnforceSeconds: String(platform.leadership.enforceSeconds),
      Statements: database.fence === 'statements' ? 'true' : 'false',
      ApplicationLimit: String(database.pool.maxConnections - RESERVED_CONNECTIONS),
      Extensions: database.extensions.filter((name) => name !== OWN_EXTENSION),
      Archive: platform.backup.archive.enabled ? 'true' : 'false',
      KeylessTables: platform.backup.archive.keylessTables,
      Revision: setup.codeHash,
    };
    const resource = setup.customResource(this, 'Setup', RESOURCE_TYPE, properties);
    this.leaseEpoch = resource.getAttString(ATTRIBUTES.leaseEpoch);
  }
}
