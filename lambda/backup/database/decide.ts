import type { BackupSettings, DatabaseSettings } from '../contract';
import { gateOf } from '../gate';
import { databaseSnapshotName } from '../names';
import { Draft, type Plan } from '../plan';
import { type Due, dueOf, HOUR_MS, isoOf } from '../schedule';
import { reasons } from '../seen';
import type { DatabaseAction } from './action';
import type { DatabaseObservation } from './observation';
import { isGood, opposite, type Pair, PLACES, type Place, pairUp } from './pairs';
import { replicate } from './replication';
import { dropped, wanted } from './retention';
import { hangs } from './snapshot';

/**
 * Copies that may be under way to a region. RDS allows 20 for an account (formerly five) and makes those of one instance
 * one after the other; the rest is for others.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_CopySnapshot.html
 */
export const COPIES_AT_ONCE = 4;
/** A backup that has not begun by then is not late any more but missing. */
const MISSING_MS = HOUR_MS;

type Settings = BackupSettings & { readonly database: DatabaseSettings };
type DatabaseDraft = Draft<DatabaseAction>;

/** What is due for the database now. Pure: same observation, same plan. */
export function decideDatabase(
  seen: DatabaseObservation,
  settings: Settings,
  nowMs: number,
): Plan<DatabaseAction> {
  const draft: DatabaseDraft = new Draft();
  const { own, other } = seen.snapshots;
  draft.failures.push(...reasons(seen.instance, own, other));
  const regions = { own: settings.own, other: settings.other };
  const pairs = pairUp({ own: own.known ? own.value : [], other: other.known ? other.value : [] }, regions);
  sayWhatIsWrong(draft, pairs, settings, nowMs);
  const gate = gateOf(seen.leadership, settings.own);
  if (!gate.open) {
    (gate.failure ? draft.failures : draft.notes).push(gate.why);
    return draft;
  }
  if (own.known) take(draft, seen, settings, pairs, nowMs);
  if (own.known && other.known) {
    discard(draft, pairs);
    copy(draft, pairs, settings, nowMs);
    drop(draft, pairs, settings, nowMs);
  }
  replicate(draft, seen, settings, gate.record);
  return draft;
}

function sayWhatIsWrong(
  draft: DatabaseDraft,
  pairs: readonly Pair[],
  settings: Settings,
  nowMs: number,
): void {
  for (const { name, sides } of pairs) {
    for (const place of PLACES) {
      const side = sides[place];
      if (!side || side.verdict.kind === 'good') continue;
      const { kind, why } = side.verdict;
      const sentence = `The snapshot ${name} in ${settings[place]} is no good backup: ${why}.`;
      if (kind !== 'pending' || hangs(side.snapshot, nowMs)) draft.failures.push(sentence);
    }
  }
  const known = namesOf(settings);
  const orphans = [...new Set(pairs.map(({ schedule }) => schedule))].filter((one) => !known.includes(one));
  if (orphans.length > 0)
    draft.notes.push(
      `Backups of schedules that the platform file no longer has are kept until a person deletes them: ${orphans.join(', ')}.`,
    );
}

/** One snapshot at a time: RDS refuses the second while an instance is backing up. */
function take(
  draft: DatabaseDraft,
  { instance }: DatabaseObservation,
  settings: Settings,
  pairs: readonly Pair[],
  nowMs: number,
): void {
  const [first, ...later] = dueOf('database', settings.schedules, nowMs).filter(
    (due) => !exists(pairs, databaseSnapshotName(settings.database.identifier, due)),
  );
  if (!first || !instance.known) return;
  const obstacle = obstacleOf(instance.value, settings);
  if (obstacle !== undefined) {
    const missing = nowMs - first.dueMs > MISSING_MS;
    (missing ? draft.failures : draft.notes).push(`${nameOfDue(first)} waits: ${obstacle}.`);
    return;
  }
  draft.actions.push({
    kind: 'take',
    name: databaseSnapshotName(settings.database.identifier, first),
    due: first,
  });
  draft.notes.push(...later.map((due) => `${nameOfDue(due)} waits for that of ${first.schedule}.`));
}

const nameOfDue = ({ schedule, dueMs }: Due): string =>
  `The database's backup of ${schedule} for ${isoOf(dueMs)}`;

/** Whatever has the name: what failed is removed first, and what is unusable is for a person. */
const exists = (pairs: readonly Pair[], name: string): boolean => pairs.some((pair) => pair.name === name);

function obstacleOf(
  instance: { readonly status: string; readonly source: string | null } | undefined,
  { own, database }: Settings,
): string | undefined {
  if (!instance) return `there is no instance ${database.identifier} in ${own}`;
  // A replica that is backing up could not be promoted.
  if (instance.source !== null) return `${database.identifier} in ${own} is a replica of ${instance.source}`;
  return instance.status === 'available'
    ? undefined
    : `the instance ${database.identifier} in ${own} is ${instance.status}`;
}

function discard(draft: DatabaseDraft, pairs: readonly Pair[]): void {
  for (const { name, sides } of pairs) {
    for (const at of PLACES) {
      if (sides[at]?.verdict.kind === 'failed') draft.actions.push({ kind: 'discard', name, at });
    }
  }
}

function copy(draft: DatabaseDraft, pairs: readonly Pair[], settings: Settings, nowMs: number): void {
  const candidates = wanted(pairs, namesOf(settings), settings.keep, nowMs);
  for (const to of PLACES) {
    const missing = candidates.filter((pair) => isGood(pair, opposite(to)));
    const free = Math.max(0, COPIES_AT_ONCE - underWay(pairs, to));
    draft.actions.push(
      ...missing.slice(0, free).map(({ name, schedule, dueMs }) => {
        return { kind: 'copy', name, due: { schedule, dueMs }, to } as const;
      }),
    );
    const waiting = missing.length - Math.min(missing.length, free);
    if (waiting > 0) draft.notes.push(`${waiting} copies to ${settings[to]} wait for others to end.`);
  }
}

const underWay = (pairs: readonly Pair[], place: Place): number =>
  pairs.filter(({ sides }) => sides[place]?.verdict.kind === 'pending').length;

/** The side of the other region first: if the second removal does not happen, what is left is within reach. */
function drop(draft: DatabaseDraft, pairs: readonly Pair[], settings: Settings, nowMs: number): void {
  for (const { name, sides } of dropped(pairs, namesOf(settings), settings.keep, nowMs)) {
    for (const at of ['other', 'own'] as const) {
      if (sides[at]) draft.actions.push({ kind: 'drop', name, at });
    }
  }
}

const namesOf = ({ schedules }: Settings): readonly string[] =>
  schedules.filter(({ covers }) => covers.includes('database')).map(({ name }) => name);
