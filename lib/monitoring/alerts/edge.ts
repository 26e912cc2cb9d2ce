import { otherRole, regionOf } from '../../config/names';
import type { Alert } from './alert';
import { own, whileLeading } from './promql';

const OF_EDGE = { component: 'edge', team: 'ops' } as const;

/** What lies before the balancer, and the other region as this one sees it. */
export const EDGE_ALERTS: readonly Alert[] = [
  {
    ...OF_EDGE,
    name: 'RegionSilent',
    appliesTo: () => true,
    severity: 'critical',
    // With the window of five minutes: CloudWatch itself is late by a minute or two now and then.
    forSeconds: 120,
    about: 'peer',
    expression: (context) => {
      const { platform, role } = context;
      const turns = 'aws_holdfast_agent_turns_sum';
      const peer = `{region="${regionOf(platform, otherRole(role))}"}`;
      return `max(max_over_time(${turns}${own(context)}[5m])) > 0 unless max(max_over_time(${turns}${peer}[5m])) > 0`;
    },
    summary: 'Nothing has been heard of the other region for seven minutes.',
    description:
      'The collector of the region that still speaks reads the metrics of both, and of this one there are none: the region, its agent or the CloudWatch of it is gone. Alerts of that region itself may never come.',
    panel: 'overview/regions',
  },
  {
    ...OF_EDGE,
    name: 'RegionTrafficSkew',
    appliesTo: ({ services }) => services.some(({ routes }) => routes.length > 0),
    severity: 'warning',
    // Health checks and the TTL of the records take two minutes after a move; some resolvers keep answers longer.
    forSeconds: 900,
    // The health checks of Route 53 alone ask each region up to twice a second.
    threshold: { value: 5, unit: 'requests a second' },
    expression: (context) => {
      const requests = `aws_applicationelb_request_count_sum${own(context)}`;
      const astray = `sum(avg_over_time(${requests}[5m])) / 60 > ${context.threshold} and on () max(aws_holdfast_leads_maximum${own(context)}) == 0`;
      const dry = `sum(max_over_time(${requests}[5m])) == 0 and sum(max_over_time(${requests}[1h])) / 60 > ${context.threshold}`;
      return `(${astray}) or (${whileLeading(context, dry)})`;
    },
    summary: 'Traffic does not go where the writer is.',
    description:
      'A region that does not lead gets more than {threshold}, or the one that leads gets none any more. Clients meet a database that refuses writes, or nothing at all.',
    panel: 'overview/traffic',
  },
  {
    ...OF_EDGE,
    name: 'CertificateExpiry',
    appliesTo: () => true,
    severity: 'warning',
    forSeconds: 3600,
    // ACM renews 60 days before the end, by itself: at 30 days it has failed for a month.
    threshold: { value: 30, unit: 'days' },
    expression: (context) =>
      // ACM measures twice a day.
      `min by (certificate) (min_over_time(aws_certificatemanager_days_to_expiry_minimum${own(context)}[1d])) < ${context.threshold}`,
    summary: 'A certificate of this region ends soon, and was not renewed.',
    description:
      '{{ $labels.certificate }} ends in {{ printf "%.0f" $value }} days, less than {threshold}. ACM cannot renew it by itself: its record for validation is missing, as a rule. Then no client can connect.',
    panel: 'overview/certificates',
  },
  {
    ...OF_EDGE,
    name: 'CanaryFailing',
    appliesTo: ({ monitoring }) => monitoring.canaries,
    severity: 'critical',
    forSeconds: 0,
    // Of the runs of a quarter of an hour not one has succeeded: a single lost run is no outage.
    threshold: { value: 100, unit: 'percent' },
    expression: (context) =>
      `max by (canary) (max_over_time(aws_cloudwatchsynthetics_success_percent_average${own(context)}[15m])) < ${context.threshold}`,
    summary: 'The canary {{ $labels.canary }} fails.',
    description:
      'In a quarter of an hour no run of it has succeeded to {threshold}: from outside, the platform does not do what users do.',
    panel: 'overview/canaries',
  },
];
