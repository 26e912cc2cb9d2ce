import { otherRole } from '../../config/names';
import { objectivesOf } from '../../config/objectives';
import type { Platform, Role, Service } from '../../config/platform';
import { targetGroupCount } from '../../config/traffic-groups';
import { FOUND_BY_TAG, knownDimensions } from '../../monitoring/collector/region-reads';
import { APPLICATION_CONVENTIONS, SCRAPE } from '../../monitoring/metrics/application';
import { CACHE } from '../../monitoring/metrics/cache';
import { COLLECTOR } from '../../monitoring/metrics/collector';
import { POSTGRES } from '../../monitoring/metrics/postgres';
import { CLOUDWATCH_SERIES } from '../../monitoring/metrics/series';
import type { CloudWatchSeries, Series } from '../../monitoring/metrics/series-types';
import { TASK } from '../../monitoring/metrics/task';
import { recordGroups } from '../../monitoring/rules/records';
import { tasksOf } from '../fargate';
import { sum } from '../part';

/**
 * How many series reach the workspace of a region, and how often each brings a sample. What an application serves, and how
 * busy a database is, no platform file tells: the figures of a middling one stand for it.
 */
export interface SeriesCount {
  readonly source: 'applications' | 'tasks' | 'database' | 'cache' | 'CloudWatch' | 'collectors' | 'rules';
  /** Of the metric; `''` for metrics that no rule names. */
  readonly name: string;
  readonly series: number;
  readonly everySeconds: number;
}

/** What is taken for granted of each task of a service with `metrics`. */
const APPLICATION = {
  endpoints: 20,
  statuses: 3,
  bounds: 10,
  operations: 12,
  actions: 10,
  models: 5,
  others: 40,
};
/** Sessions by user and state, databases with those of PostgreSQL itself, statements that the exporter keeps. */
const DATABASE = { sessions: 24, databases: 3, locks: 27, statements: 100, slots: 1 };
const EXPORTERS_SECONDS = 30;
/** Also what is read less often is sent each minute. */
const CLOUDWATCH_SECONDS = 60;
const COLLECTOR_SECONDS = 60;
/** The application, and the collector beside it. */
export const CONTAINERS_OF_A_TASK = 2;

/** @returns the series that reach the workspace of a region; none where the platform has no collectors */
export function seriesOf(platform: Platform, role: Role): readonly SeriesCount[] {
  if (!platform.monitoring.collectors) return [];
  return [
    ...platform.services.flatMap((service) => ofTasks(platform, service, tasksOf(service, role))),
    ...ofDatabase(platform),
    ...(platform.cache ? of(CACHE, 'cache', EXPORTERS_SECONDS, () => 1) : []),
    ...ofCloudWatch(platform, role),
    ...of(COLLECTOR, 'collectors', COLLECTOR_SECONDS, () => 1),
    ...ofRules(platform, role),
  ].filter(({ series }) => series > 0);
}

const of = (
  all: readonly Series[],
  source: SeriesCount['source'],
  everySeconds: number,
  count: (series: Series) => number,
): SeriesCount[] => all.map((series) => ({ source, name: series.name, series: count(series), everySeconds }));

function ofTasks({ monitoring }: Platform, { metrics }: Service, tasks: number): SeriesCount[] {
  const perContainer = ({ labels }: Series): number =>
    labels.includes('container') ? CONTAINERS_OF_A_TASK : 1;
  return [
    ...of(TASK, 'tasks', monitoring.scrapeSeconds, (series) => tasks * perContainer(series)),
    ...of([...COLLECTOR, ...SCRAPE], 'collectors', COLLECTOR_SECONDS, () => tasks),
    ...(metrics
      ? [
          ...of(
            APPLICATION_CONVENTIONS,
            'applications',
            metrics.intervalSeconds,
            (series) => tasks * ofApplication(series),
          ),
          ...of(SCRAPE, 'applications', metrics.intervalSeconds, () => tasks),
          {
            source: 'applications' as const,
            name: '',
            series: tasks * APPLICATION.others,
            everySeconds: metrics.intervalSeconds,
          },
        ]
      : []),
  ];
}

/** Each endpoint is taken to have one method. */
function ofApplication({ labels }: Series): number {
  const { endpoints, statuses, bounds, operations, actions, models } = APPLICATION;
  if (labels.includes('le')) return endpoints * bounds;
  if (labels.includes('endpoint')) return endpoints * (labels.includes('status') ? statuses : 1);
  if (labels.includes('operation')) return operations;
  if (labels.includes('action')) return actions;
  return labels.includes('model') ? models : 1;
}

function ofDatabase({ database }: Platform): SeriesCount[] {
  if (database?.kind !== 'managed') return [];
  const { sessions, databases, locks, statements, slots } = DATABASE;
  const known = database.extensions.includes('pg_stat_statements') ? statements : 0;
  return of(POSTGRES, 'database', EXPORTERS_SECONDS, ({ labels }) => {
    if (labels.includes('queryid')) return known;
    if (labels.includes('state')) return sessions;
    if (labels.includes('mode')) return locks;
    if (labels.includes('slot_name')) return slots;
    return labels.includes('datname') ? databases : 1;
  });
}

/** Those of the own region, and the few of the other one. */
function ofCloudWatch(platform: Platform, role: Role): SeriesCount[] {
  const peers = CLOUDWATCH_SERIES.filter(({ cloudWatch }) => cloudWatch.peer);
  return [
    ...CLOUDWATCH_SERIES.map((series) => ofMetric(series, platform, role)),
    ...peers.map((series) => ofMetric(series, platform, otherRole(role))),
  ];
}

function ofMetric(series: CloudWatchSeries, platform: Platform, role: Role): SeriesCount {
  const { namespace, dimensions } = series.cloudWatch;
  const found = Object.hasOwn(dimensions, 'TargetGroup') ? targetGroups(platform) : 1;
  return {
    source: 'CloudWatch',
    name: series.name,
    series: FOUND_BY_TAG.includes(namespace) ? found : knownDimensions(series, platform, role).length,
    everySeconds: CLOUDWATCH_SECONDS,
  };
}

const targetGroups = ({ services }: Platform): number => sum(services.map(targetGroupCount));

/** What recording rules write is taken in like everything else: a series for each service, or for each part with an objective. */
const ofRules = (platform: Platform, role: Role): SeriesCount[] =>
  recordGroups(platform, role).flatMap(({ intervalSeconds, rules }) =>
    rules.map(({ record }) => ({
      source: 'rules' as const,
      name: record,
      series: record.startsWith('part:') ? objectivesOf(platform).length : platform.services.length,
      everySeconds: intervalSeconds,
    })),
  );
