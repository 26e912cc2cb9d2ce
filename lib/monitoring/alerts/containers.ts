import type { Platform, Service } from '../../config/platform';
import type { Alert } from './alert';
import { always, hasTaskMetrics } from './parts';
import { constantOf, own, presence } from './promql';

/** A task that lived shorter than this did not stay up. */
const SHORT_LIFE = { seconds: 300, text: 'five minutes' } as const;

const canScale = ({ scaling, replicas }: Service): boolean =>
  scaling !== undefined && replicas.home.max > replicas.home.min;

/** Minutes that a deployment takes on purpose before the old set goes. */
function plannedMinutes({ deployment }: Service): number {
  if (deployment.strategy === 'rolling') return 0;
  return deployment.bakeMinutes + (deployment.strategy === 'canary' ? deployment.minutes : 0);
}

/** Services by the minutes that their deployments take on purpose. */
function byPlannedMinutes(platform: Platform): readonly (readonly [number, string])[] {
  const minutes = [...new Set(platform.services.map(plannedMinutes))].sort((a, b) => a - b);
  return minutes.map((planned) => {
    const names = platform.services.filter((service) => plannedMinutes(service) === planned);
    return [planned, names.map(({ name }) => name).join('|')];
  });
}

/** Tasks that do not stay up, and deployments that do not end. */
export const CONTAINER_ALERTS: readonly Alert[] = [
  {
    name: 'ContainerRestarting',
    severity: 'warning',
    component: 'service',
    team: 'application',
    appliesTo: hasTaskMetrics,
    forSeconds: 0,
    threshold: { value: 2, unit: 'tasks' },
    // New tasks beyond those by which the service grew, and beyond those of a deployment.
    expression: (context) => {
      const task = `ecs_task_memory_utilized${own(context)}`;
      const started = `count by (service) (count_over_time(${task}[15m]) unless on (service, task) (${task} offset 15m))`;
      const grown = 'clamp_min(service:tasks:count - service:tasks:count offset 15m, 0)';
      const deployments = `max by (service) (max_over_time(aws_ecs_containerinsights_deployment_count_maximum${own(context)}[20m]))`;
      return `(${started} - on (service) ${grown}) > ${context.threshold} unless on (service) ${deployments} > 1`;
    },
    summary: 'Tasks of {{ $labels.service }} are being replaced',
    description:
      'In 15 minutes {{ $value }} tasks of {{ $labels.service }} were replaced, and no deployment was under way; the bound is {threshold}.',
    panel: 'services/restarts',
  },
  {
    name: 'TaskCrashLooping',
    severity: 'critical',
    component: 'service',
    team: 'application',
    appliesTo: always,
    forSeconds: 0,
    threshold: { value: 3, unit: 'tasks' },
    // A task that ends within seconds says nothing itself; then the service never has all its tasks.
    expression: (context) => {
      const task = `ecs_task_memory_utilized${own(context)}`;
      const readings = Math.ceil(SHORT_LIFE.seconds / context.platform.monitoring.scrapeSeconds);
      const brief = `(count_over_time(${task}[30m]) < ${readings}) unless on (service, task) count_over_time(${task}[${presence(context.platform)}]) unless on (service, task) (${task} offset 30m)`;
      const insights = (metric: string): string => `aws_ecs_containerinsights_${metric}${own(context)}[30m]`;
      const short = `max by (service) (min_over_time(${insights('desired_task_count_maximum')})) - max by (service) (max_over_time(${insights('running_task_count_minimum')})) > 0`;
      return `count by (service) (${brief}) >= ${context.threshold} or on (service) ${short}`;
    },
    summary: 'Tasks of {{ $labels.service }} do not stay up',
    description: `Of {{ $labels.service }}, {threshold} or more ended within ${SHORT_LIFE.text} of their start in the last half hour, or for half an hour it never had all its tasks.`,
    panel: 'services/restarts',
  },
  {
    name: 'DeploymentStuck',
    severity: 'warning',
    component: 'service',
    team: 'application',
    appliesTo: always,
    forSeconds: 2700,
    expression: (context) =>
      byPlannedMinutes(context.platform)
        .map(
          ([planned, names]) =>
            `max by (service) (min_over_time(aws_ecs_containerinsights_deployment_count_maximum${own(context, `service=~"${names}"`)}[${planned + 10}m])) > 1`,
        )
        .join(' or '),
    summary: 'A deployment of {{ $labels.service }} does not end',
    description:
      'A deployment of {{ $labels.service }} has been under way for most of an hour beyond the time that it takes on purpose. Old and new tasks run side by side.',
    panel: 'services/deployments',
  },
  {
    name: 'AutoscalingAtMax',
    severity: 'warning',
    component: 'service',
    team: 'application',
    appliesTo: ({ services }) => services.some(canScale),
    forSeconds: 900,
    expression: (context) => {
      const most = context.platform.services
        .filter(canScale)
        .map(({ name, replicas }) => constantOf(name, replicas.home.max))
        .join(' or ');
      return `max by (service) (last_over_time(aws_ecs_containerinsights_desired_task_count_maximum${own(context)}[15m])) >= on (service) (${most})`;
    },
    summary: '{{ $labels.service }} cannot grow any further',
    description:
      '{{ $labels.service }} has {{ $value }} tasks, the most that its file allows. If the load rises it will be slow, then fail.',
    panel: 'services/tasks',
  },
];
