import { Duration } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { ENVIRONMENT } from '../../../lambda/restore/contract';
import { databaseIdentifier, secretName } from '../../config/names';
import type { ManagedDatabase, Platform, Role } from '../../config/platform';
import { HoldfastFunction, TRUSTS_RDS } from '../../functions/holdfast-function';
import { DATABASE_PORT } from '../../network/security-groups';
import { allowReading, archivePlaces, SEGMENTS } from '../archive/access';
import { allowChangingCopies, allowOwner, allowSeeingCopies } from './access';

export interface RestoreProps {
  readonly platform: Platform;
  readonly role: Role;
  readonly logKey: IKey;
  readonly network: { readonly subnetIds: readonly string[]; readonly securityGroupIds: readonly string[] };
  readonly database: ManagedDatabase;
}

/** One vCPU: what is replayed is decompressed and compared by one thread. */
export const REPLAY_MEMORY_MIB = 1769;
export const REPLAY_TIMEOUT = Duration.minutes(15);

/**
 * Fills a restored copy of the database from the archive, or compares the promoted database with it. An operator's command
 * starts it, again and again until it is done; it makes and deletes no instance and puts nothing into the archive.
 */
export class Restore extends Construct {
  constructor(scope: Construct, id: string, props: RestoreProps) {
    super(scope, id);
    const { platform, role, database } = props;
    const places = archivePlaces(platform, role);
    const restore = new HoldfastFunction(this, 'Function', {
      platform,
      name: 'restore',
      description: 'Fills restored copies from the archive, and tells what a promoted database lacks',
      timeout: REPLAY_TIMEOUT,
      memoryMib: REPLAY_MEMORY_MIB,
      logKey: props.logKey,
      network: props.network,
      environment: {
        [ENVIRONMENT.platform]: platform.name,
        [ENVIRONMENT.identifier]: databaseIdentifier(platform),
        [ENVIRONMENT.databasePort]: String(DATABASE_PORT),
        [ENVIRONMENT.databaseName]: database.name,
        [ENVIRONMENT.ownerSecret]: secretName(platform, 'database-owner'),
        [ENVIRONMENT.archives]: JSON.stringify(places),
        ...TRUSTS_RDS,
      },
    });
    for (const place of places) allowReading(restore, platform, place, [SEGMENTS]);
    allowOwner(restore, platform, role);
    allowSeeingCopies(restore, platform, role);
    allowChangingCopies(restore, platform, role);
  }
}
