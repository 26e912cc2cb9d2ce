import { type Objective, objectivesOf, type PartKind } from '../../config/objectives';
import { own, type RegionContext, unlessStandingBy } from '../alerts/promql';
import { REGION_COLLECTOR } from '../alerts/promql-parts';
import type { RecordingRule } from './rule';

/**
 * How much of what each part with an objective was asked for has failed. Two counts are written each minute, and everything else
 * is made of them:
 *
 * - of a balancer `part:asked:count` is the requests of a minute, and `part:failed:count` those that it refused itself;
 * - of anything else a minute is what is asked for: 1, and 1 or 0 has failed.
 *
 * They are written where the region leads, or nobody knows who does. A minute that nobody could measure is none: that a collector
 * is gone has an alert of its own, and is no outage of what it measured.
 */
export function objectiveRecords(context: RegionContext): {
  readonly fast: readonly RecordingRule[];
  readonly slow: readonly RecordingRule[];
} {
  const objectives = objectivesOf(context.platform);
  if (objectives.length === 0) return { fast: [], slow: [] };
  const of = (count: (kind: PartKind, objective: Objective) => string): string =>
    objectives.map((objective) => named(objective, count(objective.kind, objective))).join(' or ');
  return {
    fast: [
      {
        record: 'part:failed:count',
        expression: unlessStandingBy(
          context,
          of((kind, { part }) => FAILED[kind](context, part)),
        ),
      },
      {
        record: 'part:asked:count',
        expression: unlessStandingBy(
          context,
          of((kind, { part }) =>
            kind === 'balancer' ? perMinute(asked(context)) : `${FAILED[kind](context, part)} * 0 + 1`,
          ),
        ),
      },
      { record: 'part:error_budget:ratio', expression: of((_, { budget }) => `vector(${budget})`) },
      ...['5m', '30m', '1h'].map(share),
    ],
    slow: ['6h', '3d'].map(share),
  };
}

const share = (window: string): RecordingRule => ({
  record: `part:failed:ratio${window}`,
  expression: `avg_over_time(part:failed:count[${window}]) / (avg_over_time(part:asked:count[${window}]) > 0)`,
});

/** Each count is a vector of one value without labels until here. */
function named({ part, kind }: Objective, count: string): string {
  const labels = { part, kind, ...(kind === 'service' ? { service: part } : {}) };
  return Object.entries(labels).reduce(
    (text, [label, value]) => `label_replace(${text}, "${label}", "${value}", "", "")`,
    count,
  );
}

/** 1 where an exporter cannot log in, or is silent though the collector runs; 0 where it can. */
const away = (context: RegionContext, up: string): string =>
  `((max(${up}${own(context)}) == bool 0) or (max(up${own(context, ...REGION_COLLECTOR)}) == 1))`;

/** There while any collector of the region speaks: where nothing is heard, a count of no tasks says nothing. */
const heard = (context: RegionContext): string => `max(up${own(context)}) >= 0`;

const overFiveMinutes = (context: RegionContext, series: string): string =>
  `sum(sum_over_time(${series}${own(context)}[5m]))`;
const answered = (context: RegionContext): string =>
  overFiveMinutes(context, 'aws_applicationelb_request_count_sum');
/** Of a balancer without a failure CloudWatch may have no such metric. */
const refused = (context: RegionContext): string =>
  `(${overFiveMinutes(context, 'aws_applicationelb_httpcode_elb_5_xx_count_sum')} or ${answered(context)} * 0)`;
/** What a balancer refuses itself is not among what its tasks answered. */
const asked = (context: RegionContext): string =>
  `((${answered(context)} or vector(0)) + ${refused(context)})`;
const perMinute = (ofFive: string): string => `${ofFive} / 5`;

const FAILED: Readonly<Record<PartKind, (context: RegionContext, part: string) => string>> = {
  // Requests that its tasks failed have alerts of their own; where no task works there are none that could be counted.
  service: (context, name) =>
    `(max(service:tasks:working{service="${name}"}) == bool 0 and max(service:tasks:expected{service="${name}"}) > 0 and ${heard(context)})`,
  // A database that answers and takes no writes is away for those who write.
  database: (context) =>
    `clamp_max(${away(context, 'pg_up')} + (max(aws_holdfast_fence_closed_maximum${own(context)}) or vector(0)), 1)`,
  cache: (context) => away(context, 'redis_up'),
  balancer: (context) => perMinute(refused(context)),
};
