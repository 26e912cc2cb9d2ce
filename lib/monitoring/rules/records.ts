import { budgetOf } from '../../config/objectives';
import type { Platform, Role, Service } from '../../config/platform';
import { hasTaskMetrics } from '../alerts/parts';
import { constantOf, leads, own, presence, type RegionContext } from '../alerts/promql';
import { objectiveRecords } from './objective-records';
import type { RecordingRule } from './rule';

/** Recording rules that are evaluated together. */
export interface RecordGroup {
  readonly name: string;
  readonly intervalSeconds: number;
  readonly rules: readonly RecordingRule[];
}

/**
 * The series that rules and panels of a region share. Those of long windows are evaluated less often: they read days of
 * samples, are paid by the sample, and move slowly.
 */
export function recordGroups(platform: Platform, role: Role): readonly RecordGroup[] {
  const objectives = objectiveRecords({ platform, role });
  const groups = [
    { name: 'services', intervalSeconds: 60, rules: serviceRecords({ platform, role }) },
    { name: 'services-slow', intervalSeconds: 300, rules: SLOW_RECORDS },
    { name: 'objectives', intervalSeconds: 60, rules: objectives.fast },
    { name: 'objectives-slow', intervalSeconds: 300, rules: objectives.slow },
  ];
  return groups.filter(({ rules }) => rules.length > 0);
}

const serviceRecords = (context: RegionContext): readonly RecordingRule[] => [
  ...taskRecords(context),
  ...requestRecords(context),
  ...['30m', '1h'].map((window) => shareOver('errors', 'requests', window)),
  shareOver('slow', 'timed', '30m'),
];

const SLOW_RECORDS: readonly RecordingRule[] = [
  shareOver('errors', 'requests', '6h'),
  shareOver('errors', 'requests', '3d'),
  shareOver('slow', 'timed', '6h'),
];

/** Tasks that are there, that work, and that should be there. Without tasks a service has the value 0, not none. */
function taskRecords(context: RegionContext): readonly RecordingRule[] {
  const { platform, role } = context;
  const each = (count: (service: Service) => number): string =>
    `(${platform.services.map((service) => constantOf(service.name, count(service))).join(' or ')})`;
  const leading = each(({ replicas }) => replicas.home.min);
  const standingBy = each(({ replicas }) => replicas.standby.min);
  const counted = {
    record: 'service:tasks:count',
    // A task that is gone leaves its last sample behind for five minutes; what counts is who spoke just now.
    expression: `count by (service) (count_over_time(ecs_task_memory_utilized${own(context)}[${presence(platform)}])) or on (service) ${each(() => 0)}`,
  };
  const healthy = `max by (service) (aws_applicationelb_healthy_host_count_minimum${own(context)} >= 0)`;
  return [
    ...(hasTaskMetrics(platform) ? [counted] : []),
    {
      record: 'service:tasks:working',
      // The balancer knows best; a service without it works as long as its tasks are there.
      expression: hasTaskMetrics(platform) ? `${healthy} or on (service) ${counted.record}` : healthy,
    },
    {
      record: 'service:tasks:expected',
      // While nobody says who leads, the region is taken for what it was deployed as.
      expression: [
        `(${leading} and on () ${leads(context)} == 1)`,
        `(${standingBy} and on () ${leads(context)} == 0)`,
        role === 'home' ? leading : standingBy,
      ].join(' or on (service) '),
    },
    {
      record: 'service:error_budget:ratio',
      expression: each((service) => errorBudget(platform, service)).slice(1, -1),
    },
  ];
}

/** The part of a service's requests that may fail: what its objective leaves, or the platform's. */
function errorBudget({ objectives }: Platform, { name }: Service): number {
  const percent = objectives.components[name]?.availabilityPercent ?? objectives.availabilityPercent;
  return budgetOf(percent);
}

/** Requests a second, all and failed, of the application's own count or, where it keeps none, of the balancer's. */
function requestRecords(context: RegionContext): readonly RecordingRule[] {
  const counted = (...matchers: readonly string[]): string =>
    `sum by (service) (rate(http_requests_total${own(context, ...matchers)}[5m]))`;
  // Sums of a minute each: five of them are what came in five minutes.
  const balanced = (series: string): string =>
    `sum by (service) (sum_over_time(${series}${own(context)}[5m])) / 300`;
  const timed = `sum by (service) (rate(http_request_duration_seconds_count${own(context)}[5m]))`;
  return [
    {
      record: 'service:http_requests:rate5m',
      expression: `${counted()} or ${balanced('aws_applicationelb_request_count_sum')}`,
    },
    {
      record: 'service:http_errors:rate5m',
      // An application without a failed request has no series of failed requests; it must not fall through to the balancer.
      expression: `${counted('status=~"5.."')} or ${counted()} * 0 or ${balanced('aws_applicationelb_httpcode_target_5_xx_count_sum')}`,
    },
    { record: 'service:http_timed:rate5m', expression: timed },
    {
      record: 'service:http_slow:rate5m',
      // Slower than a second. Some libraries write the bound as 1.0.
      expression: `${timed} - sum by (service) (rate(http_request_duration_seconds_bucket${own(context, 'le=~"1|1.0"')}[5m]))`,
    },
    {
      record: 'service:http_errors:ratio5m',
      expression: 'service:http_errors:rate5m / (service:http_requests:rate5m > 0)',
    },
  ];
}

/** The share over a longer window, weighted by requests: a quiet night counts little. */
function shareOver(part: 'errors' | 'slow', whole: 'requests' | 'timed', window: string): RecordingRule {
  return {
    record: `service:http_${part}:ratio${window}`,
    expression: `avg_over_time(service:http_${part}:rate5m[${window}]) / (avg_over_time(service:http_${whole}:rate5m[${window}]) > 0)`,
  };
}
