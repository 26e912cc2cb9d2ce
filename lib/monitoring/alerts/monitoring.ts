import type { Alert } from './alert';
import { own } from './promql';
import { REGION_COLLECTOR } from './promql-parts';

const OF_MONITORING = { component: 'monitoring', team: 'ops', appliesTo: () => true } as const;

/** Whether the alerts themselves can be relied on. */
export const MONITORING_ALERTS: readonly Alert[] = [
  {
    ...OF_MONITORING,
    name: 'Watchdog',
    severity: 'info',
    forSeconds: 0,
    expression: () => 'vector(1)',
    summary: 'The path of the alerts works.',
    description:
      'It always fires. The relay turns it into a heartbeat in the other region, which pages when the heartbeat stops.',
    panel: 'overview/watchdog',
  },
  {
    ...OF_MONITORING,
    name: 'CollectorDown',
    severity: 'critical',
    // ECS replaces a task within a few minutes.
    forSeconds: 600,
    expression: (context) =>
      `max(up${own(context, ...REGION_COLLECTOR)}) == 0 or max(absent(up${own(context, ...REGION_COLLECTOR)}))`,
    summary: 'The collector of this region is down.',
    description:
      'Nothing is measured of the database, the cache, the balancer and leadership, so the rules about them are silent whatever happens. The alarms of CloudWatch go on.',
    panel: 'overview/collectors',
  },
  {
    ...OF_MONITORING,
    name: 'ExporterDown',
    severity: 'warning',
    forSeconds: 300,
    expression: (context) => `max by (job) (up${own(context, 'job=~"postgres|cache|cloudwatch"')}) == 0`,
    summary: 'The exporter {{ $labels.job }} does not answer.',
    description:
      'The collector runs, and its source {{ $labels.job }} does not answer: the rules that read it are silent.',
    panel: 'overview/collectors',
  },
  {
    ...OF_MONITORING,
    name: 'CollectorDropping',
    severity: 'warning',
    forSeconds: 600,
    // It retries first, so whatever is counted here is lost; below one a second an alert is late by a value or two.
    threshold: { value: 1, unit: 'values a second' },
    expression: (context) =>
      ['send', 'enqueue']
        .map((stage) => {
          const failed = `otelcol_exporter_${stage}_failed_metric_points${own(context)}`;
          return `sum by (service) (rate(${failed}[5m])) > ${context.threshold}`;
        })
        .join(' or '),
    summary:
      'The collector {{ if $labels.service }}beside {{ $labels.service }}{{ else }}of this region{{ end }} loses values.',
    description:
      'It gives up {{ printf "%.0f" $value }} values a second, more than {threshold}: the workspace refuses or throttles them, or cannot be reached.',
    panel: 'overview/collectors',
  },
];
