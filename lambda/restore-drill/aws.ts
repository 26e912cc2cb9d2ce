import {
  DeleteDBInstanceCommand,
  DescribeDBInstancesCommand,
  ModifyDBInstanceCommand,
  paginateDescribeDBInstances,
  paginateDescribeDBSnapshots,
  RDSClient,
  RestoreDBInstanceFromDBSnapshotCommand,
  RestoreDBInstanceToPointInTimeCommand,
} from '@aws-sdk/client-rds';
import { HoldfastError, nameOf } from '../runtime/errors';
import { DRILL_TAG, type DrillInstance, drillPrefix } from './contract';
import type { Copies, Copy } from './ports';

/** Nothing but copies of drills may be made, changed or deleted here. */
export class NoDrillCopy extends HoldfastError {
  constructor(readonly identifier: string) {
    super(`${identifier} is none of the drill's copies, so nothing was done.`);
  }
}

/** RDS has no backup of the database yet. */
export class NoBackup extends HoldfastError {
  constructor(readonly identifier: string) {
    super(`RDS cannot restore ${identifier} to any time yet.`);
  }
}

const ABSENT = /^DBInstanceNotFound(Fault)?$/;
const PRESENT = /^DBInstanceAlreadyExists(Fault)?$/;

/** @param identifier of the platform's database */
export function drillCopies(identifier: string, platform: string, instance: DrillInstance): Copies {
  const client = new RDSClient();
  const prefix = drillPrefix(identifier);
  const own = (name: string): string => {
    if (name.startsWith(prefix)) return name;
    throw new NoDrillCopy(name);
  };
  return {
    async latest() {
      const { DBInstances } = await client.send(
        new DescribeDBInstancesCommand({ DBInstanceIdentifier: identifier }),
      );
      const time = DBInstances?.[0]?.LatestRestorableTime;
      if (!time) throw new NoBackup(identifier);
      return { timeMs: time.getTime(), snapshot: await snapshotBefore(client, identifier, time) };
    },
    async list() {
      const found: Copy[] = [];
      for await (const { DBInstances } of paginateDescribeDBInstances({ client }, {})) {
        for (const { DBInstanceIdentifier: name = '', DBInstanceStatus, Endpoint } of DBInstances ?? []) {
          if (!name.startsWith(prefix)) continue;
          found.push({ identifier: name, status: DBInstanceStatus ?? 'unknown', host: Endpoint?.Address });
        }
      }
      return found;
    },
    async make(name, drill, base) {
      const common = commonInput(platform, drill, instance);
      await unless(PRESENT, () =>
        'snapshot' in base
          ? client.send(
              new RestoreDBInstanceFromDBSnapshotCommand({
                ...common,
                DBInstanceIdentifier: own(name),
                DBSnapshotIdentifier: base.snapshot,
              }),
            )
          : client.send(
              new RestoreDBInstanceToPointInTimeCommand({
                ...common,
                SourceDBInstanceIdentifier: identifier,
                TargetDBInstanceIdentifier: own(name),
                RestoreTime: new Date(base.timeMs),
              }),
            ),
      );
    },
    async setPassword(name, MasterUserPassword) {
      const changed = { DBInstanceIdentifier: own(name), MasterUserPassword, ApplyImmediately: true };
      await client.send(new ModifyDBInstanceCommand(changed));
    },
    async remove(name) {
      const input = {
        DBInstanceIdentifier: own(name),
        SkipFinalSnapshot: true,
        DeleteAutomatedBackups: true,
      };
      await unless(ABSENT, () => client.send(new DeleteDBInstanceCommand(input)));
    },
  };
}

async function snapshotBefore(
  client: RDSClient,
  identifier: string,
  time: Date,
): Promise<string | undefined> {
  const found: { readonly name: string; readonly taken: Date }[] = [];
  for await (const page of paginateDescribeDBSnapshots({ client }, { DBInstanceIdentifier: identifier })) {
    for (const { DBSnapshotIdentifier: name, SnapshotCreateTime: taken, Status } of page.DBSnapshots ?? []) {
      if (name !== undefined && taken && Status === 'available' && taken < time) found.push({ name, taken });
    }
  }
  return found.sort((one, other) => other.taken.getTime() - one.taken.getTime())[0]?.name;
}

/** Small, short-lived, and out of everybody's reach. Without deletion protection: it is to be deleted. */
const commonInput = (platform: string, drill: string, instance: DrillInstance) => ({
  DBInstanceClass: instance.instanceClass,
  DBSubnetGroupName: instance.subnetGroup,
  DBParameterGroupName: instance.parameterGroup,
  VpcSecurityGroupIds: [instance.securityGroup],
  MultiAZ: false,
  PubliclyAccessible: false,
  DeletionProtection: false,
  AutoMinorVersionUpgrade: false,
  Tags: [
    { Key: 'holdfast:platform', Value: platform },
    { Key: DRILL_TAG, Value: drill },
  ],
});

/** The refusal says that everything is as wished already. */
async function unless(refusal: RegExp, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!refusal.test(nameOf(error))) throw error;
  }
}
