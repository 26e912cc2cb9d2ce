import type { BackupSettings, CacheSettings } from '../contract';
import { gateOf } from '../gate';
import { type Dated, keepRecent } from '../keep';
import { cacheSnapshotName, timeOfCacheSnapshot } from '../names';
import { Draft, type Plan } from '../plan';
import { DAY_MS, type Due, dueOf, HOUR_MS, isoOf, lastSlot } from '../schedule';
import { reasons, type Seen } from '../seen';
import { everyMinutesFor, nextNode } from './limit';
import type { CacheExport, CacheGroup, CacheObservation, CacheSnapshot } from './observation';

/** One call of ElastiCache, or the deletion of an export. */
export type CacheAction =
  | { readonly kind: 'take'; readonly name: string; readonly due: Due; readonly node: string }
  | { readonly kind: 'export'; readonly name: string }
  /** Delete a snapshot that failed a day ago, or that is not kept. */
  | { readonly kind: 'drop'; readonly name: string }
  | { readonly kind: 'drop-export'; readonly name: string };

type Settings = BackupSettings & { readonly cache: CacheSettings };
/** A snapshot of ours, with the time for which it was taken. */
type Own = CacheSnapshot & Dated;

/** What snapshots between the schedules are taken for. */
const INTERVAL = 'interval';
const MISSING_MS = HOUR_MS;
/** As often as there are starts. */
const RETRY_MINUTES = 15;

/** What is due for the cache now. Each region has its own; only that of the region that leads is backed up. */
export function decideCache(seen: CacheObservation, settings: Settings, nowMs: number): Plan<CacheAction> {
  const draft: Draft<CacheAction> = new Draft();
  draft.failures.push(...reasons(seen.group, seen.snapshots, seen.exports));
  const mine = seen.snapshots.known ? ownSnapshots(seen.snapshots.value, settings.platform) : [];
  const gate = gateOf(seen.leadership, settings.own);
  if (!gate.open) (gate.failure ? draft.failures : draft.notes).push(gate.why);
  else {
    take(draft, seen, mine, settings, nowMs);
    exportNewest(draft, seen.exports, mine, settings.platform);
  }
  prune(draft, seen.exports, mine, settings, nowMs);
  for (const one of mine) {
    if (isHanging(one, nowMs))
      draft.failures.push(`The snapshot ${one.name} of the cache is ${one.status} for a day.`);
  }
  return draft;
}

const ownSnapshots = (snapshots: readonly CacheSnapshot[], platform: string): readonly Own[] =>
  snapshots
    .flatMap((one): Own[] => {
      const dueMs = timeOfCacheSnapshot(platform, one.name);
      return dueMs === undefined ? [] : [{ ...one, dueMs }];
    })
    .sort((a, b) => b.dueMs - a.dueMs);

/** One that is being exported is complete. */
const isGood = ({ status }: CacheSnapshot): boolean => status === 'available' || status === 'exporting';
const isPending = (one: CacheSnapshot): boolean => !isGood(one) && one.status !== 'failed';
const isHanging = (one: Own, nowMs: number): boolean => isPending(one) && nowMs - one.dueMs > DAY_MS;

function take(
  draft: Draft<CacheAction>,
  { group, snapshots }: CacheObservation,
  mine: readonly Own[],
  settings: Settings,
  nowMs: number,
): void {
  if (!group.known || !snapshots.known) return;
  const due = nextAttempt(newestDue(settings, group.value?.nodes.length ?? 1, nowMs), mine, nowMs);
  if (!due) return;
  const name = cacheSnapshotName(settings.platform, due.dueMs);
  const node = nextNode(group.value?.nodes ?? [], snapshots.value, nowMs);
  const obstacle = obstacleOf(group.value, name, mine, settings);
  if (obstacle === undefined && node) {
    draft.actions.push({ kind: 'take', name, due, node: node.id });
    return;
  }
  const why = obstacle ?? 'each node had as many in the last 24 hours as ElastiCache allows';
  const missing = nowMs - due.dueMs > MISSING_MS;
  const sentence = `The cache's snapshot for ${isoOf(due.dueMs)} waits: ${why}.`;
  (missing ? draft.failures : draft.notes).push(sentence);
}

function obstacleOf(
  group: CacheGroup | undefined,
  name: string,
  mine: readonly Own[],
  { cache: { replicationGroup }, own }: Settings,
): string | undefined {
  if (!group) return `there is no group ${replicationGroup} in ${own}`;
  if (group.status !== 'available') return `the group ${replicationGroup} is ${group.status}`;
  if (mine.some(isPending)) return 'the one before is not finished';
  return mine.some((one) => one.name === name) ? 'the attempt before has failed' : undefined;
}

function newestDue(settings: Settings, nodes: number, nowMs: number): Due {
  const slot = lastSlot(everyMinutesFor(settings.cache.everyMinutes, nodes), nowMs);
  const scheduled = dueOf('cache', settings.schedules, nowMs).at(-1);
  return scheduled && scheduled.dueMs >= slot ? scheduled : { schedule: INTERVAL, dueMs: slot };
}

/**
 * After a failure the next attempt has another time and so another name, because the failed one stays for a day: the
 * service has counted it, and so must we.
 * @returns undefined if there is a snapshot, or one is being made
 */
function nextAttempt(due: Due, mine: readonly Own[], nowMs: number): Due | undefined {
  const made = mine.filter((one) => one.dueMs >= due.dueMs);
  if (made.some(({ status }) => status !== 'failed')) return undefined;
  return made.length === 0 ? due : { ...due, dueMs: lastSlot(RETRY_MINUTES, nowMs) };
}

/** The newest alone: a missed one is no longer worth its time. */
function exportNewest(
  draft: Draft<CacheAction>,
  exports: Seen<readonly CacheExport[]>,
  mine: readonly Own[],
  platform: string,
): void {
  const newest = mine.find(isGood);
  if (!exports.known || !newest || mine.some(({ status }) => status === 'exporting')) return;
  const newestExport = Math.max(...datedExports(exports.value, platform).map(({ dueMs }) => dueMs), 0);
  if (newest.dueMs > newestExport) draft.actions.push({ kind: 'export', name: newest.name });
}

/** @returns exports of ours that hold anything */
export const datedExports = (exports: readonly CacheExport[], platform: string): readonly Dated[] =>
  exports.flatMap(({ name, bytes }) => {
    const dueMs = timeOfCacheSnapshot(platform, name);
    return dueMs === undefined || bytes === 0 ? [] : [{ name, dueMs }];
  });

function prune(
  draft: Draft<CacheAction>,
  exports: Seen<readonly CacheExport[]>,
  mine: readonly Own[],
  { cache, platform }: Settings,
  nowMs: number,
): void {
  const complete = mine.filter(({ status }) => status === 'available');
  const kept = keepRecent(mine.filter(isGood), cache.retentionDays, nowMs);
  const failed = mine.filter((one) => one.status === 'failed' && nowMs - one.dueMs > DAY_MS);
  for (const { name } of [...failed, ...complete.filter((one) => !kept.has(one.name))])
    draft.actions.push({ kind: 'drop', name });
  if (!exports.known) return;
  const dated = datedExports(exports.value, platform);
  const keptExports = keepRecent(dated, cache.retentionDays, nowMs);
  for (const { name } of dated) {
    if (!keptExports.has(name)) draft.actions.push({ kind: 'drop-export', name });
  }
}

/** @returns what the action does, as the beginning of a sentence */
export function nameOfCacheAction(action: CacheAction): string {
  switch (action.kind) {
    case 'take':
      return `The snapshot ${action.name} of the cache's node ${action.node}`;
    case 'export':
      return `The export of the cache's snapshot ${action.name}`;
    case 'drop':
      return `The removal of the cache's snapshot ${action.name}`;
    case 'drop-export':
      return `The removal of the cache's export ${action.name}`;
  }
}
