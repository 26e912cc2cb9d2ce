import {
  CreateDBInstanceReadReplicaCommand,
  DeleteDBInstanceCommand,
  ModifyDBInstanceCommand,
  PromoteReadReplicaCommand,
  RDSClient,
  RebootDBInstanceCommand,
} from '@aws-sdk/client-rds';
import { DRILL_TAG } from '../../../lambda/restore-drill/contract';
import { HoldfastError, nameOf } from '../../../lambda/runtime/errors';
import { promotionDrillPrefix } from '../../../lib/config/names';
import type { Platform } from '../../../lib/config/platform';
import type { Clients } from '../../checks/aws/call';
import { CallFailed } from '../../checks/failures';
import type { DrillDatabases, NewThrowAway, ThrowAway, ThrowAways } from '../ports';
import { call } from './call';
import { PLATFORM_TAG } from './databases';

/** Nothing but replicas of drills may be made, changed or deleted here. */
export class NoThrowAway extends HoldfastError {
  constructor(
    readonly identifier: string,
    readonly region: string,
  ) {
    super(`${identifier} in ${region} is no replica that a drill has made, so nothing was done.`);
  }
}

/** @param databases which look before anything is changed */
export function throwAways(clients: Clients, platform: Platform, databases: DrillDatabases): ThrowAways {
  const rds = clients((config) => new RDSClient(config));
  // Tried again by itself, a request for a promotion is refused, and nobody would know when it was accepted.
  const once = clients((config) => new RDSClient({ ...config, maxAttempts: 1 }));
  const find = async (region: string, identifier: string): Promise<ThrowAway | undefined> =>
    (await databases.list(region, '')).find((one) => one.identifier === identifier);
  const own = async (region: string, DBInstanceIdentifier: string) => {
    if (await find(region, DBInstanceIdentifier)) return { DBInstanceIdentifier };
    throw new NoThrowAway(DBInstanceIdentifier, region);
  };
  return {
    async make(region, replica) {
      const { identifier } = replica;
      if (!identifier.startsWith(promotionDrillPrefix(platform))) throw new NoThrowAway(identifier, region);
      const command = new CreateDBInstanceReadReplicaCommand(inputOf(platform, replica));
      await unless(/^DBInstanceAlreadyExists/, () =>
        call('rds:CreateDBInstanceReadReplica', region, (options) => rds(region).send(command, options)),
      );
    },
    async setParameters(region, identifier, DBParameterGroupName) {
      const changed = { ...(await own(region, identifier)), DBParameterGroupName, ApplyImmediately: true };
      await call('rds:ModifyDBInstance', region, (options) =>
        rds(region).send(new ModifyDBInstanceCommand(changed), options),
      );
    },
    async restart(region, identifier) {
      const command = new RebootDBInstanceCommand(await own(region, identifier));
      await call('rds:RebootDBInstance', region, (options) => rds(region).send(command, options));
    },
    async promote(region, identifier, { days, window }) {
      const wanted = await own(region, identifier);
      const promote = (more: { BackupRetentionPeriod?: number; PreferredBackupWindow?: string }) =>
        call('rds:PromoteReadReplica', region, (options) =>
          once(region).send(new PromoteReadReplicaCommand({ ...wanted, ...more }), options),
        );
      const isRefused = await unless(/^(InvalidParameter|ValidationError)/, () =>
        promote({ BackupRetentionPeriod: days, PreferredBackupWindow: window }),
      );
      if (isRefused) await promote({});
    },
    async remove(region, identifier) {
      if (!(await find(region, identifier))) {
        if (identifier.startsWith(promotionDrillPrefix(platform))) return;
        throw new NoThrowAway(identifier, region);
      }
      const input = {
        DBInstanceIdentifier: identifier,
        SkipFinalSnapshot: true,
        DeleteAutomatedBackups: true,
      };
      await unless(/^DBInstanceNotFound/, () =>
        call('rds:DeleteDBInstance', region, (options) =>
          rds(region).send(new DeleteDBInstanceCommand(input), options),
        ),
      );
    },
  };
}

/**
 * As the failback recipe makes a region's replica, but behind the group that admits functions of Holdfast only, without
 * protection and without what reports about it: it is to be deleted.
 */
const inputOf = ({ name, database }: Platform, { identifier, drill, source, model }: NewThrowAway) => ({
  DBInstanceIdentifier: identifier,
  // With an ARN of another region the SDK signs the request for that region too.
  SourceDBInstanceIdentifier: source,
  DBInstanceClass: model.instanceClass,
  DBSubnetGroupName: model.subnetGroup,
  VpcSecurityGroupIds: [model.securityGroup],
  KmsKeyId: model.keyArn,
  MultiAZ: model.multiAz,
  StorageType: 'gp3',
  ...(database?.kind === 'managed' ? { MaxAllocatedStorage: database.storage.maxGib } : {}),
  Port: 5432,
  PubliclyAccessible: false,
  EnableIAMDatabaseAuthentication: true,
  AutoMinorVersionUpgrade: false,
  CACertificateIdentifier: 'rds-ca-rsa2048-g1',
  DeletionProtection: false,
  Tags: [
    { Key: PLATFORM_TAG, Value: name },
    { Key: 'holdfast:part', Value: 'Drill' },
    { Key: DRILL_TAG, Value: drill },
  ],
});

/** @returns whether AWS refused by a name that says that everything is as wished already, or that something else may be asked */
async function unless(refusal: RegExp, work: () => Promise<unknown>): Promise<boolean> {
  try {
    await work();
    return false;
  } catch (error) {
    if (error instanceof CallFailed && refusal.test(nameOf(error.cause))) return true;
    throw error;
  }
}
