import type { Platform } from '../../config/platform';
import { hasDeepHealth, hasMetrics, hasRoutes, hasTaskMetrics } from '../alerts/parts';
import type { Dashboard, Panel } from './panel';
import { where } from './parts';
import { one, perSecond, rate, SERVICE, share, shareOrNone, slow } from './queries';

const MIB = 1024 ** 2;

/** Each service: requests, errors, duration, and what its tasks use. */
export const services = (platform: Platform): Dashboard => ({
  name: 'services',
  title: 'Services',
  description: 'Rate, errors and duration of each service, and what its tasks use.',
  choices: ['region', 'service'],
  rows: [
    ...(hasRoutes(platform) ? [{ title: 'As the balancer sees them', panels: AT_BALANCER }] : []),
    ...(hasMetrics(platform) ? [{ title: 'As they say themselves', panels: THEMSELVES }] : []),
    {
      title: 'Tasks',
      panels: [
        ...where(hasTaskMetrics(platform), RESTARTS),
        ...TASKS,
        ...where(hasDeepHealth(platform), DEEP_HEALTH),
      ],
    },
    ...(hasTaskMetrics(platform) ? [{ title: 'What tasks use', panels: USE }] : []),
  ],
});

const alb = (metric: string): string => `aws_applicationelb_${metric}{${SERVICE}}`;
const AT_BALANCER: readonly Panel[] = [
  {
    slug: 'requests',
    title: 'Requests',
    description: 'Requests that the tasks of each service got.',
    view: 'lines',
    unit: 'reqps',
    queries: one('{{service}}', perSecond(`sum by (service) (${alb('request_count_sum')})`)),
    width: 8,
    bad: 'below',
    min: 0,
  },
  {
    slug: 'errors',
    title: 'Failed requests',
    description: 'Share of the requests that tasks answered with a server error.',
    view: 'lines',
    unit: 'percentunit',
    queries: one(
      '{{service}}',
      share(
        `sum by (service) (${alb('httpcode_target_5_xx_count_sum')})`,
        `sum by (service) (${alb('request_count_sum')})`,
      ),
    ),
    width: 8,
    min: 0,
  },
  {
    slug: 'response-time',
    title: 'Response time',
    description: 'How long tasks took to answer: half, 95 % and 99 % of the requests took no longer.',
    view: 'lines',
    unit: 's',
    queries: [
      { legend: '{{service}} P50', expression: byService('target_response_time_p50') },
      { legend: '{{service}} P95', expression: byService('target_response_time_p95') },
      { legend: '{{service}} P99', expression: byService('target_response_time_p99') },
    ],
    width: 8,
    min: 0,
  },
];

function byService(metric: string): string {
  return `max by (service) (${alb(metric)})`;
}

const REQUESTS = `http_requests_total{${SERVICE}}`;
const SERVER_ERRORS = `http_requests_total{${SERVICE}, status=~"5.."}`;
const THEMSELVES: readonly Panel[] = [
  {
    slug: 'requests-by-endpoint',
    title: 'Requests by endpoint',
    description: 'The twenty endpoints that are asked most.',
    view: 'areas',
    unit: 'reqps',
    queries: one('{{service}} {{endpoint}}', `topk(20, sum by (service, endpoint) (${rate(REQUESTS)}))`),
    width: 8,
    min: 0,
  },
  {
    slug: 'requests-by-status',
    title: 'Requests by status',
    description: 'Answers by their HTTP status.',
    view: 'areas',
    unit: 'reqps',
    queries: one('{{service}} {{status}}', `sum by (service, status) (${rate(REQUESTS)})`),
    width: 8,
    min: 0,
  },
  {
    slug: 'errors-by-endpoint',
    title: 'Failed requests by endpoint',
    description: 'Share of server errors of each endpoint that has any.',
    view: 'lines',
    unit: 'percentunit',
    queries: one(
      '{{service}} {{endpoint}}',
      share(
        `sum by (service, endpoint) (${rate(SERVER_ERRORS)})`,
        `sum by (service, endpoint) (${rate(REQUESTS)})`,
      ),
    ),
    width: 8,
    min: 0,
  },
  {
    slug: 'latency',
    title: 'Duration',
    description: 'How long the services say that requests took.',
    view: 'lines',
    unit: 's',
    queries: [
      { legend: '{{service}} P50', expression: quantile(0.5, 'service') },
      { legend: '{{service}} P95', expression: quantile(0.95, 'service') },
      { legend: '{{service}} P99', expression: quantile(0.99, 'service') },
    ],
    width: 12,
    min: 0,
  },
  {
    slug: 'endpoints',
    title: 'Endpoints',
    description:
      'Of each endpoint: requests a second, share of server errors, the 95th percentile of its duration.',
    view: 'table',
    unit: 'short',
    queries: [
      { legend: 'Requests a second', expression: `sum by (service, endpoint) (${rate(REQUESTS)})` },
      {
        legend: 'Failed share',
        expression: shareOrNone(
          `sum by (service, endpoint) (${rate(SERVER_ERRORS)})`,
          `sum by (service, endpoint) (${rate(REQUESTS)})`,
        ),
      },
      { legend: 'P95 in seconds', expression: quantile(0.95, 'service, endpoint') },
    ],
    width: 12,
  },
];

function quantile(share: number, by: string): string {
  const buckets = rate(`http_request_duration_seconds_bucket{${SERVICE}}`);
  return `histogram_quantile(${share}, sum by (${by}, le) (${buckets}))`;
}

const insights = (metric: string): string => slow(`aws_ecs_containerinsights_${metric}{${SERVICE}}`);
const TASKS: readonly Panel[] = [
  {
    slug: 'tasks',
    title: 'Tasks',
    description: 'Tasks that run, and how many shall.',
    view: 'lines',
    unit: 'short',
    queries: [
      {
        legend: '{{service}} runs in {{region}}',
        expression: `sum by (region, service) (${insights('running_task_count_minimum')})`,
      },
      {
        legend: '{{service}} shall in {{region}}',
        expression: `sum by (region, service) (${insights('desired_task_count_maximum')})`,
      },
    ],
    width: 8,
    min: 0,
  },
  {
    slug: 'deployments',
    title: 'Deployments',
    description: 'One is rest; two, while a new version replaces the old one.',
    view: 'lines',
    unit: 'short',
    queries: one(
      '{{service}} in {{region}}',
      `max by (region, service) (${insights('deployment_count_maximum')})`,
    ),
    width: 8,
    min: 0,
  },
];

const RESTARTS: Panel = {
  slug: 'restarts',
  title: 'New tasks',
  description:
    'Tasks that came within ten minutes beyond those that run: ECS replaces a task that has ended, so each restart is a new one.',
  view: 'lines',
  unit: 'short',
  queries: one(
    '{{service}}',
    `count by (service) (count_over_time(ecs_task_memory_utilized{${SERVICE}}[10m])) - count by (service) (ecs_task_memory_utilized{${SERVICE}})`,
  ),
  width: 8,
  min: 0,
};

const DEEP_HEALTH: Panel = {
  slug: 'deep-health',
  title: 'Deep health',
  description:
    'Tasks that run and say at their deep path that they cannot do their work. 0 is rest; no line: nobody asks.',
  view: 'lines',
  unit: 'short',
  queries: one(
    '{{service}} in {{region}}',
    `max by (region, service) (aws_holdfast_deep_health_failing_maximum{${SERVICE}})`,
  ),
  width: 24,
  min: 0,
};

const task = (metric: string): string => `ecs_task_${metric}{${SERVICE}}`;
const byTask = (expression: string): string => `sum by (service, task) (${expression})`;
const USE: readonly Panel[] = [
  {
    slug: 'cpu',
    title: 'CPU',
    description: 'Of the CPU that a task has.',
    view: 'lines',
    unit: 'percentunit',
    queries: one('{{service}} {{task}}', byTask(`${task('cpu_utilized')} / ${task('cpu_reserved')}`)),
    width: 12,
    min: 0,
  },
  {
    slug: 'memory',
    title: 'Memory',
    description: 'Of the memory that a task has. At 100 % it is stopped.',
    view: 'lines',
    unit: 'percentunit',
    queries: one('{{service}} {{task}}', byTask(`${task('memory_utilized')} / ${task('memory_reserved')}`)),
    width: 12,
    min: 0,
  },
  {
    slug: 'containers',
    title: 'Memory by container',
    description: 'The application, and the collector beside it.',
    view: 'lines',
    unit: 'bytes',
    queries: one(
      '{{service}} {{container}}',
      `max by (service, container) (container_memory_utilized{${SERVICE}}) * ${MIB}`,
    ),
    width: 8,
    min: 0,
  },
  {
    slug: 'network',
    title: 'Network',
    description: 'What the tasks of a service receive and send.',
    view: 'lines',
    unit: 'Bps',
    queries: [
      { legend: '{{service}} receives', expression: `sum by (service) (${task('network_rate_rx')})` },
      { legend: '{{service}} sends', expression: `sum by (service) (${task('network_rate_tx')})` },
    ],
    width: 8,
    min: 0,
  },
  {
    slug: 'disk',
    title: 'Disk',
    description: 'Of the disk that a task has; it is gone with the task.',
    view: 'lines',
    unit: 'percentunit',
    queries: one(
      '{{service}} {{task}}',
      byTask(`${task('ephemeral_storage_utilized')} / ${task('ephemeral_storage_reserved')}`),
    ),
    width: 8,
    min: 0,
  },
  {
    slug: 'disk-traffic',
    title: 'Disk traffic',
    description: 'What the tasks of a service read and write.',
    view: 'lines',
    unit: 'Bps',
    queries: [
      { legend: '{{service}} reads', expression: `sum by (service) (${rate(task('storage_read_bytes'))})` },
      { legend: '{{service}} writes', expression: `sum by (service) (${rate(task('storage_write_bytes'))})` },
    ],
    width: 8,
    min: 0,
  },
];
