import {
  BACK,
  CLAIMED,
  isProtected,
  LOST,
  lag,
  leads,
  MOVED,
  noise,
  PROTECTED,
  strain,
  traffic,
} from './day';
import { about, inRegion, type Place, requests, type Sampled } from './sampled';

const CLOUDWATCH = { job: 'cloudwatch' };
const flag = (yes: boolean): number => (yes ? 1 : 0);
const EPOCH = 7;

/** What the agents say, and what archive, backups and drills report. */
export function holdfastSeries(place: Place): Sampled[] {
  const { role } = place;
  const { gauge } = inRegion(place);
  const own = (name: string, value: (minute: number) => number | undefined, labels = {}) =>
    gauge(`aws_holdfast_${name}`, { ...CLOUDWATCH, ...labels }, value);
  const leading = (value: (minute: number) => number) => (minute: number) =>
    leads(role, minute) ? value(minute) : undefined;
  const stands = (minute: number) => minute >= LOST && minute < CLAIMED;
  return [
    own('agent_turns_sum', (at) => 11 + Math.round(noise(`turns ${role}`, at))),
    own('leads_maximum', (at) => flag(leads(role, at))),
    own('epoch_maximum', (at) => (at < CLAIMED ? EPOCH : EPOCH + 1)),
    own('lease_age_seconds_maximum', (at) =>
      stands(at) ? 60 * (at - LOST) + 65 : 5 + 3 * noise('lease', at),
    ),
    own('replication_lag_seconds_maximum', (at) =>
      leads(role, at) || !isProtected(at) ? undefined : lag(at, noise('lag', at)),
    ),
    own('lease_not_renewed_maximum', (at) => flag(stands(at))),
    own('fence_closed_maximum', () => 0),
    own('gate_refused_maximum', () => 0),
    own('leadership_unsettled_maximum', (at) => flag(at >= LOST && at < PROTECTED)),
    own('standby_unfit_maximum', (at) => flag(role === 'home' && at >= BACK && at < PROTECTED)),
    own('application_outage_maximum', () => 0),
    own(
      'archive_lag_seconds_maximum',
      leading((at) => about('near', 1.4 + 8 * strain(role, at), at, 0.4)),
    ),
    own(
      'archive_far_lag_seconds_maximum',
      leading((at) => (isProtected(at) ? about('far', 2.1, at, 0.3) : 60 * (Math.min(at, BACK) - LOST))),
    ),
    own(
      'archive_slot_bytes_maximum',
      leading((at) => about('slot', 42e6 * (1 + 9 * strain(role, at)), at, 0.3)),
    ),
    own('archive_runs_sum', () => 1),
    own('archive_failures_sum', () => 0),
    own('archive_gaps_sum', () => 0),
    own('backup_failures_maximum', () => 0),
    own('drill_overdue_maximum', () => 0),
    // The drill of the month ran in the night.
    own('drill_rto_seconds_maximum', (at) => (at >= 180 && at < 190 ? 1_260 : undefined)),
    own('drill_rpo_seconds_maximum', (at) => (at >= 180 && at < 190 ? 4 : undefined)),
    ...['database', 'cache', 'buckets', 'configuration'].map((part) =>
      own('backup_age_seconds_maximum', (at) => 60 * ((at + (part === 'database' ? 1_320 : 700)) % 1_440), {
        part,
      }),
    ),
  ];
}

/** What CloudWatch says of the balancer and of the services. */
export function balancerSeries(place: Place): Sampled[] {
  const { platform, role } = place;
  const { gauge } = inRegion(place);
  const routed = platform.services.filter(({ routes }) => routes.length > 0);
  const elb = (name: string, labels: object, value: (minute: number) => number | undefined) =>
    gauge(`aws_applicationelb_${name}`, { ...CLOUDWATCH, ...labels }, value);
  const tasks = (service: (typeof routed)[number], at: number) =>
    (leads(role, at) ? service.replicas.home : service.replicas.standby).desired;
  return [
    ...routed.flatMap((service, index) => {
      const labels = { service: service.name, target: `${service.name}-0123456789abcdef` };
      const part = 1 / (index + 1.5);
      const perMinute = (at: number) => 60 * part * requests(place, at);
      const slowness = (at: number) => 1 + 5 * strain(role, at) + 0.4 * traffic(role, at);
      return [
        elb('request_count_sum', labels, perMinute),
        elb('httpcode_target_5_xx_count_sum', labels, (at) =>
          Math.round(perMinute(at) * (0.0004 * noise(service.name, at) + 0.015 * strain(role, at))),
        ),
        elb('healthy_host_count_minimum', labels, (at) => tasks(service, at)),
        elb('un_healthy_host_count_maximum', labels, (at) =>
          flag(role === 'standby' && at >= CLAIMED && at < MOVED),
        ),
        ...(
          [
            ['p50', 0.045],
            ['p95', 0.19],
            ['p99', 0.46],
          ] as const
        ).map(([name, seconds]) =>
          elb(`target_response_time_${name}`, labels, (at) =>
            about(`${name} ${role}`, seconds * slowness(at), at, 0.12),
          ),
        ),
      ];
    }),
    elb('httpcode_elb_5_xx_count_sum', {}, (at) =>
      role === 'standby' && at >= CLAIMED && at < MOVED + 2 ? 12 : 0,
    ),
    elb('rejected_connection_count_sum', {}, () => 0),
    elb('active_connection_count_sum', {}, (at) =>
      Math.round(about(`active ${role}`, 1_900 * traffic(role, at), at)),
    ),
    ...platform.services.flatMap((service) => {
      const insights = (name: string, value: (at: number) => number) =>
        gauge(`aws_ecs_containerinsights_${name}`, { ...CLOUDWATCH, service: service.name }, value);
      return [
        insights('running_task_count_minimum', (at) => tasks(service, at)),
        insights('desired_task_count_maximum', (at) => tasks(service, at)),
        insights('deployment_count_maximum', (at) => (at >= 600 && at < 612 ? 2 : 1)),
      ];
    }),
    ...Object.keys(platform.edge.rateLimits).map((limit) =>
      gauge('aws_wafv2_blocked_requests_sum', { ...CLOUDWATCH, rule: `rate-${limit}` }, (at) =>
        Math.round(40 * traffic(role, at) * noise(limit, at)),
      ),
    ),
    gauge('aws_certificatemanager_days_to_expiry_minimum', { ...CLOUDWATCH, certificate: 'arn' }, () => 211),
    ...(role === 'home'
      ? [gauge('aws_billing_estimated_charges_maximum', CLOUDWATCH, (at) => 640 + Math.floor(at / 480) * 14)]
      : []),
    ...(platform.monitoring.canaries
      ? [
          gauge(
            'aws_cloudwatchsynthetics_success_percent_average',
            { ...CLOUDWATCH, canary: `${platform.name}-public` },
            (at) => (at >= LOST && at < MOVED ? 0 : 100),
          ),
        ]
      : []),
  ];
}

/** What the exporters of database, cache and queues say. */
export function measuringSeries(place: Place): Sampled[] {
  const { gauge, counter } = inRegion(place);
  return [
    ...['postgres', 'cache', 'cloudwatch', 'collector'].map((job) =>
      gauge('up', { job, instance: job }, () => 1),
    ),
    counter(
      'otelcol_exporter_send_failed_metric_points',
      { job: 'collector', exporter: 'prometheusremotewrite' },
      () => 0,
    ),
    counter(
      'otelcol_exporter_enqueue_failed_metric_points',
      { job: 'collector', exporter: 'prometheusremotewrite' },
      () => 0,
    ),
  ];
}

/** What the rules of a region make of it: alerts that fire. Prometheus would write them; the sample has no rules. */
export function alertSeries(place: Place): Sampled[] {
  const { gauge } = inRegion(place);
  const firing = (alertname: string, severity: string, component: string, from: number, to: number) =>
    gauge('ALERTS', { alertname, severity, component, alertstate: 'firing' }, (at) =>
      at >= from && at < to ? 1 : undefined,
    );
  const watchdog = firing('Watchdog', 'info', 'monitoring', 0, Number.POSITIVE_INFINITY);
  if (place.role === 'home') return [watchdog];
  return [
    watchdog,
    firing('LeaseNotRenewed', 'critical', 'leadership', LOST + 2, CLAIMED + 1),
    firing('RegionSilent', 'critical', 'edge', LOST + 7, BACK),
    firing('LeadershipUnsettled', 'warning', 'leadership', CLAIMED + 30, PROTECTED),
    firing('ArchiveFarLagHigh', 'warning', 'archive', LOST + 18, BACK),
    firing('LowCacheHitRatio', 'warning', 'cache', MOVED + 10, MOVED + 35),
  ];
}
