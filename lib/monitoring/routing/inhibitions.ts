import { OBJECTIVE_ALERTS } from '../alerts/objectives';
import { differs, equals, type Matcher, noneOfValues, oneOfValues } from './matcher';

/**
 * While an alert of the source fires, the alerts of the target are not told that have the same values in the labels
 * `equal`. A label that both lack counts as the same. An alert never mutes itself.
 */
export interface Inhibition {
  /** Why the target follows from the source. */
  readonly because: string;
  readonly source: readonly Matcher[];
  readonly target: readonly Matcher[];
  readonly equal: readonly string[];
}

const SAME_REGION = ['platform', 'region'] as const;
const SAME_PART = [...SAME_REGION, 'component', 'service'] as const;

/**
 * Components of one thing each, where a critical alert explains the warnings. The alerts of the others have nothing to do
 * with each other: stale backups explain no overdue drill, costs no silence of the users, and a failing canary may have its
 * cause in the certificate of which a warning speaks.
 */
const OF_ONE_THING = ['service', 'balancer', 'database', 'cache', 'queue', 'archive'];

/** What users and the SLO feel while nothing can be written or nothing answers. */
const FELT: readonly string[] = [
  'HighErrorRate',
  'HighDatabaseErrorRate',
  'ErrorBudgetBurnFast',
  'ErrorBudgetBurn',
  'ErrorBudgetBurnSlow',
  'LatencyBudgetBurn',
  'HighResponseTime',
  'HighLatency',
  'LowThroughput',
  'NoUserActivity',
  // A cache is away for reasons of its own.
  ...OBJECTIVE_ALERTS.filter(({ component }) => component !== 'cache').map(({ name }) => name),
];

/** What mutes what, and why. Only causes mute; each of them pages by itself. */
export const INHIBITIONS: readonly Inhibition[] = [
  {
    because: 'a warning about a part adds nothing while the part is in a critical state',
    source: [equals('severity', 'critical'), ...oneOfValues('component', OF_ONE_THING)],
    target: [...oneOfValues('severity', ['warning', 'info']), ...oneOfValues('component', OF_ONE_THING)],
    equal: SAME_PART,
  },
  {
    because: 'a service of which nothing answers has errors, delays and missing replicas',
    source: [equals('alertname', 'ServiceDown')],
    target: [equals('component', 'service'), differs('alertname', 'ServiceDown')],
    equal: SAME_PART,
  },
  {
    because: 'of a region that is silent nothing is known; who leads is told all the same',
    source: [equals('alertname', 'RegionSilent')],
    target: [noneOfValues('alertname', ['RegionSilent', 'Watchdog']), differs('component', 'leadership')],
    equal: SAME_REGION,
  },
  {
    because: 'all traffic is in one region while the other is silent',
    source: [equals('alertname', 'RegionSilent')],
    target: [equals('alertname', 'RegionTrafficSkew')],
    equal: ['platform'],
  },
  {
    because: 'without a lease the fence closes, and every write fails',
    source: [equals('alertname', 'LeaseNotRenewed')],
    target: oneOfValues('alertname', ['FenceClosed', ...FELT]),
    equal: SAME_REGION,
  },
  {
    because: 'behind a closed fence every write fails',
    source: [equals('alertname', 'FenceClosed')],
    target: oneOfValues('alertname', FELT),
    equal: SAME_REGION,
  },
  {
    because: 'a replication that is broken falls behind',
    source: [equals('alertname', 'ReplicationBroken')],
    target: [equals('alertname', 'ReplicationLagHigh')],
    equal: SAME_REGION,
  },
  {
    because: 'nothing else can be said of a database that does not answer, nor of what asks it',
    source: [equals('alertname', 'DatabaseUnreachable')],
    target: [equals('component', 'database'), differs('alertname', 'DatabaseUnreachable')],
    equal: SAME_REGION,
  },
  {
    because: 'a cache that does not answer uses up its objective',
    source: [equals('alertname', 'CacheDown')],
    target: [equals('component', 'cache'), differs('alertname', 'CacheDown')],
    equal: SAME_REGION,
  },
  {
    because: 'requests that need the database fail with it',
    source: [equals('alertname', 'DatabaseUnreachable')],
    target: oneOfValues('alertname', FELT),
    equal: SAME_REGION,
  },
  {
    because: 'without a balancer no request arrives',
    source: [equals('alertname', 'LoadBalancerDown')],
    target: oneOfValues('alertname', ['UnevenLoadDistribution', ...FELT]),
    equal: SAME_REGION,
  },
];
