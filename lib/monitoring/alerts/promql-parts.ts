import { own, type RegionContext } from './promql';

/** Rate of a counter, all of its series together. @param window for example `5m` */
export const perSecond = (counter: string, window: string): string => `sum(rate(${counter}[${window}]))`;

/** The collector of the region, and not one of those beside tasks: only these have the label service. */
export const REGION_COLLECTOR: readonly string[] = ['job="collector"', 'service=""'];

/**
 * Something that an exporter looks at is down: it says so, or nobody says anything although the collector runs. If the
 * collector itself is gone, that has an alert of its own.
 * @param up a series that is 1 while the thing answers, without labels of its own
 */
export const downOrUnseen = (context: RegionContext, up: string): string =>
  `max(${up}${own(context)}) == 0 or (max(up${own(context, ...REGION_COLLECTOR)}) == 1 unless max(${up}${own(context)}))`;

/** A sign of a function that reports every minute: 1 where something holds. */
export const signOf = (context: RegionContext, sign: string): string => `max(${sign}${own(context)}) >= 1`;

/** The same of a sign that is read every five minutes: its newest reading, of which one may be missing. */
export const newestSignOf = (context: RegionContext, sign: string): string =>
  `max(last_over_time(${sign}${own(context)}[10m])) >= 1`;

/** The same of what is told once or more seldom than every minute: it holds for the whole window. */
export const saidWithin = (context: RegionContext, sign: string, window: string): string =>
  `max(max_over_time(${sign}${own(context)}[${window}])) >= 1`;
