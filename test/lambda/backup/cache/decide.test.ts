import { describe, expect, it } from '@jest/globals';
import { decideCache } from '../../../../lambda/backup/cache/decide';
import { everyMinutesFor, nextNode, PER_NODE_A_DAY } from '../../../../lambda/backup/cache/limit';
import type { CacheNode, CacheObservation, CacheSnapshot } from '../../../../lambda/backup/cache/observation';
import { cacheSnapshotName } from '../../../../lambda/backup/names';
import { HOUR_MS } from '../../../../lambda/backup/schedule';
import { recordOf, STANDBY, settingsOf } from '../support/settings';
import { at, known, unknown } from '../support/snapshots';

const NOW = at('2026-11-21T05:15');
const nodes: readonly CacheNode[] = [
  { id: 'shop-cache-001', primary: true },
  { id: 'shop-cache-002', primary: false },
  { id: 'shop-cache-003', primary: false },
];
const taken = (due: string, patch: Partial<CacheSnapshot> = {}): CacheSnapshot => ({
  name: cacheSnapshotName('shop', at(due)),
  node: 'shop-cache-002',
  status: 'available',
  takenMs: at(due),
  ...patch,
});
const base = settingsOf();
const settings = {
  ...base,
  cache: { replicationGroup: 'shop-cache', everyMinutes: 60, retentionDays: 7, exports: 'exports' },
};
const decide = (patch: Partial<CacheObservation>, nowMs = NOW) =>
  decideCache(
    {
      leadership: known(recordOf()),
      group: known({ status: 'available', nodes }),
      snapshots: known([]),
      exports: known([]),
      ...patch,
    },
    settings,
    nowMs,
  );

describe('the interval of snapshots', () => {
  it('is what is wished for if the nodes can keep it up, and the shortest they can otherwise', () => {
    expect(everyMinutesFor(60, 3)).toBe(60);
    expect(everyMinutesFor(15, 3)).toBe(26);
    expect(everyMinutesFor(15, 1)).toBe(76);
  });

  it('never makes a node take more in any 24 hours than ElastiCache allows', () => {
    for (const count of [1, 2, 3]) {
      const some = nodes.slice(0, count);
      const every = everyMinutesFor(15, count) * 60_000;
      const all: CacheSnapshot[] = [];
      for (let now = NOW; now < NOW + 72 * HOUR_MS; now += every) {
        const node = nextNode(some, all, now);
        if (node) all.push({ name: String(now), node: node.id, status: 'available', takenMs: now });
      }
      for (const { id } of some) {
        const times = all.filter(({ node }) => node === id).map(({ takenMs }) => takenMs ?? 0);
        for (const end of times) {
          const window = times.filter((one) => one > end - 24 * HOUR_MS && one <= end);
          expect(window.length).toBeLessThanOrEqual(PER_NODE_A_DAY);
        }
      }
    }
  });

  it('spares the primary as long as a replica has any left', () => {
    expect(nextNode(nodes, [], NOW)?.id).toBe('shop-cache-002');
    expect(nextNode(nodes, [taken('2026-11-21T05:00')], NOW)?.id).toBe('shop-cache-003');
  });
});

describe('a snapshot of the cache', () => {
  it('is taken of a replica for each hour', () => {
    expect(decide({}).actions).toMatchObject([
      { kind: 'take', name: 'shop-cache-20261121-0500', node: 'shop-cache-002' },
    ]);
    const { actions } = decide({ snapshots: known([taken('2026-11-21T05:00', { status: 'creating' })]) });
    expect(actions).toEqual([]);
  });

  it('waits for the one before, and for the group', () => {
    const before = known([taken('2026-11-21T04:00', { status: 'creating' })]);
    expect(decide({ snapshots: before })).toMatchObject({
      actions: [],
      notes: [expect.stringContaining('the one before is not finished')],
    });
    expect(decide({ group: known({ status: 'modifying', nodes }) }).notes).toEqual([
      expect.stringContaining('the group shop-cache is modifying'),
    ]);
    expect(decide({ group: known(undefined) }).notes).toEqual([expect.stringContaining('there is no group')]);
  });

  it('is taken only where the platform leads', () => {
    const plan = decide({ leadership: known(recordOf({ holder: STANDBY })) });
    expect(plan).toMatchObject({ actions: [], failures: [] });
  });

  it('is exported once it is complete, and only if there is no younger export', () => {
    const complete = known([taken('2026-11-21T05:00'), taken('2026-11-21T04:00')]);
    expect(decide({ snapshots: complete }).actions).toEqual([
      { kind: 'export', name: 'shop-cache-20261121-0500' },
    ]);
    const exports = known([{ name: 'shop-cache-20261121-0500', bytes: 4096 }]);
    expect(decide({ snapshots: complete, exports }).actions).toEqual([]);
    const empty = known([{ name: 'shop-cache-20261121-0500', bytes: 0 }]);
    expect(decide({ snapshots: complete, exports: empty }).actions).toHaveLength(1);
  });

  it('is not exported while another export is under way', () => {
    const exporting = known([taken('2026-11-21T05:00'), taken('2026-11-21T04:00', { status: 'exporting' })]);
    expect(decide({ snapshots: exporting }).actions).toEqual([]);
  });

  it('that failed is tried again under the next time, and removed after a day because the service counts it', () => {
    const failed = known([taken('2026-11-21T05:00', { status: 'failed' })]);
    expect(decide({ snapshots: failed }).actions).toMatchObject([
      { kind: 'take', name: 'shop-cache-20261121-0515', node: 'shop-cache-003' },
    ]);
    expect(decide({ snapshots: failed }, at('2026-11-21T05:14'))).toMatchObject({
      actions: [],
      notes: [expect.stringContaining('the attempt before has failed')],
    });
    const old = known([taken('2026-11-21T05:00'), taken('2026-11-20T05:00', { status: 'failed' })]);
    const exports = known([{ name: 'shop-cache-20261121-0500', bytes: 1 }]);
    expect(decide({ snapshots: old, exports }).actions).toEqual([
      { kind: 'drop', name: 'shop-cache-20261120-0500' },
    ]);
  });

  it('that hangs for a day is a failure', () => {
    const hanging = known([taken('2026-11-20T04:00', { status: 'creating' })]);
    expect(decide({ snapshots: hanging }).failures).toEqual([
      'The snapshot shop-cache-20261120-0400 of the cache is creating for a day.',
    ]);
  });
});

describe('old ones', () => {
  it('go when the days they stand for are enough, as snapshot and as export', () => {
    const days = Array.from({ length: 9 }, (_, index) => `2026-11-${20 - index}T22:00`);
    const snapshots = known([taken('2026-11-21T05:00'), ...days.map((day) => taken(day))]);
    const exports = known([
      { name: 'shop-cache-20261121-0500', bytes: 1 },
      ...days.map((day) => ({ name: taken(day).name, bytes: 1 })),
    ]);
    const dropped = decide({ snapshots, exports }).actions;
    // Today and six days before.
    const names = days.slice(6).map((day) => taken(day).name);
    expect(dropped).toEqual([
      ...names.map((name) => ({ kind: 'drop', name })),
      ...names.map((name) => ({ kind: 'drop-export', name })),
    ]);
  });

  it('of other people are not looked at', () => {
    const foreign = { ...taken('2020-01-01T00:00'), name: 'before-the-upgrade' };
    const snapshots = known([taken('2026-11-21T05:00'), foreign]);
    const exports = known([
      { name: 'shop-cache-20261121-0500', bytes: 1 },
      { name: 'before-the-upgrade', bytes: 1 },
    ]);
    expect(decide({ snapshots, exports }).actions).toEqual([]);
  });

  it('stay while nobody knows what is there', () => {
    const plan = decide({ snapshots: unknown('No answer.'), exports: unknown('Denied.') });
    expect(plan).toMatchObject({ actions: [], failures: ['No answer.', 'Denied.'] });
  });
});
