import type { BackupSettings, DatabaseSettings } from '../../../../lambda/backup/contract';
import type {
  DatabaseObservation,
  Instance,
  Replication,
} from '../../../../lambda/backup/database/observation';
import type { DatabaseSnapshot } from '../../../../lambda/backup/database/snapshot';
import { databaseSnapshotName } from '../../../../lambda/backup/names';
import type { Seen } from '../../../../lambda/backup/seen';
import { ACCOUNT, HOME, recordOf, STANDBY, settingsOf } from './settings';

export const at = (text: string): number => Date.parse(`${text}:00Z`);
export const known = <T>(value: T): Seen<T> => ({ known: true, value });
export const unknown = (why: string): Seen<never> => ({ known: false, why });

/** A good snapshot at home. */
export function snapshot(due: string, patch: Partial<DatabaseSnapshot> = {}): DatabaseSnapshot {
  const schedule = patch.schedule ?? 'nightly';
  const dueMs = at(due);
  return {
    name: databaseSnapshotName('shop-db', { schedule, dueMs }),
    schedule,
    dueMs,
    owned: true,
    status: 'available',
    takenMs: dueMs,
    encrypted: true,
    sizeGib: 100,
    engine: 'postgres',
    keyRegion: HOME,
    ...patch,
  };
}

export const copyOf = (
  original: DatabaseSnapshot,
  patch: Partial<DatabaseSnapshot> = {},
): DatabaseSnapshot => ({
  ...original,
  keyRegion: STANDBY,
  ...patch,
});

export const instance = (patch: Partial<Instance> = {}): Instance => ({
  arn: `arn:aws:rds:${HOME}:${ACCOUNT}:db:shop-db`,
  resourceId: 'db-HOME',
  status: 'available',
  source: null,
  retentionDays: 7,
  ...patch,
});

export const replication = (patch: Partial<Replication> = {}): Replication => ({
  sourceArn: instance().arn,
  resourceId: 'db-HOME',
  status: 'replicating',
  latestMs: null,
  ...patch,
});

/** Home leads and all is well. */
export const observation = (patch: Partial<DatabaseObservation> = {}): DatabaseObservation => ({
  leadership: known(recordOf()),
  instance: known(instance()),
  snapshots: { own: known([]), other: known([]) },
  replications: { own: known([]), other: known([replication()]) },
  ...patch,
});

/** One schedule, and a database. */
export const databaseSettings = (
  patch: Partial<BackupSettings> = {},
): BackupSettings & { readonly database: DatabaseSettings } => ({
  ...settingsOf(HOME, { schedules: [{ name: 'nightly', at: '02:00', covers: ['database'] }], ...patch }),
  database: { identifier: 'shop-db', retentionDays: 7 },
});
