import type { Service } from '../../../lib/config/platform';
import { leads, noise, strain, traffic } from './day';
import { about, inRegion, type Place, requests, type Sampled } from './sampled';

interface Task {
  readonly service: Service;
  readonly id: string;
  readonly index: number;
  readonly count: number;
}

const ENDPOINTS = ['/api/conversations', '/api/messages', '/api/search'];
const BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5];

/** What the collectors beside the tasks of a region send. */
export function taskSeries(place: Place): Sampled[] {
  return place.platform.services.flatMap((service) => [
    ...tasksOf(place, service).flatMap((task) => ofTask(place, task)),
    ...deepHealth(place, service),
  ]);
}

/** What is asked once a minute. The tasks of a new leader wait for their database. */
const deepHealth = (place: Place, service: Service): Sampled[] =>
  service.deepHealth
    ? [
        inRegion(place).gauge(
          'aws_holdfast_deep_health_failing_maximum',
          { job: 'cloudwatch', service: service.name },
          (at) => Math.round(service.replicas.standby.desired * strain(place.role, at)),
        ),
      ]
    : [];

/** As many as serve at most; those beyond the standby's few come with the lead. */
function tasksOf({ role }: Place, service: Service): readonly Task[] {
  const count = service.replicas.home.desired;
  return Array.from({ length: count }, (_, index) => ({
    service,
    id: `${role === 'home' ? 'a' : 'b'}${index + 1}f${service.name.length}c`,
    index,
    count,
  }));
}

/** Whether the task runs: the standby has fewer until it leads. */
const runs = ({ role }: Place, { service, index }: Task, minute: number): boolean =>
  index < (leads(role, minute) ? service.replicas.home.desired : service.replicas.standby.desired);

function ofTask(place: Place, task: Task): Sampled[] {
  const { service, id, index } = task;
  const { region } = place;
  const zone = `${region}${'abc'.charAt(index % 3)}`;
  const labels = { service: service.name, task: id, zone };
  const { gauge, counter } = inRegion(place);
  const while_ = (value: (minute: number) => number) => (minute: number) =>
    runs(place, task, minute) ? value(minute) : undefined;
  const load = (minute: number) =>
    Math.min(0.97, 0.06 + 0.5 * traffic(place.role, minute) + 0.35 * strain(place.role, minute));
  const memory = service.task.memoryMib;
  const units = service.task.cpuUnits;
  const measured: Sampled[] = [
    gauge(
      'ecs_task_cpu_reserved',
      labels,
      while_(() => units),
    ),
    gauge(
      'ecs_task_cpu_utilized',
      labels,
      while_((at) => about(`cpu ${id}`, units * load(at), at)),
    ),
    gauge(
      'ecs_task_memory_reserved',
      labels,
      while_(() => memory),
    ),
    gauge(
      'ecs_task_memory_utilized',
      labels,
      while_((at) => about(`memory ${id}`, memory * (0.42 + 0.2 * load(at)), at, 0.02)),
    ),
    gauge(
      'container_memory_utilized',
      { ...labels, container: service.name },
      while_((at) => about(`own ${id}`, memory * (0.38 + 0.2 * load(at)), at, 0.02)),
    ),
    gauge(
      'container_memory_utilized',
      { ...labels, container: 'collector' },
      while_((at) => about(`beside ${id}`, 74, at, 0.05)),
    ),
    gauge(
      'ecs_task_ephemeral_storage_reserved',
      labels,
      while_(() => 20_480),
    ),
    gauge(
      'ecs_task_ephemeral_storage_utilized',
      labels,
      while_((at) => 1_900 + at),
    ),
    gauge(
      'ecs_task_network_rate_rx',
      labels,
      while_((at) => about(`rx ${id}`, 900_000 * load(at), at)),
    ),
    gauge(
      'ecs_task_network_rate_tx',
      labels,
      while_((at) => about(`tx ${id}`, 2_400_000 * load(at), at)),
    ),
    counter(
      'ecs_task_storage_read_bytes',
      labels,
      while_((at) => about(`read ${id}`, 30_000 * load(at), at)),
    ),
    counter(
      'ecs_task_storage_write_bytes',
      labels,
      while_((at) => about(`write ${id}`, 90_000 * load(at), at)),
    ),
  ];
  return service.metrics ? [...measured, ...ofApplication(place, task, labels, while_)] : measured;
}

function ofApplication(
  place: Place,
  { id, count }: Task,
  labels: Readonly<Record<string, string>>,
  while_: (value: (minute: number) => number) => (minute: number) => number | undefined,
): Sampled[] {
  const { gauge, counter } = inRegion(place);
  const own = { ...labels, job: 'application', instance: '127.0.0.1:8080' };
  const share = (minute: number) => requests(place, minute) / count;
  const failed = (minute: number) => 0.0006 + 0.05 * strain(place.role, minute);
  const statuses = [
    ['200', (at: number) => 0.985 - failed(at)],
    ['404', () => 0.015],
    ['500', failed],
  ] as const;
  const byEndpoint = ENDPOINTS.flatMap((endpoint, at) => {
    const part = [0.5, 0.35, 0.15][at] ?? 0;
    const called = { ...own, method: 'GET', endpoint };
    return [
      ...statuses.map(([status, of]) =>
        counter(
          'http_requests_total',
          { ...called, status },
          while_((m) => part * share(m) * of(m)),
        ),
      ),
      ...durations(called, (m) => part * share(m), 0.04 + 0.05 * at, counter, while_, place),
    ];
  });
  return [
    ...byEndpoint,
    gauge(
      'up',
      own,
      while_(() => 1),
    ),
    gauge(
      'db_connections_active',
      own,
      while_((at) => Math.round(1 + 6 * traffic(place.role, at) + 2 * noise(`pool ${id}`, at))),
    ),
    counter(
      'user_actions_total',
      { ...own, action: 'message' },
      while_((at) => 0.02 * share(at)),
    ),
    counter(
      'user_actions_total',
      { ...own, action: 'sign-in' },
      while_((at) => 0.004 * share(at)),
    ),
    counter(
      'llm_api_cost_usd_total',
      { ...own, provider: 'example', model: 'large' },
      while_((at) => 0.0000024 * share(at)),
    ),
    counter(
      'llm_api_cost_usd_total',
      { ...own, provider: 'example', model: 'small' },
      while_((at) => 0.0000007 * share(at)),
    ),
  ];
}

/** A histogram whose answers become slower under strain. */
function durations(
  called: Readonly<Record<string, string>>,
  rate: (minute: number) => number,
  middle: number,
  counter: ReturnType<typeof inRegion>['counter'],
  while_: (value: (minute: number) => number) => (minute: number) => number | undefined,
  { role }: Place,
): Sampled[] {
  const within = (seconds: number, minute: number) =>
    1 - Math.exp(-((seconds / (middle * (1 + 6 * strain(role, minute)))) ** 1.3));
  return [
    ...BUCKETS.map((le) =>
      counter(
        'http_request_duration_seconds_bucket',
        { ...called, le: String(le) },
        while_((m) => rate(m) * within(le, m)),
      ),
    ),
    counter('http_request_duration_seconds_bucket', { ...called, le: '+Inf' }, while_(rate)),
    counter('http_request_duration_seconds_count', called, while_(rate)),
    counter(
      'http_request_duration_seconds_sum',
      called,
      while_((m) => rate(m) * middle),
    ),
  ];
}
