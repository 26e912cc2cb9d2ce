import { APPLICATION_CONVENTIONS, SCRAPE } from './application';
import { CACHE } from './cache';
import { CLOUDWATCH } from './cloudwatch';
import { COLLECTOR } from './collector';
import { HOLDFAST } from './holdfast';
import { POSTGRES } from './postgres';
import type { CloudWatchSeries, Series } from './series-types';
import { TASK } from './task';

export { metricNames } from './expression';
export { COMMON_LABELS, type Series, type SeriesSource } from './series-types';

/** What the collectors read out of CloudWatch. */
export const CLOUDWATCH_SERIES: readonly CloudWatchSeries[] = [...CLOUDWATCH, ...HOLDFAST];

/**
 * Every series that reaches the workspace of a region from outside. Rules and dashboards use these, and those that
 * recording rules make of them, whose names have a colon; a test refuses any other name.
 */
export const SERIES: readonly Series[] = [
  ...SCRAPE,
  ...APPLICATION_CONVENTIONS,
  ...TASK,
  ...POSTGRES,
  ...CACHE,
  ...COLLECTOR,
  ...CLOUDWATCH_SERIES,
];

const BY_NAME = new Map(SERIES.map((series) => [series.name, series]));

/** @returns undefined if no source brings a series of that name */
export const seriesNamed = (name: string): Series | undefined => BY_NAME.get(name);
