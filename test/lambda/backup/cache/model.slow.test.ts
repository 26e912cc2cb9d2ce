import { describe, expect, it } from '@jest/globals';
import type { CacheNode, CacheSnapshot } from '../../../../lambda/backup/cache/observation';
import { backUpCache } from '../../../../lambda/backup/cache/part';
import type { CacheService } from '../../../../lambda/backup/ports';
import { DAY_MS, HOUR_MS } from '../../../../lambda/backup/schedule';
import type { Clock } from '../../../../lambda/runtime/clock';
import { recordOf, settingsOf } from '../support/settings';
import { seeded } from '../support/simulation';

const MINUTE_MS = 60_000;
const START_MS = Date.UTC(2026, 10, 1);
const ALLOWED = 20;
const REFUSED = 0.05;
const LOST = 0.05;
const FAILED = 0.05;

interface Kept extends CacheSnapshot {
  readonly takenMs: number;
  readonly readyMs: number;
  readonly end: 'available' | 'failed';
}

/** ElastiCache of one region, and a bucket, in memory: it counts what a node was asked for, deleted or not. */
class SimulatedCache {
  nowMs = START_MS;
  readonly violations: string[] = [];
  readonly #snapshots = new Map<string, Kept>();
  readonly #exports = new Set<string>();
  readonly #taken: { readonly node: string; readonly atMs: number }[] = [];

  constructor(
    private readonly nodes: readonly CacheNode[],
    private readonly random: () => number,
  ) {}

  get exports(): readonly string[] {
    return [...this.#exports].sort();
  }

  get snapshots(): readonly CacheSnapshot[] {
    return [...this.#snapshots.values()].map(({ readyMs, end, ...one }) => ({
      ...one,
      status: readyMs > this.nowMs ? 'creating' : end,
    }));
  }

  service(): CacheService {
    return {
      view: {
        group: this.#frail(async () => ({ status: 'available', nodes: this.nodes })),
        snapshots: this.#frail(async () => this.snapshots),
      },
      hand: {
        take: this.#frail(async (node: string, name: string) => this.#take(node, name)),
        export: this.#frail(async (name: string) => {
          if (this.snapshots.find((one) => one.name === name)?.status !== 'available')
            this.violations.push(`${name} is exported and not complete.`);
          this.#exports.add(name);
        }),
        remove: this.#frail(async (name: string) => void this.#snapshots.delete(name)),
      },
      exports: {
        list: this.#frail(async () => this.exports.map((name) => ({ name, bytes: 1 }))),
        remove: this.#frail(async (name: string) => void this.#exports.delete(name)),
      },
    };
  }

  #take(node: string, name: string): void {
    if (this.#snapshots.has(name)) return;
    this.#taken.push({ node, atMs: this.nowMs });
    const day = this.#taken.filter((one) => one.node === node && one.atMs > this.nowMs - DAY_MS);
    if (day.length > ALLOWED) this.violations.push(`${node} was asked for ${day.length} in 24 hours.`);
    this.#snapshots.set(name, {
      name,
      node,
      status: 'creating',
      takenMs: this.nowMs,
      readyMs: this.nowMs + 5 * MINUTE_MS,
      end: this.random() < FAILED ? 'failed' : 'available',
    });
  }

  /** Fails before or after it was done. */
  #frail<A extends unknown[], T>(work: (...given: A) => Promise<T>): (...given: A) => Promise<T> {
    return async (...given) => {
      if (this.random() < REFUSED) throw new Error('Throttling: Rate exceeded');
      const value = await work(...given);
      if (this.random() < LOST) throw new Error('The connection was reset.');
      return value;
    };
  }
}

describe('twenty days of starts for the cache', () => {
  it.each([1, 2, 3])('never ask a node of %i for too many, and have a young export', async (count) => {
    const nodes = Array.from({ length: count }, (_, index) => ({
      id: `shop-cache-00${index + 1}`,
      primary: index === 0,
    }));
    const simulated = new SimulatedCache(nodes, seeded(count));
    const base = settingsOf();
    const cache = { replicationGroup: 'shop-cache', everyMinutes: 15, retentionDays: 5, exports: 'exports' };
    const clock: Clock = { now: () => simulated.nowMs, monotonic: () => 0, sleep: async () => undefined };
    const leadership = { read: async () => recordOf() };
    const ages: number[] = [];
    while (simulated.nowMs < START_MS + 20 * DAY_MS) {
      simulated.nowMs += 15 * MINUTE_MS;
      const host = { clock, deadline: HOUR_MS };
      const { ageSeconds } = await backUpCache(leadership, simulated.service(), { ...base, cache }, host);
      if (ageSeconds !== null && simulated.nowMs > START_MS + DAY_MS) ages.push(ageSeconds);
    }
    expect(simulated.violations).toEqual([]);
    // One interval, the time that a snapshot takes, and what failed in between.
    expect(Math.max(...ages)).toBeLessThan(8 * 3600);
    // A day's worth, four days before, and what the last start had not come to.
    const most = (24 * 60) / 15 + 4 + 2;
    expect(simulated.exports.length).toBeLessThanOrEqual(most);
    expect(simulated.snapshots.length).toBeLessThanOrEqual(most);
    expect(new Set(simulated.exports.map((name) => name.slice(0, 19))).size).toBe(5);
  });
});
