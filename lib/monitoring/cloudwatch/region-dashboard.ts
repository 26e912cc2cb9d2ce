import { Stack } from 'aws-cdk-lib';
import { CfnAlarm, CfnCompositeAlarm, CfnDashboard } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { METRICS as BACKUP, COMPONENT_METRICS } from '../../../lambda/backup/contract';
import { METRICS as AGENT, METRIC_NAMESPACE } from '../../../lambda/region-agent/contract';
import { METRICS as ARCHIVE } from '../../../lambda/wal-archive/contract';
import {
  cacheIdentifier,
  clusterName,
  dashboardName,
  databaseIdentifier,
  otherRole,
} from '../../config/names';
import type { Platform, Role } from '../../config/platform';
import type { Metric } from './alarm';
import { dashboardBody, type Line, type Widget } from './widgets';

export interface RegionDashboardProps {
  readonly platform: Platform;
  readonly role: Role;
  /** `app/<name>/<id>`, as CloudWatch names a balancer. */
  readonly balancerFullName: string;
}

/** CloudWatch shows no more of them in one widget. */
const ALARMS_MAX = 100;

/**
 * The dashboard of a region in CloudWatch: what a person looks at who was paged and has nothing but the AWS console. One a
 * region, because three are free. Grafana has the details. Services are found and not named, so that a service that is
 * added changes nothing here.
 */
export class RegionDashboard extends Construct {
  constructor(scope: Construct, id: string, props: RegionDashboardProps) {
    super(scope, id);
    const { platform } = props;
    const stack = Stack.of(this);
    new CfnDashboard(this, 'Dashboard', {
      dashboardName: dashboardName(platform, stack.region),
      dashboardBody: stack.toJsonString(dashboardBody(stack.region, overview(props, alarmsOf(stack)))),
    });
  }
}

/** @returns names of the alarms that page in the region, symptoms first; those of services are named by their pages */
function alarmsOf({ region, node }: Stack): string[] {
  const found = node.root.node
    .findAll()
    .filter((one) => Stack.isStack(one) && one.region === region && !one.stackName.includes('-Service-'))
    .flatMap((stack) => stack.node.findAll());
  const named = <T extends CfnAlarm | CfnCompositeAlarm>(alarms: readonly T[]) =>
    alarms.flatMap(({ alarmName, alarmActions }) => (alarmName && alarmActions?.length ? [alarmName] : []));
  return [
    ...named(found.filter((one): one is CfnCompositeAlarm => one instanceof CfnCompositeAlarm)),
    ...named(found.filter((one): one is CfnAlarm => one instanceof CfnAlarm)),
  ];
}

/**
 * @param alarms names of alarms of the region, the most important first
 * @returns what the dashboard shows, in reading order
 */
export function overview(props: RegionDashboardProps, alarms: readonly string[]): Widget[] {
  const { platform, role } = props;
  const region = platform.regions[role].name;
  const arns = alarms
    .slice(0, ALARMS_MAX)
    .map((name) => `arn:aws:cloudwatch:${region}:${platform.account}:alarm:${name}`);
  return [
    {
      kind: 'text',
      markdown: `# ${platform.name}: ${role} (${region})\nWho leads and why: \`npx holdfast status\`. Runbooks: docs/runbooks/. Details: Grafana, or the dashboards that \`npx holdfast dashboards export\` writes.`,
    },
    { kind: 'alarms', title: 'Alarms', arns },
    ...leadership(props),
    ...traffic(props),
    ...data(props),
    ...copies(props),
  ];
}

const own = ({ name }: Platform, metric: string, statistic = 'Maximum'): Metric => ({
  namespace: METRIC_NAMESPACE,
  metric,
  dimensions: { Platform: name },
  statistic,
});
const line = (metric: Metric, label: string): Line => ({ ...metric, label });

function leadership({ platform, role }: RegionDashboardProps): Widget[] {
  const peer = platform.regions[otherRole(role)].name;
  const leads = { kind: 'number', unit: '', lines: [line(own(platform, AGENT.leads), 'leads')] } as const;
  return [
    { ...leads, title: 'This region leads' },
    { ...leads, title: `${peer} leads`, region: peer },
    { kind: 'number', title: 'Epoch', unit: '', lines: [line(own(platform, AGENT.epoch), 'epoch')] },
    {
      kind: 'number',
      title: 'Writes refused',
      unit: '',
      lines: [line(own(platform, AGENT.fenceClosed), 'fence closed')],
    },
    {
      kind: 'number',
      title: 'Lease seen unchanged for',
      unit: 's',
      lines: [line(own(platform, AGENT.leaseAge), 'seconds')],
    },
    {
      kind: 'number',
      title: 'Replica behind',
      unit: 's',
      lines: [line(own(platform, AGENT.replicationLag), 'seconds')],
    },
  ];
}

function traffic({ platform, balancerFullName }: RegionDashboardProps): Widget[] {
  const of = (metric: string, statistic = 'Sum'): Metric => ({
    namespace: 'AWS/ApplicationELB',
    metric,
    dimensions: { LoadBalancer: balancerFullName },
    statistic,
  });
  return [
    {
      kind: 'graph',
      title: 'Requests a minute',
      unit: 'requests',
      lines: [line(of('RequestCount'), 'requests')],
    },
    {
      kind: 'graph',
      title: 'Server errors',
      unit: '%',
      lines: [
        {
          expression: '100 * FILL(bad, 0) / requests',
          label: 'of the services',
          of: { bad: of('HTTPCode_Target_5XX_Count'), requests: of('RequestCount') },
        },
        {
          expression: '100 * FILL(bad, 0) / requests',
          label: 'of the balancer',
          of: { bad: of('HTTPCode_ELB_5XX_Count'), requests: of('RequestCount') },
        },
      ],
    },
    {
      kind: 'graph',
      title: 'Time until an answer begins',
      unit: 's',
      lines: ['p50', 'p95', 'p99'].map((p) => line(of('TargetResponseTime', p), p)),
    },
    services(platform, 'CPU of the services', '%', 'CPUUtilization', 'Average'),
    services(platform, 'Memory of the services', '%', 'MemoryUtilization', 'Average'),
    services(platform, 'Tasks that run', 'tasks', 'CPUUtilization', 'SampleCount'),
  ];
}

/** A line for each service of the cluster. */
const services = (
  platform: Platform,
  title: string,
  unit: string,
  metric: string,
  statistic: string,
): Widget => ({
  kind: 'graph',
  title,
  unit,
  lines: [
    {
      search: `SEARCH('{AWS/ECS,ClusterName,ServiceName} ClusterName="${clusterName(platform)}" MetricName="${metric}"', '${statistic}', 60)`,
    },
  ],
});

function data({ platform, role }: RegionDashboardProps): Widget[] {
  const { database, cache } = platform;
  const rds = (metric: string, statistic: string): Metric => ({
    namespace: 'AWS/RDS',
    metric,
    dimensions: { DBInstanceIdentifier: databaseIdentifier(platform) },
    statistic,
  });
  const nodes = cache
    ? Array.from(
        { length: cache.replicas[role] + 1 },
        (_, index) => `${cacheIdentifier(platform)}-00${index + 1}`,
      )
    : [];
  return [
    ...(database?.kind === 'managed'
      ? ([
          {
            kind: 'graph',
            title: 'Database: CPU',
            unit: '%',
            lines: [line(rds('CPUUtilization', 'Average'), 'CPU')],
          },
          {
            kind: 'graph',
            title: 'Database: connections',
            unit: 'connections',
            lines: [line(rds('DatabaseConnections', 'Maximum'), 'connections')],
          },
          {
            kind: 'graph',
            title: 'Database: free storage',
            unit: 'bytes',
            lines: [line(rds('FreeStorageSpace', 'Minimum'), 'free')],
          },
          {
            kind: 'graph',
            title: 'Replica behind',
            unit: 's',
            lines: [
              line(rds('ReplicaLag', 'Maximum'), 'as RDS says'),
              line(own(platform, AGENT.replicationLag), 'as the agent measures'),
            ],
          },
        ] satisfies Widget[])
      : []),
    ...(nodes.length > 0
      ? ([
          {
            kind: 'graph',
            title: 'Cache: memory',
            unit: '%',
            lines: nodes.map((node) =>
              line(
                {
                  namespace: 'AWS/ElastiCache',
                  metric: 'DatabaseMemoryUsagePercentage',
                  dimensions: { CacheClusterId: node },
                  statistic: 'Maximum',
                },
                node,
              ),
            ),
          },
        ] satisfies Widget[])
      : []),
  ];
}

function copies({ platform }: RegionDashboardProps): Widget[] {
  const age = (component: string): Line => ({
    namespace: METRIC_NAMESPACE,
    metric: COMPONENT_METRICS.age,
    dimensions: { Platform: platform.name, Component: component },
    statistic: 'Minimum',
    label: component,
  });
  const covered = new Set(platform.backup.schedules.flatMap(({ covers }) => covers));
  return [
    ...(platform.backup.archive.enabled
      ? ([
          {
            kind: 'graph',
            title: 'Archive behind: what would be lost',
            unit: 's',
            lines: [
              line(own(platform, ARCHIVE.lagSeconds), 'here'),
              line(own(platform, ARCHIVE.farLagSeconds), 'in the other region'),
            ],
          },
          {
            kind: 'graph',
            title: 'Log that the slot keeps',
            unit: 'bytes',
            lines: [line(own(platform, ARCHIVE.slotBytes), 'bytes')],
          },
        ] satisfies Widget[])
      : []),
    {
      kind: 'graph',
      title: 'Age of the newest good copy here',
      unit: 's',
      lines: [...covered].sort().map(age),
    },
    {
      kind: 'graph',
      title: 'Failures of backups',
      unit: 'failures',
      lines: [line(own(platform, BACKUP.failures), 'failures')],
    },
  ];
}
