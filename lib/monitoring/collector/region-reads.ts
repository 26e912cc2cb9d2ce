import { isDeepStrictEqual } from 'node:util';
import * as backup from '../../../lambda/backup/contract';
import * as deep from '../../../lambda/deep-health/contract';
import * as drill from '../../../lambda/restore-drill/contract';
import * as archive from '../../../lambda/wal-archive/contract';
import {
  brokerIdentifier,
  cacheIdentifier,
  canaryName,
  clusterName,
  databaseIdentifier,
  readReplicaIdentifier,
  sqsIdentifiers,
} from '../../config/names';
import type { Platform, Queue, Role } from '../../config/platform';
import { backedUp } from '../../recovery/backup/alarms';
import { webAclRules } from '../../traffic/web-acl-rules';
import { askedDeeply } from '../deep-health';
import type { CloudWatchSeries } from '../metrics/series-types';

/** Values of all dimensions of one resource, by the name of the dimension. */
export type Dimensions = Readonly<Record<string, string>>;

/**
 * Namespaces whose dimensions hold what AWS has invented: names of balancers and target groups, ARNs of certificates. A
 * template of another stack could know them only by an export, which would keep a target group from being replaced while
 * it is read; and the other region could not know them at all. The exporter finds them by the tag of the platform.
 */
export const FOUND_BY_TAG: readonly string[] = ['AWS/ApplicationELB', 'AWS/CertificateManager'];

/** The bill is in one region, and the home region tells it: two would page twice. */
export const BILLING = { namespace: 'AWS/Billing', region: 'us-east-1', role: 'home' } as const;

/**
 * @returns what the metric is read of in a region, by dimensions that the platform knows; nothing where the platform
 *   does not have the part, or the exporter finds it by its tag
 */
export function knownDimensions(
  { cloudWatch: { namespace, metric, dimensions } }: CloudWatchSeries,
  platform: Platform,
  role: Role,
): readonly Dimensions[] {
  if (namespace === backup.METRIC_NAMESPACE)
    return ofHoldfast(metric, Object.hasOwn(dimensions, 'Component'), platform);
  // Amazon MQ tells of a broker and of each queue in it, in one namespace.
  return (BY_NAMESPACE[namespace]?.(platform, role) ?? []).filter((known) =>
    isDeepStrictEqual(Object.keys(known).sort(), Object.keys(dimensions).sort()),
  );
}

const BY_NAMESPACE: Readonly<Record<string, (platform: Platform, role: Role) => readonly Dimensions[]>> = {
  'ECS/ContainerInsights': (platform) =>
    platform.services.map(({ name }) => ({ ClusterName: clusterName(platform), ServiceName: name })),
  'AWS/RDS': (platform, role) =>
    instances(platform, role).map((DBInstanceIdentifier) => ({ DBInstanceIdentifier })),
  'AWS/ElastiCache': (platform, role) =>
    Array.from({ length: nodes(platform, role) }, (_, index) => ({
      // As ElastiCache numbers the nodes of a replication group.
      CacheClusterId: `${cacheIdentifier(platform)}-${String(index + 1).padStart(3, '0')}`,
    })),
  'AWS/SQS': (platform) =>
    of(platform, 'sqs').flatMap((name) =>
      Object.values(sqsIdentifiers(platform, name)).map((QueueName) => ({ QueueName })),
    ),
  'AWS/AmazonMQ': (platform) =>
    of(platform, 'rabbitmq').flatMap((name) => {
      const Broker = brokerIdentifier(platform, name);
      return [{ Broker }, { Broker, VirtualHost: '/', Queue: name }];
    }),
  'AWS/WAFV2': (platform, role) =>
    webAclRules(platform.edge).map(({ visibilityConfig }) => ({
      WebACL: platform.name,
      Region: platform.regions[role].name,
      Rule: 'metricName' in visibilityConfig ? visibilityConfig.metricName : '',
    })),
  CloudWatchSynthetics: (platform) =>
    platform.monitoring.canaries ? [{ CanaryName: canaryName(platform) }] : [],
  [BILLING.namespace]: (_, role) => (role === BILLING.role ? [{ Currency: 'USD' }] : []),
};

const of = ({ queues }: Platform, engine: Queue['engine']): string[] =>
  queues.filter((queue) => queue.engine === engine).map(({ name }) => name);

const nodes = ({ cache }: Platform, role: Role): number => (cache ? cache.replicas[role] + 1 : 0);

function instances(platform: Platform, role: Role): string[] {
  const { database } = platform;
  if (database?.kind !== 'managed') return [];
  const copies = Array.from({ length: role === 'home' ? database.readReplicas : 0 }, (_, index) =>
    readReplicaIdentifier(platform, index + 1),
  );
  return [databaseIdentifier(platform), ...copies];
}

const namedBy = (metrics: Readonly<Record<string, string>>, metric: string): boolean =>
  Object.values(metrics).includes(metric);

function ofHoldfast(metric: string, perPart: boolean, platform: Platform): readonly Dimensions[] {
  const Platform = platform.name;
  const managed = platform.database?.kind === 'managed';
  if (namedBy(archive.METRICS, metric) && !(managed && platform.backup.archive.enabled)) return [];
  if (namedBy(drill.METRICS, metric) && !managed) return [];
  if (namedBy(deep.METRICS, metric))
    return askedDeeply(platform).map(({ service }) => ({ Platform, Service: service }));
  return perPart ? backedUp(platform).map((Component) => ({ Platform, Component })) : [{ Platform }];
}
