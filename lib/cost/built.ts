import { type Scheduled, scheduledHere } from './scheduled';
import type { BuiltResource, BuiltStack } from './template';
import { entry, list, property } from './template';

export type { BuiltResource, BuiltStack } from './template';

/** What the stacks of a region hold of things with a price a piece. */
export interface BuiltRegion {
  readonly region: string;
  /** Metrics that alarms are on, without those that a query finds. */
  readonly alarmMetrics: number;
  /** Alarms on a query, which is paid by the metrics that it finds. */
  readonly queryAlarms: number;
  readonly composites: number;
  readonly dashboards: number;
  readonly healthChecks: number;
  /** Options of health checks that are paid by themselves: HTTPS, and checking every ten seconds. */
  readonly healthCheckOptions: number;
  readonly natGateways: number;
  readonly elasticAddresses: number;
  readonly balancers: number;
  readonly interfaceEndpoints: number;
  readonly webAcls: number;
  readonly webAclRules: number;
  readonly keys: number;
  /** Those that are copied here among them. */
  readonly secrets: number;
  /** Queues out of which a function reads. */
  readonly queueReaders: number;
  readonly brokers: readonly { readonly instanceType: string; readonly nodes: number }[];
  readonly fileSystems: number;
  readonly distributions: number;
  readonly repositories: number;
  /** HTTP APIs; each is asked by one health check. */
  readonly apis: number;
  /** Replicas of DynamoDB tables. */
  readonly tables: number;
  readonly scheduled: readonly Scheduled[];
  /** Container Insights of each cluster, by the cluster's name. */
  readonly insights: Readonly<Record<string, InsightsLevel>>;
}

export type InsightsLevel = 'enhanced' | 'enabled' | 'disabled';

const NODES_OF_A_CLUSTER = 3;

/** @returns what the stacks of each region hold, in the order in which the regions come first */
export function builtRegions(stacks: readonly BuiltStack[]): readonly BuiltRegion[] {
  const everywhere = stacks.flatMap(({ resources }) => Object.values(resources));
  return [...new Set(stacks.map(({ region }) => region))].map((region) =>
    builtRegion(
      region,
      stacks.filter((stack) => stack.region === region),
      everywhere,
    ),
  );
}

function builtRegion(
  region: string,
  stacks: readonly BuiltStack[],
  everywhere: readonly BuiltResource[],
): BuiltRegion {
  const here = stacks.flatMap(({ resources }) => Object.values(resources));
  const of = (type: string): readonly BuiltResource[] => here.filter(({ Type }) => Type === type);
  const alarms = of('AWS::CloudWatch::Alarm').map(alarmMetrics);
  const checks = of('AWS::Route53::HealthCheck');
  const acls = of('AWS::WAFv2::WebACL');
  return {
    region,
    alarmMetrics: total(alarms.map(({ named }) => named)),
    queryAlarms: alarms.filter(({ isQuery }) => isQuery).length,
    composites: of('AWS::CloudWatch::CompositeAlarm').length,
    dashboards: of('AWS::CloudWatch::Dashboard').length,
    healthChecks: checks.length,
    healthCheckOptions: total(checks.map(checkOptions)),
    natGateways: of('AWS::EC2::NatGateway').length,
    elasticAddresses: of('AWS::EC2::EIP').length,
    balancers: of('AWS::ElasticLoadBalancingV2::LoadBalancer').length,
    interfaceEndpoints: of('AWS::EC2::VPCEndpoint').filter(
      (one) => property(one, 'VpcEndpointType') === 'Interface',
    ).length,
    webAcls: acls.length,
    webAclRules: total(acls.map((one) => list(property(one, 'Rules')).length)),
    keys: of('AWS::KMS::Key').length,
    secrets: of('AWS::SecretsManager::Secret').length + copiedSecrets(region, everywhere),
    queueReaders: of('AWS::Lambda::EventSourceMapping').length,
    brokers: of('AWS::AmazonMQ::Broker').map(brokerNodes),
    fileSystems: of('AWS::EFS::FileSystem').length,
    distributions: of('AWS::CloudFront::Distribution').length,
    repositories: of('AWS::ECR::Repository').length,
    apis: of('AWS::ApiGatewayV2::Api').length,
    tables: tableReplicas(region, everywhere),
    scheduled: scheduledHere(stacks),
    insights: Object.fromEntries(of('AWS::ECS::Cluster').map(insightsOf)),
  };
}

const total = (numbers: readonly number[]): number => numbers.reduce((sum, one) => sum + one, 0);

/** CloudWatch counts each metric of a formula; an alarm that names its metric has one. */
function alarmMetrics(alarm: BuiltResource): { readonly named: number; readonly isQuery: boolean } {
  const terms = list(property(alarm, 'Metrics'));
  if (terms.length === 0) return { named: 1, isQuery: false };
  const named = terms.filter((term) => entry(term, 'MetricStat') !== undefined).length;
  return { named, isQuery: named === 0 };
}

const brokerNodes = (broker: BuiltResource): BuiltRegion['brokers'][number] => ({
  instanceType: String(property(broker, 'HostInstanceType')),
  nodes: property(broker, 'DeploymentMode') === 'CLUSTER_MULTI_AZ' ? NODES_OF_A_CLUSTER : 1,
});

const insightsOf = (cluster: BuiltResource): readonly [name: string, level: InsightsLevel] => [
  String(property(cluster, 'ClusterName')),
  insightsLevel(cluster),
];

/** An account may switch it on for all clusters; one that says nothing is taken for one without it. */
function insightsLevel(cluster: BuiltResource): InsightsLevel {
  const setting = list(property(cluster, 'ClusterSettings')).find(
    (one) => entry(one, 'Name') === 'containerInsights',
  );
  const value = entry(setting, 'Value');
  return value === 'enhanced' || value === 'enabled' ? value : 'disabled';
}

const FAST_SECONDS = 10;

function checkOptions(check: BuiltResource): number {
  const config = property(check, 'HealthCheckConfig');
  const isHttps = String(entry(config, 'Type')).startsWith('HTTPS');
  return (isHttps ? 1 : 0) + (entry(config, 'RequestInterval') === FAST_SECONDS ? 1 : 0);
}

const copiedSecrets = (region: string, everywhere: readonly BuiltResource[]): number =>
  everywhere
    .filter(({ Type }) => Type === 'AWS::SecretsManager::Secret')
    .flatMap((secret) => list(property(secret, 'ReplicaRegions')))
    .filter((copy) => entry(copy, 'Region') === region).length;

const tableReplicas = (region: string, everywhere: readonly BuiltResource[]): number =>
  everywhere
    .filter(({ Type }) => Type === 'AWS::DynamoDB::GlobalTable')
    .flatMap((table) => list(property(table, 'Replicas')))
    .filter((replica) => entry(replica, 'Region') === region).length;
