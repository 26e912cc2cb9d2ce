import { Construct } from 'constructs';
import { cacheIdentifier } from '../config/names';
import type { Cache, Platform, Role } from '../config/platform';
import { type Alarm, type Metric, makeAlarms } from '../monitoring/cloudwatch/alarm';

export interface CacheAlarmsProps {
  readonly platform: Platform;
  readonly role: Role;
  readonly cache: Cache;
}

const MINUTE = 60;
const MEMORY_PERCENT = 90;
const CPU_PERCENT = 90;
const EVICTED = 1000;
const LAG_SECONDS = 10;

/** @returns the alarms on the cache of a region, each over all of its nodes: which of them is the primary changes */
export function cacheAlarms(props: CacheAlarmsProps): Alarm[] {
  const { platform, role, cache } = props;
  const nodes = Array.from(
    { length: cache.replicas[role] + 1 },
    (_, index) => `${cacheIdentifier(platform)}-${String(index + 1).padStart(3, '0')}`,
  );
  const over = (metric: string, statistic: string, join: 'MAX' | 'SUM', label: string) => {
    const metrics = nodes.map((node, index): [string, Metric] => [
      `node${index + 1}`,
      { namespace: 'AWS/ElastiCache', metric, dimensions: { CacheClusterId: node }, statistic },
    ]);
    return { of: Object.fromEntries(metrics), expression: `${join}(METRICS())`, label };
  };
  const common = {
    runbook: 'cloudwatch-alarms',
    urgency: 'morning',
    silence: 'told-elsewhere',
    periodSeconds: MINUTE,
    periods: 10,
    of: 10,
  } as const;
  return [
    {
      ...common,
      name: 'cache-cpu',
      says: `A node of the cache has used ${CPU_PERCENT} % of its engine's CPU for ten minutes, or none of its nodes reports at all. Look in the slow log of the cache for commands that walk over all keys; if nothing reports, look whether the replication group is available.`,
      formula: over('EngineCPUUtilization', 'Maximum', 'MAX', 'Busiest node in %'),
      threshold: CPU_PERCENT,
      // A node that lives always reports this, so it stands for the cache as a whole.
      silence: 'trouble',
    },
    {
      ...common,
      name: 'cache-memory',
      says: `The cache uses ${MEMORY_PERCENT} % of its memory; when it is full it ${cache.evictionPolicy === 'noeviction' ? 'refuses writes' : 'throws keys away'}. Look whether keys are written without an expiry, then choose a larger cache.nodeClass.`,
      formula: over('DatabaseMemoryUsagePercentage', 'Maximum', 'MAX', 'Fullest node in %'),
      threshold: MEMORY_PERCENT,
    },
    {
      ...common,
      name: 'cache-evictions',
      says: `The cache throws away more than ${EVICTED} keys in five minutes before their time, for half an hour: what is asked for next is made again by the database. Look at its memory, then choose a larger cache.nodeClass.`,
      formula: over('Evictions', 'Sum', 'SUM', 'Evicted keys'),
      periodSeconds: 5 * MINUTE,
      periods: 6,
      of: 6,
      threshold: EVICTED,
    },
    ...(nodes.length > 1
      ? [
          {
            ...common,
            name: 'cache-replica-lag',
            says: `A replica of the cache is ${LAG_SECONDS} s or more behind: a failover in the region would lose so much of it. Look at the write rate and at the network of the nodes.`,
            formula: over('ReplicationLag', 'Maximum', 'MAX', 'Slowest replica in s'),
            threshold: LAG_SECONDS,
          } satisfies Alarm,
        ]
      : []),
  ];
}

/** Alarms on the cache of a region. Not in the stack with the data, which no change of a bound should touch. */
export class CacheAlarms extends Construct {
  constructor(scope: Construct, id: string, props: CacheAlarmsProps) {
    super(scope, id);
    makeAlarms(this, props, cacheAlarms(props));
  }
}
