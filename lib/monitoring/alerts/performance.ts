import type { Alert } from './alert';
import { answersRequests, hasMetrics, hasRoutes } from './parts';
import { own, unlessStandingBy, whileLeading } from './promql';

/** Requests in five minutes from which on a percentile says something: of fewer, the slowest ones are chance. */
const MIN_REQUESTS = { p95: 20, p99: 100 } as const;
/** Requests a second of a week ago from which on a fall is no chance. */
const MIN_BASELINE = 0.2;
/** A week, and a day for the clocks. */
const BASELINE_DAYS = 8;

/** How fast services answer, and whether requests arrive. */
export const PERFORMANCE_ALERTS: readonly Alert[] = [
  {
    name: 'HighResponseTime',
    severity: 'warning',
    component: 'service',
    team: 'application',
    appliesTo: hasRoutes,
    forSeconds: 300,
    threshold: { value: 1, unit: 'seconds' },
    expression: (context) =>
      unlessStandingBy(
        context,
        `max by (service) (aws_applicationelb_target_response_time_p95${own(context)}) > ${context.threshold} and on (service) service:http_requests:rate5m * 300 >= ${MIN_REQUESTS.p95}`,
      ),
    summary: '{{ $labels.service }} answers slowly',
    description:
      'As the balancer sees it, one request in twenty to {{ $labels.service }} takes {{ $value | humanizeDuration }} or longer; the bound is {threshold}.',
    panel: 'services/response-time',
  },
  {
    name: 'HighLatency',
    severity: 'warning',
    component: 'service',
    team: 'application',
    appliesTo: hasMetrics,
    forSeconds: 300,
    threshold: { value: 2, unit: 'seconds' },
    expression: (context) =>
      unlessStandingBy(
        context,
        `histogram_quantile(0.99, sum by (service, le) (rate(http_request_duration_seconds_bucket${own(context)}[5m]))) > ${context.threshold} and on (service) service:http_timed:rate5m * 300 >= ${MIN_REQUESTS.p99}`,
      ),
    summary: 'The slowest requests of {{ $labels.service }} are very slow',
    description:
      'As {{ $labels.service }} itself measures it, one request in a hundred takes {{ $value | humanizeDuration }} or longer; the bound is {threshold}.',
    panel: 'services/latency',
  },
  {
    name: 'LowThroughput',
    severity: 'warning',
    component: 'service',
    team: 'application',
    appliesTo: (platform) => answersRequests(platform) && platform.monitoring.retentionDays >= BASELINE_DAYS,
    forSeconds: 900,
    threshold: { value: 20, unit: 'percent' },
    expression: (context) =>
      whileLeading(
        context,
        `100 * avg_over_time(service:http_requests:rate5m[30m]) / (avg_over_time(service:http_requests:rate5m[30m] offset 1w) > ${MIN_BASELINE}) < ${context.threshold}`,
      ),
    summary: 'Few requests reach {{ $labels.service }}',
    description:
      '{{ $labels.service }} gets {{ printf "%.0f" $value }} % of the requests that it got a week ago at this time; the bound is {threshold}. Something before it may keep users away.',
    panel: 'services/requests',
  },
];
