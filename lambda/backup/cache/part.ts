import type { BackupSettings, CacheSettings } from '../contract';
import { type ComponentReport, carryOut, type Host } from '../host';
import type { CacheService, Leadership } from '../ports';
import { isoOf } from '../schedule';
import { look } from '../seen';
import { type CacheAction, datedExports, decideCache, nameOfCacheAction } from './decide';
import { everyMinutesFor } from './limit';
import type { CacheObservation } from './observation';

type CacheBackupSettings = BackupSettings & { readonly cache: CacheSettings };

export async function backUpCache(
  leadership: Leadership,
  service: CacheService,
  settings: CacheBackupSettings,
  host: Host,
): Promise<ComponentReport> {
  const { cache, platform } = settings;
  const [record, group, snapshots, exports] = await Promise.all([
    look(() => leadership.read()),
    look(() => service.view.group(cache.replicationGroup)),
    look(() => service.view.snapshots()),
    look(() => service.exports.list()),
  ]);
  const seen: CacheObservation = { leadership: record, group, snapshots, exports };
  const nowMs = host.clock.now();
  const plan = decideCache(seen, settings, nowMs);
  const outcome = await carryOut(plan, nameOfCacheAction, (action) => perform(service, cache, action), host);
  const dated = exports.known ? datedExports(exports.value, platform) : [];
  const newest = Math.max(...dated.map(({ dueMs }) => dueMs));
  return {
    ...outcome,
    // What counts is what is in S3: from there it is in both regions.
    ageSeconds: dated.length === 0 ? null : Math.max(0, (nowMs - newest) / 1000),
    inventory: {
      everyMinutes: group.known ? everyMinutesFor(cache.everyMinutes, group.value?.nodes.length ?? 1) : null,
      everyMinutesWished: cache.everyMinutes,
      snapshots: snapshots.known ? snapshots.value : null,
      exports: exports.known ? dated.map(({ name, dueMs }) => ({ name, due: isoOf(dueMs) })) : null,
    },
  };
}

function perform({ hand, exports }: CacheService, cache: CacheSettings, action: CacheAction): Promise<void> {
  switch (action.kind) {
    case 'take':
      return hand.take(action.node, action.name, action.due);
    case 'export':
      return hand.export(action.name, cache.exports);
    case 'drop':
      return hand.remove(action.name);
    case 'drop-export':
      return exports.remove(action.name);
  }
}
