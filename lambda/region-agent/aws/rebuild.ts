import type { DBInstance } from '@aws-sdk/client-rds';
import { HoldfastError } from '../../runtime/errors';
import { quarantineGroup, type ReplicaSettings } from '../contract';
import type { Rebuild, RebuildStatus } from '../ports';
import { type Rds, statusOf } from './rds';
import { readReplica, regionReplica } from './replica-input';
import { refusedWith } from './request';
import type { GroupIds } from './security-group';

/**
 * The failback recipe in the calls of RDS. It keeps the identifiers, so that CloudFormation sees no difference, and it
 * destroys nothing that somebody wrote: the old primary keeps its data under another name, and only copies for reads are
 * ever deleted. Agents of several runs may do the same step at once, and an old one may come late: so each step looks
 * first, and does nothing to a replica of the region that leads.
 */

/** Where and what is rebuilt. */
export interface RebuildPlace {
  readonly platform: string;
  /** Name of the region whose database is replicated. */
  readonly other: string;
  /** Of the instance, the same in both regions. */
  readonly identifier: string;
  readonly replica: ReplicaSettings;
}

/** What must be made into a quarantine is not there, or is no old primary. */
export class NothingToQuarantine extends HoldfastError {
  constructor(readonly identifier: string) {
    super(`There is no database ${identifier} that could be quarantined.`);
  }
}

/** Only the platform's copies for reads may be made and deleted. */
export class NoReadReplica extends HoldfastError {
  constructor(readonly identifier: string) {
    super(`${identifier} is none of the platform's read replicas: it is neither made nor deleted.`);
  }
}

export const quarantineName = (identifier: string, epoch: number): string =>
  `${identifier}-quarantine-e${epoch}`;
export const snapshotName = (identifier: string, epoch: number): string => `${identifier}-last-e${epoch}`;

/** The own region's side of the recipe. */
export function databaseRebuild(api: Rds, groupId: GroupIds, place: RebuildPlace): Rebuild {
  const { identifier, replica } = place;
  return {
    observe: (epoch) => observe(api, place, epoch),
    async snapshot(epoch) {
      const found = await api.describe(identifier);
      // The new replica is there already, so the old primary is gone from this name.
      if (found && isReplica(found)) return;
      await api.takeSnapshot(identifier, snapshotName(identifier, epoch));
    },
    quarantine: (epoch) => quarantine(api, groupId, place, epoch),
    async createReplica() {
      const found = await api.describe(identifier);
      await (found ? settle(api, place, found) : api.createReplica(regionReplica(place)));
    },
    async mendReadReplica(name, how) {
      if (!replica.readReplicas.includes(name)) throw new NoReadReplica(name);
      if (how === 'create') return api.createReplica(readReplica(place, name));
      const found = await api.describe(name);
      if (found && isReplica(found) && !isReplicaOf(found, identifier)) await api.remove(name);
    },
  };
}

async function observe(
  api: Rds,
  { identifier, replica }: RebuildPlace,
  epoch: number,
): Promise<RebuildStatus> {
  const [instance, quarantined, snapshot, ...copies] = await Promise.all([
    api.describe(identifier),
    api.describe(quarantineName(identifier, epoch)),
    api.snapshotStatus(snapshotName(identifier, epoch)),
    ...replica.readReplicas.map((name) => api.describe(name)),
  ]);
  return {
    instance: instance && statusOf(instance),
    quarantine: quarantined && statusOf(quarantined),
    snapshot,
    readReplicas: replica.readReplicas.flatMap((name, index) => {
      const copy = copies[index];
      // One that somebody has promoted may hold what is nowhere else.
      if (!copy || !isReplica(copy)) return [];
      const ofInstance = isReplicaOf(copy, identifier);
      return [{ identifier: name, status: statusOf(copy).status, ofInstance }];
    }),
    missingReadReplicas: replica.readReplicas.filter((_, index) => copies[index] === undefined),
    settled: instance !== undefined && parametersOf(instance, replica) === 'in-sync',
  };
}

/** The name and the group change in one call, so that no crash leaves the old primary within reach under a new name. */
async function quarantine(api: Rds, groupId: GroupIds, place: RebuildPlace, epoch: number): Promise<void> {
  const { identifier } = place;
  const name = quarantineName(identifier, epoch);
  const group = await groupId(quarantineGroup(place.platform));
  const done = await api.describe(name);
  if (done) {
    if (!isBehindOnly(done, group)) await api.modify(name, { VpcSecurityGroupIds: [group] });
    return;
  }
  const found = await api.describe(identifier);
  if (!found || isReplica(found)) throw new NothingToQuarantine(identifier);
  try {
    await api.modify(identifier, { NewDBInstanceIdentifier: name, VpcSecurityGroupIds: [group] });
  } catch (error) {
    // Another run renamed it in between.
    if (!refusedWith(error, 'DBInstanceNotFound', 'DBInstanceAlreadyExists')) throw error;
    if (!(await api.describe(name))) throw error;
  }
}

/**
 * RDS refuses a parameter group for a PostgreSQL replica while it is being made.
 * https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstanceReadReplica.html
 */
async function settle(api: Rds, { identifier, replica }: RebuildPlace, found: DBInstance): Promise<void> {
  if (!isReplica(found)) return;
  const parameters = parametersOf(found, replica);
  if (parameters === 'other-group') {
    await api.modify(identifier, {
      DBParameterGroupName: replica.parameterGroup,
      PreferredMaintenanceWindow: replica.maintenanceWindow,
    });
  } else if (parameters === 'pending-reboot') {
    await api.restart(identifier);
  }
}

/** State of the template's parameter group, as RDS names it: `in-sync`, `applying`, `pending-reboot`. */
function parametersOf(
  { DBParameterGroups: groups }: DBInstance,
  { parameterGroup }: ReplicaSettings,
): string {
  const group = groups?.find(({ DBParameterGroupName }) => DBParameterGroupName === parameterGroup);
  return group ? (group.ParameterApplyStatus ?? 'unknown') : 'other-group';
}

/** @returns whether an instance is behind one security group and no other */
export function isBehindOnly({ VpcSecurityGroups: groups = [] }: DBInstance, group: string): boolean {
  return groups.length > 0 && groups.every(({ VpcSecurityGroupId }) => VpcSecurityGroupId === group);
}

const isReplica = (instance: DBInstance): boolean => statusOf(instance).source !== null;
const isReplicaOf = (instance: DBInstance, identifier: string): boolean =>
  statusOf(instance).source === identifier;
