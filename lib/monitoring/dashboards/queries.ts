import type { Query } from './panel';

/** Selectors of what a person has chosen at the top of a dashboard. */
export const REGION = 'region=~"$region"';
export const SERVICE = 'region=~"$region", service=~"$service"';

/** @returns the queries of a panel with one series, or one for each set of the labels in the legend */
export const one = (legend: string, expression: string): readonly [Query] => [{ legend, expression }];

/** Per second, of a counter. */
export const rate = (series: string): string => `rate(${series}[$__rate_interval])`;

/** CloudWatch gives sums of a minute. */
export const perSecond = (sumOfMinute: string): string => `${sumOfMinute} / 60`;

/** What is read of CloudWatch every five minutes: its newest value, also when a reading comes late. */
export const slow = (series: string): string => `last_over_time(${series}[15m])`;

/** What AWS measures a few times a day. */
export const daily = (series: string): string => `last_over_time(${series}[1d])`;

/** A part of a whole, 0 to 1; nothing while the whole is 0. */
export const share = (part: string, whole: string): string => `(${part}) / ((${whole}) > 0)`;

/** The same, where the part has no series until it happens for the first time. */
export const shareOrNone = (part: string, whole: string): string => share(`${part} or 0 * (${whole})`, whole);
