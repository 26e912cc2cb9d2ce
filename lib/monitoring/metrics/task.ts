import { TASK_LABELS } from './application';
import type { Series, SeriesKind } from './series-types';

const task = (name: string, kind: SeriesKind, unit: string, meaning: string): Series => ({
  name,
  kind,
  source: 'task',
  labels: [...TASK_LABELS, ...(name.startsWith('container_') ? ['container'] : [])],
  unit,
  meaning,
});

/**
 * What ECS says of a task and its containers, through the collector beside it. The collector sends these and drops the
 * rest of what ECS offers. Units are those of the receiver's code, which differ from its documentation.
 * https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/receiver/awsecscontainermetricsreceiver
 */
export const TASK: readonly Series[] = [
  task(
    'ecs_task_cpu_utilized',
    'gauge',
    'CPU units',
    'CPU that all containers of the task use; 1024 is one vCPU.',
  ),
  task('ecs_task_cpu_reserved', 'gauge', 'CPU units', 'CPU that the task has; 1024 is one vCPU.'),
  task(
    'ecs_task_memory_utilized',
    'gauge',
    'MiB',
    'Memory that all containers of the task use, without caches.',
  ),
  task('ecs_task_memory_reserved', 'gauge', 'MiB', 'Memory that the task has.'),
  task('ecs_task_ephemeral_storage_utilized', 'gauge', 'MiB', 'Disk of the task that is in use.'),
  task('ecs_task_ephemeral_storage_reserved', 'gauge', 'MiB', 'Disk that the task has.'),
  task('ecs_task_network_rate_rx', 'gauge', 'bytes per second', 'What the task receives.'),
  task('ecs_task_network_rate_tx', 'gauge', 'bytes per second', 'What the task sends.'),
  task('ecs_task_storage_read_bytes', 'counter', 'bytes', 'What the task has read from its disk.'),
  task('ecs_task_storage_write_bytes', 'counter', 'bytes', 'What the task has written to its disk.'),
  task('container_cpu_usage_vcpu', 'gauge', 'vCPU', 'CPU that one container uses.'),
  task('container_memory_utilized', 'gauge', 'MiB', 'Memory that one container uses, without caches.'),
];
