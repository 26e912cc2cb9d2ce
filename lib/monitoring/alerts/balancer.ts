import type { Alert } from './alert';
import { hasRoutes } from './parts';
import { own, unlessStandingBy } from './promql';

/** So many failures in five minutes are more than the few that any balancer has. */
const MIN_FAILURES = 10;
/** Requests a second of a task from which on its share says something. */
const MIN_RATE = 1;

/** The load balancer of the region. */
export const BALANCER_ALERTS: readonly Alert[] = [
  {
    name: 'LoadBalancerDown',
    severity: 'critical',
    component: 'balancer',
    team: 'ops',
    appliesTo: hasRoutes,
    forSeconds: 120,
    threshold: { value: 50, unit: 'percent' },
    expression: (context) => {
      const fiveMinutes = (series: string): string => `sum(sum_over_time(${series}${own(context)}[5m]))`;
      const refused = fiveMinutes('aws_applicationelb_httpcode_elb_5_xx_count_sum');
      const passed = `(${fiveMinutes('aws_applicationelb_request_count_sum')} or vector(0))`;
      const share = `100 * ${refused} / (${refused} + ${passed}) > ${context.threshold} and ${refused} >= ${MIN_FAILURES}`;
      const empty = `max(aws_applicationelb_healthy_host_count_minimum${own(context)} >= 0) == 0`;
      return unlessStandingBy(context, `${share} or ${empty}`);
    },
    summary: 'The load balancer answers with errors',
    description:
      'The load balancer of the region itself refuses more than {threshold} of all requests, or it knows no healthy task of any service.',
    panel: 'balancer/errors',
  },
  {
    name: 'UnevenLoadDistribution',
    severity: 'warning',
    component: 'balancer',
    team: 'ops',
    appliesTo: ({ services }) =>
      services.some(({ routes, metrics }) => routes.length > 0 && metrics !== undefined),
    forSeconds: 900,
    threshold: { value: 50, unit: 'percent' },
    expression: (context) => {
      const routed = context.platform.services.filter(({ routes }) => routes.length > 0);
      const matcher = `service=~"${routed.map(({ name }) => name).join('|')}"`;
      const perTask = `sum by (service, task) (rate(http_requests_total${own(context, matcher)}[5m]))`;
      return `100 * min by (service) (${perTask}) / (avg by (service) (${perTask}) > ${MIN_RATE}) < ${context.threshold}`;
    },
    summary: 'The tasks of {{ $labels.service }} share its requests unevenly',
    description:
      'One task of {{ $labels.service }} gets {{ printf "%.0f" $value }} % of what a task gets on average; the bound is {threshold}. The others carry its load.',
    panel: 'balancer/requests-by-task',
  },
  {
    name: 'HighRateLimitRejects',
    severity: 'warning',
    component: 'edge',
    team: 'ops',
    appliesTo: ({ edge }) => Object.keys(edge.rateLimits).length > 0,
    forSeconds: 600,
    threshold: { value: 300, unit: 'requests in five minutes' },
    expression: (context) =>
      `sum by (rule) (last_over_time(aws_wafv2_blocked_requests_sum${own(context, 'rule=~"rate-.+"')}[10m])) > ${context.threshold}`,
    summary: 'Many requests exceed the rate limit {{ $labels.rule }}',
    description:
      'The firewall refused {{ printf "%.0f" $value }} requests in five minutes because of {{ $labels.rule }}; the bound is {threshold}. Either somebody floods the platform, or the limit is too low for its users.',
    panel: 'balancer/rate-limits',
  },
];
