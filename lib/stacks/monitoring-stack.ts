import { CfnRuleGroupsNamespace } from 'aws-cdk-lib/aws-aps';
import type { Construct } from 'constructs';
import { CacheAlarms } from '../cache/alarms';
import { Chaos } from '../chaos/chaos';
import { bucketName, OWN_BUCKETS } from '../config/names';
import type { Platform, Role } from '../config/platform';
import { DatabaseAlarms } from '../database/alarms';
import { FunctionAlarms } from '../functions/alarms';
import { AlertRelay } from '../monitoring/alert-relay';
import { AlertTopics } from '../monitoring/alert-topics';
import { Canary } from '../monitoring/cloudwatch/canaries';
import { Heartbeats } from '../monitoring/cloudwatch/heartbeats';
import { OnCallAlarms } from '../monitoring/cloudwatch/on-call-alarms';
import { RegionDashboard } from '../monitoring/cloudwatch/region-dashboard';
import { RegionCollector } from '../monitoring/collector/region-collector';
import { askedDeeply, DeepHealth } from '../monitoring/deep-health';
import { Grafana } from '../monitoring/grafana/grafana';
import { MetricsAddress } from '../monitoring/grafana/metrics-address';
import { grafanaOf } from '../monitoring/grafana/settings';
import { ruleNamespaces } from '../monitoring/rules/groups';
import type { Backing } from '../service/task-environment';
import { SharedFilesAlarms } from '../storage/shared-files-alarms';
import { backingOf } from './backing';
import type { ClusterStack } from './cluster-stack';
import type { DataStack } from './data-stack';
import type { FoundationStack } from './foundation-stack';
import type { NetworkStack } from './network-stack';
import { PlatformStack } from './platform-stack';

export interface MonitoringStackProps {
  readonly platform: Platform;
  readonly role: Role;
  readonly foundation: FoundationStack;
  readonly network: NetworkStack;
  readonly data: DataStack;
  readonly cluster: ClusterStack;
}

/**
 * What watches a region and tells people: the collector and the rules over what it reads, the way from an alert to a
 * person, the heartbeats of the other regions, dashboards and canaries. Alarms are with what they are about.
 */
export class MonitoringStack extends PlatformStack {
  constructor(scope: Construct, props: MonitoringStackProps) {
    const { platform, role, foundation, cluster } = props;
    const { home, standby, witness } = platform.regions;
    const region = platform.regions[role].name;
    super(scope, {
      platform,
      region,
      part: 'Monitoring',
      description: `metrics, alerts and dashboards of the ${role} region`,
      holdsData: false,
    });
    const { operations: logKey, data: key } = foundation.keys;
    if (platform.monitoring.collectors) this.metrics(props);
    const grafana = this.grafana(props);
    new AlertTopics(this, 'AlertTopics', { platform, key: logKey, workspaceArn: cluster.workspace.arn });
    new AlertRelay(this, 'AlertRelay', {
      platform,
      role,
      operationsKey: logKey,
      dataKey: key,
      ...(grafana ? { grafanaUrl: `https://${grafana.endpoint}` } : {}),
    });
    new OnCallAlarms(this, 'OnCallAlarms', { platform, workspaceId: cluster.workspace.id });
    const other = role === 'home' ? standby.name : home.name;
    const heartbeats = new Heartbeats(this, 'Heartbeats', { platform, from: [other, witness.name] });
    if (platform.chaos) this.chaos(props, heartbeats);
    this.alarms(platform, role);
    if (askedDeeply(platform).length > 0) this.deepHealth(props);
    if (platform.monitoring.canaries) {
      const resultsBucket = bucketName(platform, OWN_BUCKETS.logs, region);
      new Canary(this, 'Canary', { platform, place: role, resultsBucket });
    }
    new RegionDashboard(this, 'Dashboard', { platform, role, balancerFullName: cluster.balancer.fullName });
  }

  private chaos(
    { platform, role, network: { network } }: MonitoringStackProps,
    heartbeats: Heartbeats,
  ): void {
    const subnets = {
      public: network.publicSubnets,
      private: network.privateSubnets,
      isolated: network.isolatedSubnets,
    };
    new Chaos(this, 'Chaos', { platform, role, subnets, vpcId: network.vpcId, heartbeats });
  }

  private deepHealth({ platform, role, foundation, network }: MonitoringStackProps): void {
    new DeepHealth(this, 'DeepHealth', {
      platform,
      region: platform.regions[role].name,
      logKey: foundation.keys.operations,
      network: {
        subnetIds: network.network.privateSubnets,
        securityGroupIds: [network.groups.functions],
      },
    });
  }

  /** On what the stacks of data and functions hold, by fixed names: those must not change for an alarm. */
  private alarms(platform: Platform, role: Role): void {
    const { database, cache } = platform;
    if (database?.kind === 'managed') new DatabaseAlarms(this, 'DatabaseAlarms', { platform, database });
    if (cache) new CacheAlarms(this, 'CacheAlarms', { platform, role, cache });
    new SharedFilesAlarms(this, 'SharedFilesAlarms', { platform });
    new FunctionAlarms(this, 'FunctionAlarms', { platform, role });
  }

  /** What reads metrics beside those of the tasks, and the rules over all of them. */
  private metrics({ platform, role, foundation, network, data, cluster }: MonitoringStackProps): void {
    const { operations: logKey, data: key } = foundation.keys;
    new RegionCollector(this, 'Collector', {
      platform,
      role,
      workspace: cluster.workspace,
      network: { vpcId: network.network.vpcId, subnetIds: network.network.privateSubnets },
      groups: network.groups,
      backing: backing(platform, data),
      key,
      logKey,
    });
    for (const { name, definition } of ruleNamespaces(platform, role)) {
      new CfnRuleGroupsNamespace(this, `Rules-${name}`, {
        name,
        workspace: cluster.workspace.arn,
        data: definition,
      });
    }
  }

  /** Where the metrics of the region are; and, in the region that the file names, what shows those of both. */
  private grafana({ platform, role, foundation, cluster }: MonitoringStackProps): Grafana | undefined {
    const settings = grafanaOf(platform);
    if (!settings) return undefined;
    new MetricsAddress(this, 'MetricsAddress', { platform, endpoint: cluster.workspace.endpoint });
    if (settings.role !== role) return undefined;
    return new Grafana(this, 'Grafana', { platform, settings, logKey: foundation.keys.operations });
  }
}

/** Without a managed database there is no user for the exporter, and only the cache is read. */
function backing(platform: Platform, data: DataStack): Backing {
  const { database, ...rest } = backingOf(platform, data);
  return platform.database?.kind === 'managed' && database ? { ...rest, database } : rest;
}
