import type { Series, SeriesKind } from './series-types';

const collector = (name: string, kind: SeriesKind, unit: string, meaning: string): Series => ({
  name: `otelcol_${name}`,
  kind,
  source: 'collector',
  labels: [
    'job',
    'instance',
    'service',
    'task',
    'zone',
    ...(name.startsWith('exporter_') ? ['exporter'] : []),
  ],
  unit,
  meaning,
});

/**
 * What a collector says of itself, read on its own port every minute. The labels service, task and zone are those of
 * the task that it stands beside; the region's collector has none of them.
 */
export const COLLECTOR: readonly Series[] = [
  collector('exporter_sent_metric_points', 'counter', 'samples', 'Samples that the workspace took.'),
  collector(
    'exporter_send_failed_metric_points',
    'counter',
    'samples',
    'Samples given up after all attempts.',
  ),
  collector(
    'exporter_enqueue_failed_metric_points',
    'counter',
    'samples',
    'Samples dropped because the queue was full.',
  ),
  collector('process_uptime', 'counter', 'seconds', 'Time since the collector started.'),
];
