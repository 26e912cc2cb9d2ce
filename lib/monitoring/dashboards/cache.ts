import type { Platform } from '../../config/platform';
import type { Dashboard, Panel } from './panel';
import { one, REGION, rate, shareOrNone, slow } from './queries';

/** Valkey: each region has its own. */
export const cache = (platform: Platform): Dashboard | undefined =>
  platform.cache && {
    name: 'cache',
    title: 'Cache',
    description: 'Valkey: each region has its own, and their contents never cross.',
    choices: ['region'],
    rows: [
      { title: 'Use', panels: USE },
      { title: 'Nodes', panels: NODES },
    ],
  };

const valkey = (metric: string): string => `redis_${metric}{${REGION}}`;
const HITS = `sum by (region) (${rate(valkey('keyspace_hits_total'))})`;
const MISSES = `sum by (region) (${rate(valkey('keyspace_misses_total'))})`;
const perSecondOf = (metric: string): string => `sum by (region) (${rate(valkey(metric))})`;

const USE: readonly Panel[] = [
  {
    slug: 'up',
    title: 'Reachable',
    description: 'Whether the exporter could log in.',
    view: 'states',
    unit: 'none',
    queries: one('{{region}}', `max by (region) (${valkey('up')})`),
    width: 8,
    states: { 0: { text: 'down', color: 'red' }, 1: { text: 'up', color: 'green' } },
  },
  {
    slug: 'hit-ratio',
    title: 'Found in the cache',
    description: 'Share of the lookups that found their key. After a failover the cache begins empty.',
    view: 'lines',
    unit: 'percentunit',
    queries: one('{{region}}', shareOrNone(HITS, `${HITS} + ${MISSES}`)),
    width: 8,
    bad: 'below',
    min: 0,
    max: 1,
  },
  {
    slug: 'commands',
    title: 'Commands',
    description: 'Commands done.',
    view: 'lines',
    unit: 'ops',
    queries: one('{{region}}', perSecondOf('commands_processed_total')),
    width: 8,
    min: 0,
  },
  {
    slug: 'memory',
    title: 'Memory',
    description: 'Of what data may take before keys are evicted.',
    view: 'lines',
    unit: 'percentunit',
    queries: one(
      '{{region}}',
      `max by (region) (${valkey('memory_used_bytes')} / (${valkey('memory_max_bytes')} > 0))`,
    ),
    width: 8,
    min: 0,
  },
  {
    slug: 'evictions',
    title: 'Evicted keys',
    description: 'Keys removed because memory was full: what they held is computed again.',
    view: 'lines',
    unit: 'ops',
    queries: one('{{region}}', perSecondOf('evicted_keys_total')),
    width: 8,
    min: 0,
  },
  {
    slug: 'clients',
    title: 'Clients',
    description: 'Connections, and those that wait in a blocking call.',
    view: 'lines',
    unit: 'short',
    queries: [
      { legend: '{{region}} connected', expression: `sum by (region) (${valkey('connected_clients')})` },
      { legend: '{{region}} blocked', expression: `sum by (region) (${valkey('blocked_clients')})` },
    ],
    width: 8,
    min: 0,
  },
];

const node = (metric: string): string => slow(`aws_elasticache_${metric}{${REGION}}`);
const NODES: readonly Panel[] = [
  {
    slug: 'cpu',
    title: 'CPU of the engine',
    description: 'The one thread that does the commands.',
    view: 'lines',
    unit: 'percentunit',
    queries: one(
      '{{cache}} in {{region}}',
      `max by (region, cache) (${node('engine_cpuutilization_maximum')}) / 100`,
    ),
    width: 8,
    min: 0,
  },
  {
    slug: 'replicas',
    title: 'Replicas',
    description: 'Replicas that follow the primary.',
    view: 'lines',
    unit: 'short',
    queries: one('{{region}}', `max by (region) (${valkey('connected_slaves')})`),
    width: 8,
    bad: 'below',
    min: 0,
  },
  {
    slug: 'replication-lag',
    title: 'Behind the primary',
    description: 'What a failover within the region would lose of the cache.',
    view: 'lines',
    unit: 's',
    queries: one('{{cache}} in {{region}}', `max by (region, cache) (${node('replication_lag_maximum')})`),
    width: 8,
    min: 0,
  },
];
