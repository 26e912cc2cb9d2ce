import type { Alert } from './alert';
import { answersRequests, hasDeepHealth, hasMetrics, knowsTasks } from './parts';
import { own, unlessStandingBy } from './promql';

/** Below this many requests in five minutes a share of failures says nothing. */
const MIN_REQUESTS = 20;

/** Whether services and their tasks are there and answer. */
export const AVAILABILITY_ALERTS: readonly Alert[] = [
  {
    name: 'ServiceDown',
    severity: 'critical',
    component: 'service',
    team: 'application',
    appliesTo: knowsTasks,
    forSeconds: 60,
    expression: () => 'service:tasks:working == 0 and on (service) service:tasks:expected > 0',
    summary: '{{ $labels.service }} is down',
    description:
      'No task of {{ $labels.service }} works: the balancer finds none healthy, or none reports. Users get errors, or work is left undone.',
    panel: 'services/tasks',
  },
  {
    name: 'MultipleReplicasDown',
    severity: 'critical',
    component: 'service',
    team: 'application',
    appliesTo: (platform) =>
      knowsTasks(platform) && platform.services.some(({ replicas }) => replicas.home.min > 2),
    forSeconds: 300,
    threshold: { value: 2, unit: 'tasks' },
    expression: ({ threshold }) =>
      `(service:tasks:expected - on (service) service:tasks:working) >= ${threshold} and on (service) service:tasks:working > 0`,
    summary: '{{ $labels.service }} lacks {{ $value }} tasks',
    description:
      '{{ $value }} of the tasks that {{ $labels.service }} must have at least do not work. The others carry the load. The bound is {threshold}.',
    panel: 'services/tasks',
  },
  {
    name: 'InstanceDown',
    severity: 'warning',
    component: 'service',
    team: 'application',
    appliesTo: hasMetrics,
    forSeconds: 300,
    expression: (context) => `max by (service, task) (up${own(context, 'job="application"')}) == 0`,
    summary: 'A task of {{ $labels.service }} does not answer',
    description:
      'Task {{ $labels.task }} of {{ $labels.service }} runs, and its metrics port does not answer: the process hangs, or its port or path is another one.',
    panel: 'services/tasks',
  },
  {
    name: 'DeepHealthFailing',
    severity: 'warning',
    component: 'service',
    team: 'application',
    appliesTo: hasDeepHealth,
    // Asked once a minute: three bad rounds. Also in a region that stands by: it is to be fit before it leads.
    forSeconds: 180,
    threshold: { value: 1, unit: 'tasks' },
    expression: (context) =>
      `max by (service) (aws_holdfast_deep_health_failing_maximum${own(context)}) >= ${context.threshold}`,
    summary: '{{ $labels.service }} runs, and cannot do its work',
    description:
      'Of the tasks of {{ $labels.service }} {{ $value }} say at their deep health path that something they need is missing, or do not answer there. The bound is {threshold}. No task is replaced and no traffic moves for it.',
    panel: 'services/deep-health',
  },
  {
    name: 'HighErrorRate',
    severity: 'critical',
    component: 'service',
    team: 'application',
    appliesTo: answersRequests,
    forSeconds: 120,
    threshold: { value: 5, unit: 'percent' },
    expression: (context) =>
      unlessStandingBy(
        context,
        `100 * service:http_errors:ratio5m > ${context.threshold} and on (service) service:http_requests:rate5m * 300 >= ${MIN_REQUESTS}`,
      ),
    summary: '{{ $labels.service }} fails {{ printf "%.1f" $value }} % of its requests',
    description:
      '{{ $labels.service }} answers {{ printf "%.1f" $value }} % of its requests with a server error (5xx), measured over five minutes; the bound is {threshold}.',
    panel: 'services/errors',
  },
];
