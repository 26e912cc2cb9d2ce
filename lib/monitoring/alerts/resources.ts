import type { Alert } from './alert';
import { hasTaskMetrics } from './parts';
import { own, type RegionContext } from './promql';

const shareOfTasks = (context: RegionContext, what: 'cpu' | 'memory'): string =>
  `100 * sum by (service) (ecs_task_${what}_utilized${own(context)}) / sum by (service) (ecs_task_${what}_reserved${own(context)})`;

/** CPU, memory and disk of tasks; those of the database are among its own. */
export const RESOURCE_ALERTS: readonly Alert[] = [
  {
    name: 'HighCPUUsage',
    severity: 'warning',
    component: 'service',
    team: 'application',
    appliesTo: hasTaskMetrics,
    forSeconds: 600,
    threshold: { value: 85, unit: 'percent' },
    expression: (context) => `${shareOfTasks(context, 'cpu')} > ${context.threshold}`,
    summary: '{{ $labels.service }} is short of CPU',
    description:
      'All tasks of {{ $labels.service }} together use {{ printf "%.0f" $value }} % of their CPU; the bound is {threshold}.',
    panel: 'services/cpu',
  },
  {
    name: 'HighMemoryUsage',
    severity: 'warning',
    component: 'service',
    team: 'application',
    appliesTo: hasTaskMetrics,
    forSeconds: 600,
    threshold: { value: 85, unit: 'percent' },
    expression: (context) => `${shareOfTasks(context, 'memory')} > ${context.threshold}`,
    summary: '{{ $labels.service }} is short of memory',
    description:
      'All tasks of {{ $labels.service }} together use {{ printf "%.0f" $value }} % of their memory; the bound is {threshold}.',
    panel: 'services/memory',
  },
  {
    name: 'ContainerMemoryLimit',
    severity: 'warning',
    component: 'service',
    team: 'application',
    appliesTo: hasTaskMetrics,
    forSeconds: 120,
    threshold: { value: 90, unit: 'percent' },
    // All containers of a task share its memory, the collector beside the application too.
    expression: (context) =>
      `100 * max by (service, task) (ecs_task_memory_utilized${own(context)}) / on (service, task) max by (service, task) (ecs_task_memory_reserved${own(context)}) > ${context.threshold}`,
    summary: 'A task of {{ $labels.service }} is about to run out of memory',
    description:
      'Task {{ $labels.task }} of {{ $labels.service }} uses {{ printf "%.0f" $value }} % of its memory; the bound is {threshold}. At 100 % its container is killed.',
    panel: 'services/memory',
  },
  {
    name: 'DiskSpaceLow',
    severity: 'warning',
    component: 'service',
    team: 'ops',
    appliesTo: hasTaskMetrics,
    forSeconds: 600,
    threshold: { value: 85, unit: 'percent' },
    expression: (context) =>
      `100 * max by (service) (ecs_task_ephemeral_storage_utilized${own(context)} / ecs_task_ephemeral_storage_reserved${own(context)}) > ${context.threshold}`,
    summary: 'A disk of {{ $labels.service }} is nearly full',
    description:
      'The fullest disk of a task of {{ $labels.service }} is {{ printf "%.0f" $value }} % full; the bound is {threshold}.',
    panel: 'services/disk',
  },
];
