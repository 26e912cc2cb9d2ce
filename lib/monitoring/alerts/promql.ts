import { regionOf } from '../../config/names';
import type { Platform } from '../../config/platform';
import type { AlertContext } from './alert';

/** What an expression needs of its region. */
export type RegionContext = Pick<AlertContext, 'platform' | 'role'>;

/**
 * Label matchers that keep to the region whose rules these are: its workspace also holds a few series of the peer.
 * @param more further matchers, for example `job="application"`
 * @returns `{region="us-east-1",job="application"}`
 */
export const own = (context: RegionContext, ...more: readonly string[]): string =>
  `{${[`region="${regionOf(context.platform, context.role)}"`, ...more].join(',')}}`;

/** 1 where the region leads, 0 where it stands by; nothing while the collector or the agent is silent. */
export const leads = (context: RegionContext): string => `max(aws_holdfast_leads_maximum${own(context)})`;

/** For what only a leading region shows, such as missing traffic: silent as long as the lead is not known. */
export const whileLeading = (context: RegionContext, expression: string): string =>
  `(${expression}) and on () (${leads(context)} == 1)`;

/**
 * For what is wrong wherever it is measured, such as failed requests: silent only where the region is known to stand
 * by, so that a dead collector hides no outage.
 */
export const unlessStandingBy = (context: RegionContext, expression: string): string =>
  `(${expression}) unless on () (${leads(context)} == 0)`;

/**
 * A number of the platform file as a series with the label `service`, to be joined with what was measured.
 * @returns PromQL; nothing to look up, so it is there when no series is
 */
export const constantOf = (service: string, value: number): string =>
  `label_replace(vector(${value}), "service", "${service}", "", "")`;

/** A task that is there has spoken within this: three readings of the collector beside it, at least two minutes. */
export const presence = ({ monitoring }: Platform): string =>
  `${Math.max(120, 3 * monitoring.scrapeSeconds)}s`;
