import type { Series, SeriesKind } from './series-types';

/** Labels that the collector beside a task adds to all that it sends. */
export const TASK_LABELS = ['service', 'task', 'zone'] as const;

const application = (
  name: string,
  kind: SeriesKind,
  unit: string,
  labels: readonly string[],
  meaning: string,
): Series => ({
  name,
  kind,
  source: 'application',
  labels: [...TASK_LABELS, 'job', 'instance', ...labels],
  unit,
  meaning,
});

/** What an application serves at its `/metrics`: the conventions of docs/metrics.md. */
export const APPLICATION_CONVENTIONS: readonly Series[] = [
  application(
    'http_requests_total',
    'counter',
    'requests',
    ['method', 'endpoint', 'status'],
    'Requests answered, by method, route pattern and status code.',
  ),
  ...(['bucket', 'sum', 'count'] as const).map((part) =>
    application(
      `http_request_duration_seconds_${part}`,
      'counter',
      part === 'sum' ? 'seconds' : 'requests',
      ['method', 'endpoint', ...(part === 'bucket' ? ['le'] : [])],
      'Histogram of the time from a request to its answer.',
    ),
  ),
  application(
    'db_connections_active',
    'gauge',
    'connections',
    [],
    'Connections of this task to the database that are in use.',
  ),
  application(
    'redis_operations_total',
    'counter',
    'operations',
    ['operation', 'status'],
    'Operations on the cache; status is success, miss or error.',
  ),
  application(
    'user_actions_total',
    'counter',
    'actions',
    ['action'],
    'What users did that matters to the business.',
  ),
  application(
    'llm_api_cost_usd_total',
    'counter',
    'US dollars',
    ['provider', 'model'],
    'Cost of the calls of language models.',
  ),
];

/** The collector's own word on each target that it reads: the application, the exporters, itself. */
export const SCRAPE: readonly Series[] = [
  application(
    'up',
    'gauge',
    '1',
    [],
    '1 if the target answered at its metrics port; a task that is gone has no value at all.',
  ),
];
