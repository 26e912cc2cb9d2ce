import type { Platform } from '../../config/platform';
import { hasMetrics, hasRoutes } from '../alerts/parts';
import type { Dashboard, Panel } from './panel';
import { where } from './parts';
import { one, perSecond, REGION, rate, SERVICE, share, slow } from './queries';

/** The load balancers and the firewall before them. */
export const balancer = (platform: Platform): Dashboard | undefined =>
  hasRoutes(platform)
    ? {
        name: 'balancer',
        title: 'Balancer',
        description: 'The load balancer of each region, and the firewall before it.',
        choices: ['region', 'service'],
        rows: [
          { title: 'Requests', panels: [...REQUESTS, ...where(hasMetrics(platform), BY_TASK)] },
          { title: 'Targets', panels: TARGETS },
          { title: 'Connections and refusals', panels: refusals(platform) },
        ],
      }
    : undefined;

const own = (metric: string): string => `aws_applicationelb_${metric}{${REGION}}`;
const target = (metric: string): string => `aws_applicationelb_${metric}{${SERVICE}}`;
const PASSED = `sum by (region) (${own('request_count_sum')})`;
const FAILED_HERE = `sum by (region) (${own('httpcode_elb_5_xx_count_sum')})`;

const REQUESTS: readonly Panel[] = [
  {
    slug: 'requests',
    title: 'Requests',
    description: 'Requests that reached tasks.',
    view: 'areas',
    unit: 'reqps',
    queries: one(
      '{{service}} in {{region}}',
      perSecond(`sum by (region, service) (${target('request_count_sum')})`),
    ),
    width: 8,
    min: 0,
  },
  {
    slug: 'errors',
    title: 'Failed at the balancer',
    description:
      'Share of the requests that the balancer itself answered with a server error: it found no task, or none that answered in time.',
    view: 'lines',
    unit: 'percentunit',
    queries: one('{{region}}', share(FAILED_HERE, `${PASSED} + ${FAILED_HERE}`)),
    width: 8,
    min: 0,
  },
  {
    slug: 'codes',
    title: 'Server errors',
    description: 'Of tasks, and of the balancer itself.',
    view: 'areas',
    unit: 'reqps',
    queries: [
      {
        legend: '{{service}} in {{region}}',
        expression: perSecond(`sum by (region, service) (${target('httpcode_target_5_xx_count_sum')})`),
      },
      { legend: 'balancer in {{region}}', expression: perSecond(FAILED_HERE) },
    ],
    width: 8,
    min: 0,
  },
  {
    slug: 'latency',
    title: 'Response time',
    description: 'From the balancer to a task and back: half, 95 % and 99 % of the requests took no longer.',
    view: 'lines',
    unit: 's',
    queries: [
      { legend: '{{region}} P50', expression: `max by (region) (${target('target_response_time_p50')})` },
      { legend: '{{region}} P95', expression: `max by (region) (${target('target_response_time_p95')})` },
      { legend: '{{region}} P99', expression: `max by (region) (${target('target_response_time_p99')})` },
    ],
    width: 12,
    min: 0,
  },
];

const BY_TASK: Panel = {
  slug: 'requests-by-task',
  title: 'Requests by task',
  description: 'Whether tasks get their share: each line is one task, as it counts itself.',
  view: 'lines',
  unit: 'reqps',
  queries: one('{{service}} {{task}}', `sum by (service, task) (${rate(`http_requests_total{${SERVICE}}`)})`),
  width: 12,
  min: 0,
  drawBounds: false,
};

const TARGETS: readonly Panel[] = [
  {
    slug: 'healthy',
    title: 'Healthy tasks',
    description: 'Tasks that get requests.',
    view: 'lines',
    unit: 'short',
    queries: one(
      '{{service}} in {{region}}',
      `sum by (region, service) (${target('healthy_host_count_minimum')})`,
    ),
    width: 12,
    min: 0,
  },
  {
    slug: 'unhealthy',
    title: 'Unhealthy tasks',
    description: 'Tasks that do not answer their health check.',
    view: 'lines',
    unit: 'short',
    queries: one(
      '{{service}} in {{region}}',
      `sum by (region, service) (${slow(target('un_healthy_host_count_maximum'))})`,
    ),
    width: 12,
    min: 0,
  },
];

const refusals = ({ edge }: Platform): readonly Panel[] => [
  {
    slug: 'connections',
    title: 'Open connections',
    description: 'Of clients and to tasks.',
    view: 'lines',
    unit: 'short',
    // CloudWatch adds up what was open in each of five minutes.
    queries: one('{{region}}', `sum by (region) (${slow(own('active_connection_count_sum'))}) / 5`),
    width: 8,
    min: 0,
  },
  {
    slug: 'rejected',
    title: 'Refused connections',
    description: 'In five minutes: the balancer was at its limit.',
    view: 'lines',
    unit: 'short',
    queries: one('{{region}}', `sum by (region) (${slow(own('rejected_connection_count_sum'))})`),
    width: 8,
    min: 0,
  },
  ...where<Panel>(Object.keys(edge.rateLimits).length > 0, {
    slug: 'rate-limits',
    title: 'Refused by a rate limit, in five minutes',
    description: 'Requests beyond the limits of the platform file.',
    view: 'areas',
    unit: 'short',
    queries: one(
      '{{rule}} in {{region}}',
      `sum by (region, rule) (${slow(`aws_wafv2_blocked_requests_sum{${REGION}, rule=~"rate-.+"}`)})`,
    ),
    width: 8,
    min: 0,
  }),
];
