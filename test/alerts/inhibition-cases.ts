import type { PostedAlert } from './alertmanager';

/** Some alerts that fire at the same time on a platform, and who of them is heard. Written by hand. */
export interface InhibitionCase {
  /** Name of the platform in the labels: cases must not mute each other. */
  readonly platform: string;
  readonly because: string;
  readonly heard: readonly Alert[];
  readonly muted: readonly Alert[];
}

/** `name severity component`, and a service or a region other than home where it matters. */
type Alert = readonly [
  name: string,
  severity: string,
  component: string,
  more?: Readonly<Record<string, string>>,
];

const HOME = 'eu-central-1';
const PEER = { region: 'eu-west-1', role: 'standby' };

export const CASES: readonly InhibitionCase[] = [
  {
    platform: 'critical-part',
    because: 'a critical alert mutes warnings of its part, in its region and of its service only',
    heard: [
      ['CacheDown', 'critical', 'cache'],
      ['CacheMemoryHigh', 'warning', 'cache', PEER],
      ['QueueBacklog', 'warning', 'queue'],
      ['MultipleReplicasDown', 'critical', 'service', { service: 'app' }],
      ['HighMemoryUsage', 'warning', 'service', { service: 'worker' }],
    ],
    muted: [
      ['LowCacheHitRatio', 'warning', 'cache'],
      ['CacheEvictions', 'info', 'cache'],
      ['HighCPUUsage', 'warning', 'service', { service: 'app' }],
    ],
  },
  {
    platform: 'unrelated',
    because: 'alerts of backups, costs, monitoring, leadership and the edge do not follow from each other',
    heard: [
      ['BackupStale', 'critical', 'backup'],
      ['RestoreDrillOverdue', 'warning', 'backup'],
      ['CollectorDown', 'critical', 'monitoring'],
      ['ExporterDown', 'warning', 'monitoring'],
      ['CanaryFailing', 'critical', 'edge'],
      ['CertificateExpiry', 'warning', 'edge'],
      ['FailoverGateRefused', 'critical', 'leadership'],
      ['LeadershipUnsettled', 'warning', 'leadership'],
      ['HighCost', 'critical', 'business'],
      ['NoUserActivity', 'warning', 'business'],
    ],
    muted: [],
  },
  {
    platform: 'service-down',
    because: 'a service that is down explains its own errors, not those of another',
    heard: [
      ['ServiceDown', 'critical', 'service', { service: 'app' }],
      ['HighErrorRate', 'critical', 'service', { service: 'worker' }],
    ],
    muted: [
      ['HighErrorRate', 'critical', 'service', { service: 'app' }],
      ['MultipleReplicasDown', 'critical', 'service', { service: 'app' }],
    ],
  },
  {
    platform: 'region-silent',
    because: 'of a silent region only its silence and the leadership are told, and the own region goes on',
    heard: [
      ['RegionSilent', 'critical', 'edge', PEER],
      ['LeaseNotRenewed', 'critical', 'leadership', PEER],
      ['DiskSpaceLow', 'critical', 'database'],
    ],
    muted: [
      ['BackupStale', 'critical', 'backup', PEER],
      ['HighErrorRate', 'critical', 'service', { ...PEER, service: 'app' }],
      ['RegionTrafficSkew', 'warning', 'edge'],
    ],
  },
  {
    platform: 'lease',
    because: 'without a lease the fence closes and writes fail',
    heard: [
      ['LeaseNotRenewed', 'critical', 'leadership'],
      ['ContainerRestarting', 'critical', 'service', { service: 'app' }],
    ],
    muted: [
      ['FenceClosed', 'critical', 'leadership'],
      ['HighErrorRate', 'critical', 'service', { service: 'app' }],
      ['NoUserActivity', 'critical', 'business'],
    ],
  },
  {
    platform: 'replication',
    because: 'a replication that is broken falls behind',
    heard: [['ReplicationBroken', 'critical', 'leadership']],
    muted: [['ReplicationLagHigh', 'warning', 'leadership']],
  },
  {
    platform: 'database-gone',
    because: 'nothing else can be said of a database that does not answer',
    heard: [
      ['DatabaseUnreachable', 'critical', 'database'],
      ['CacheDown', 'critical', 'cache'],
    ],
    muted: [
      ['DatabaseConnectionPoolExhausted', 'critical', 'database'],
      ['SlowDatabaseQueries', 'warning', 'database'],
      ['HighDatabaseErrorRate', 'critical', 'database'],
      ['HighErrorRate', 'critical', 'service', { service: 'app' }],
      ['DatabaseAvailabilityBurnFast', 'critical', 'database'],
    ],
  },
  {
    platform: 'cache-gone',
    because: 'a cache that does not answer uses up its objective, and no other',
    heard: [
      ['CacheDown', 'critical', 'cache'],
      ['DatabaseAvailabilityBurnFast', 'critical', 'database'],
    ],
    muted: [['CacheAvailabilityBurnFast', 'critical', 'cache']],
  },
  {
    platform: 'balancer-gone',
    because: 'without a balancer no request arrives',
    heard: [['LoadBalancerDown', 'critical', 'balancer']],
    muted: [
      ['UnevenLoadDistribution', 'critical', 'balancer'],
      ['LowThroughput', 'critical', 'service', { service: 'app' }],
    ],
  },
];

/** One alert of a case as it is posted. */
export const alertOf = (platform: string, [alertname, severity, component, more]: Alert): PostedAlert => ({
  labels: {
    alertname,
    severity,
    component,
    team: 'application',
    platform,
    region: HOME,
    role: 'home',
    ...more,
  },
  annotations: { summary: `${alertname} of ${platform}` },
});
