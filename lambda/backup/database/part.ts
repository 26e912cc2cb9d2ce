import { HoldfastError } from '../../runtime/errors';
import type { BackupSettings, DatabaseSettings } from '../contract';
import { gateOf } from '../gate';
import { type ComponentReport, carryOut, type Host } from '../host';
import type { Both, DatabaseService, Leadership } from '../ports';
import { isoOf } from '../schedule';
import { look } from '../seen';
import { type DatabaseAction, nameOfAction } from './action';
import { decideDatabase } from './decide';
import type { DatabaseObservation } from './observation';
import { PLACES, type Place } from './pairs';
import { isReplicating } from './replication';
import { judge } from './snapshot';

/** The lead moved between the look and the deed. */
export class LeadMoved extends HoldfastError {
  constructor(
    readonly snapshot: string,
    why: string,
  ) {
    super(`The snapshot ${snapshot} was not begun: the lead moves. ${why}`);
  }
}

export type DatabaseBackupSettings = BackupSettings & { readonly database: DatabaseSettings };

/** The database's part, and whether its automated backups arrive in the other region; null if that is not to be told. */
export interface DatabaseReport extends ComponentReport {
  readonly replicating: boolean | null;
}

export async function backUpDatabase(
  leadership: Leadership,
  services: Both<DatabaseService>,
  settings: DatabaseBackupSettings,
  host: Host,
): Promise<DatabaseReport> {
  const seen = await observe(leadership, services, settings);
  const plan = decideDatabase(seen, settings, host.clock.now());
  const regions = { own: settings.own, other: settings.other };
  const outcome = await carryOut(
    plan,
    (action) => nameOfAction(action, regions),
    (action) => perform(leadership, services, settings, action),
    host,
  );
  return {
    ...outcome,
    ageSeconds: ageOf(seen, settings.own, host.clock.now()),
    replicating: gateOf(seen.leadership, settings.own).open ? isReplicating(seen) : null,
    inventory: inventoryOf(seen, settings),
  };
}

async function observe(
  leadership: Leadership,
  { own, other }: Both<DatabaseService>,
  { database: { identifier } }: DatabaseBackupSettings,
): Promise<DatabaseObservation> {
  const [record, instance, ownSnapshots, otherSnapshots, ownReplications, otherReplications] =
    await Promise.all([
      look(() => leadership.read()),
      look(() => own.instance(identifier)),
      look(() => own.snapshots(identifier)),
      look(() => other.snapshots(identifier)),
      look(() => own.replications(identifier)),
      look(() => other.replications(identifier)),
    ]);
  return {
    leadership: record,
    instance,
    snapshots: { own: ownSnapshots, other: otherSnapshots },
    replications: { own: ownReplications, other: otherReplications },
  };
}

async function perform(
  leadership: Leadership,
  services: Both<DatabaseService>,
  settings: DatabaseBackupSettings,
  action: DatabaseAction,
): Promise<void> {
  const { identifier, retentionDays } = settings.database;
  switch (action.kind) {
    case 'take': {
      // Again, right before: a snapshot that is begun cannot be called back, and holds up what comes after a promotion.
      const gate = gateOf(await look(() => leadership.read()), settings.own);
      if (!gate.open) throw new LeadMoved(action.name, gate.why);
      return services.own.take(identifier, action.name, action.due);
    }
    case 'copy':
      return services[action.to].copy(action.name, action.due);
    case 'discard':
    case 'drop':
      return services[action.at].remove(action.name);
    case 'replicate':
      return services.other.replicate(action.sourceArn, retentionDays);
    case 'stop-replicating':
      return services.own.stopReplicating(action.sourceArn);
  }
}

/** Of the newest good snapshot in a region, whether it was taken there or copied. */
function ageOf({ snapshots: { own } }: DatabaseObservation, region: string, nowMs: number): number | null {
  if (!own.known) return null;
  const taken = own.value
    .filter((one) => judge(one, region).kind === 'good')
    .map(({ takenMs, dueMs }) => takenMs ?? dueMs);
  return taken.length === 0 ? null : Math.max(0, (nowMs - Math.max(...taken)) / 1000);
}

function inventoryOf(seen: DatabaseObservation, settings: DatabaseBackupSettings): unknown {
  const inPlace = (place: Place) => {
    const [snapshots, replications] = [seen.snapshots[place], seen.replications[place]];
    return {
      region: settings[place],
      snapshots: snapshots.known
        ? snapshots.value.map((one) => {
            const { name, schedule, dueMs, takenMs, sizeGib } = one;
            return {
              name,
              schedule,
              due: isoOf(dueMs),
              taken: takenMs === null ? null : isoOf(takenMs),
              sizeGib,
              verdict: judge(one, settings[place]),
            };
          })
        : null,
      automatedBackups: replications.known
        ? replications.value.map(({ latestMs, ...one }) => ({
            ...one,
            latest: latestMs === null ? null : isoOf(latestMs),
          }))
        : null,
    };
  };
  return PLACES.map(inPlace);
}
