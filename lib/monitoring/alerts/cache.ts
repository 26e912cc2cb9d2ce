import type { Platform } from '../../config/platform';
import type { Alert, AlertContext } from './alert';
import { own, unlessStandingBy } from './promql';
import { downOrUnseen, perSecond } from './promql-parts';

const OF_CACHE = {
  component: 'cache',
  team: 'ops',
  appliesTo: ({ cache }: Platform): boolean => cache !== undefined,
} as const;

/** Lookups that found something, or nothing, a second over ten minutes. */
const looked = (context: AlertContext, end: 'hits' | 'misses'): string =>
  perSecond(`redis_keyspace_${end}_total${own(context)}`, '10m');

/** Fewer lookups a second than this say nothing about their ratio: a region that stands by has next to none. */
const ENOUGH_LOOKUPS = 10;

/** Valkey. */
export const CACHE_ALERTS: readonly Alert[] = [
  {
    ...OF_CACHE,
    name: 'CacheDown',
    severity: 'critical',
    // A replica takes over within a minute, and nobody is needed for it.
    forSeconds: 120,
    expression: (context) => unlessStandingBy(context, downOrUnseen(context, 'redis_up')),
    summary: 'The cache does not answer.',
    description:
      'The exporter of the cache cannot log in, or answers nothing itself, though the collector runs. Services go without a cache, and the database gets what it held back.',
    panel: 'cache/up',
  },
  {
    ...OF_CACHE,
    name: 'LowCacheHitRatio',
    severity: 'warning',
    // A cache that was restarted is empty, and fills within minutes.
    forSeconds: 900,
    // Below four hits in five a cache saves the database less than its own price.
    threshold: { value: 80, unit: 'percent' },
    expression: (context) => {
      const all = `(${looked(context, 'hits')} + ${looked(context, 'misses')})`;
      return `100 * ${looked(context, 'hits')} / ${all} < ${context.threshold} and ${all} > ${ENOUGH_LOOKUPS}`;
    },
    summary: 'The cache rarely has what it is asked for.',
    description:
      '{{ printf "%.0f" $value }} percent of the lookups found something over ten minutes, less than {threshold}. The rest goes to the database.',
    panel: 'cache/hit-ratio',
  },
  {
    ...OF_CACHE,
    name: 'CacheMemoryHigh',
    severity: 'warning',
    forSeconds: 600,
    // Above it eviction begins soon, or with the policy noeviction writes fail.
    threshold: { value: 85, unit: 'percent' },
    expression: (context) =>
      `100 * max(redis_memory_used_bytes${own(context)}) / max(redis_memory_max_bytes${own(context)} > 0) > ${context.threshold}`,
    summary: 'The memory of the cache is nearly full.',
    description:
      '{{ printf "%.0f" $value }} percent of its memory is used, more than {threshold}. When it is full, keys are evicted or writes fail, as its policy says.',
    panel: 'cache/memory',
  },
  {
    ...OF_CACHE,
    name: 'CacheEvictions',
    severity: 'warning',
    forSeconds: 600,
    // Single evictions are how a cache works; ten a second for ten minutes are 6,000 keys that somebody will miss.
    threshold: { value: 10, unit: 'keys a second' },
    expression: (context) =>
      `${perSecond(`redis_evicted_keys_total${own(context)}`, '5m')} > ${context.threshold}`,
    summary: 'The cache drops keys because it is too small.',
    description:
      'It evicts {{ printf "%.1f" $value }} keys a second, more than {threshold}, before their time to live has ended.',
    panel: 'cache/evictions',
  },
];
