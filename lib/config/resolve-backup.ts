import { named } from './canonical';
import type { Archive, Backup, Covered, Role } from './platform';
import type { PlatformDocument } from './schema/platform';
import { BACKUP_WINDOW, CACHE_MAINTENANCE_WINDOW, isWithinWindow, MAINTENANCE_WINDOW } from './windows';

type BackupDocument = PlatformDocument['backup'];
type AskedArchive = Exclude<BackupDocument['archive'], boolean>;

const WITHOUT_A_WORD: AskedArchive = {
  enabled: true,
  mode: 'drain',
  keylessTables: 'refuse',
  lockDays: 35,
};

/** The settings of the archive as asked for: true and false are short for `enabled`. */
export const askedArchive = ({ archive }: BackupDocument): AskedArchive =>
  typeof archive === 'boolean' ? { ...WITHOUT_A_WORD, enabled: archive } : archive;

/** What a platform has that a schedule can copy. */
export const coverable = ({
  database,
  cache,
  buckets,
}: PlatformDocument): Readonly<Record<Covered, boolean>> => ({
  database: database?.kind === 'managed',
  cache: cache !== undefined,
  buckets: Object.keys(buckets).length > 0,
  configuration: true,
});

/** RDS and Backup keep this many snapshots made by hand in a region until a person asks for more. */
const SNAPSHOT_QUOTA = 100;
/** Days of the longest week and month that a copy stands for. */
export const WEEK_DAYS = 7;
export const MONTH_DAYS = 31;

/** @returns how old the oldest copy of the rule gets, in days */
export const longestCopyDays = ({ daily, weekly, monthly }: BackupDocument['keep']): number =>
  Math.max(daily, weekly * WEEK_DAYS, monthly * MONTH_DAYS);

/** @param notes gets one sentence for each thing that a person should know before it is deployed */
export function resolveBackup(document: PlatformDocument, notes: string[]): Backup {
  const { backup } = document;
  const there = coverable(document);
  const schedules = named(backup.schedules).map((schedule) => ({
    ...schedule,
    covers: schedule.covers.filter((part) => there[part]),
  }));
  notes.push(...schedules.flatMap(({ name, at, covers }) => windowNotes(name, at, covers)));
  if (there.database) notes.push(...quotaNote(backup), ...lockNote(backup));
  return { ...backup, schedules, archive: resolveArchive(document), checks: named(backup.checks) };
}

function resolveArchive({ backup, database }: PlatformDocument): Archive {
  const asked = askedArchive(backup);
  const managed = database?.kind === 'managed';
  const reachesBack = Math.max(asked.lockDays, backup.keep.daily, managed ? database.retentionDays : 0);
  return { ...asked, enabled: asked.enabled && managed, keepDays: asked.keepDays ?? reachesBack };
}

function windowNotes(name: string, at: string, covers: readonly Covered[]): string[] {
  const said = (window: string, what: string) =>
    isWithinWindow(at, window)
      ? [`backup.schedules.${name}: ${at} is within ${window} UTC, in which ${what}; the copy may be late.`]
      : [];
  const roles: readonly Role[] = ['home', 'standby'];
  return [
    ...(covers.includes('database')
      ? [
          ...said(BACKUP_WINDOW, 'RDS takes its own backup'),
          ...roles.flatMap((role) =>
            said(MAINTENANCE_WINDOW[role], `RDS may maintain the database of ${role}`),
          ),
        ]
      : []),
    ...(covers.includes('cache') ? said(CACHE_MAINTENANCE_WINDOW, 'ElastiCache may maintain the cache') : []),
  ];
}

function quotaNote({ keep }: BackupDocument): string[] {
  const copies = keep.daily + keep.weekly + keep.monthly;
  return copies < SNAPSHOT_QUOTA
    ? []
    : [
        `backup.keep: up to ${copies} snapshots are kept in each region; RDS allows ${SNAPSHOT_QUOTA} until its quota is raised.`,
      ];
}

function lockNote(backup: BackupDocument): string[] {
  if (!backup.vaultLock) return [];
  const { lockDays } = askedArchive(backup);
  return [
    `backup.vaultLock: this cannot be undone. ${VAULT_GRACE_DAYS} days after the first deployment the lock is final: no person, not the owner of the account and not AWS, can delete a copy before its time or shorten it (up to ${longestCopyDays(backup.keep)} days in the vault, ${lockDays} days in the archive), each is paid for until then, backup.keep can no longer be changed for the vault, and the account cannot be emptied before.`,
  ];
}

/** Within these days after its first deployment a vault's lock can still be removed; AWS allows no fewer. */
export const VAULT_GRACE_DAYS = 3;
