import { objectivesOf, type PartKind } from '../../config/objectives';
import type { Alert } from './alert';
import { BURNS, type Burn } from './burn';
import { unlessStandingBy } from './promql';

/** What is said of the parts of a kind. */
interface Kind {
  readonly kind: PartKind;
  /** Beginning of the names of its alerts. */
  readonly name: string;
  readonly team: Alert['team'];
  readonly summary: string;
  /** What has failed, before `in the last hour`. */
  readonly failed: string;
  /**
   * So much must have failed in the long window: of 99.99 % a single minute is a quarter of the month, and one failed reading
   * is no outage. Minutes, and of a balancer requests.
   */
  readonly least: number;
}

const LEAST_MINUTES = 3;
const LEAST_REQUESTS = 10;
const SHARE = '{{ $value | humanizePercentage }}';

const KINDS: readonly Kind[] = [
  {
    kind: 'service',
    name: 'ServiceAvailability',
    team: 'application',
    summary: '{{ $labels.service }} was without a task for too long',
    failed: `No task of {{ $labels.service }} worked for ${SHARE} of the time`,
    least: LEAST_MINUTES,
  },
  {
    kind: 'database',
    name: 'DatabaseAvailability',
    team: 'database',
    summary: 'The database was away for too long',
    failed: `The database admitted no session, or no writes, for ${SHARE} of the time`,
    least: LEAST_MINUTES,
  },
  {
    kind: 'cache',
    name: 'CacheAvailability',
    team: 'ops',
    summary: 'The cache was away for too long',
    failed: `The cache did not answer for ${SHARE} of the time`,
    least: LEAST_MINUTES,
  },
  {
    kind: 'balancer',
    name: 'BalancerAvailability',
    team: 'ops',
    summary: 'The balancer uses up its error budget',
    failed: `The balancer itself failed ${SHARE} of the requests`,
    least: LEAST_REQUESTS,
  },
];

/** How fast the objectives of single parts are used up: those of `objectives.components`. */
export const OBJECTIVE_ALERTS: readonly Alert[] = KINDS.flatMap((kind) =>
  BURNS.map((burn) => burning(kind, burn)),
);

function burning({ kind, name, team, summary, failed, least }: Kind, burn: Burn): Alert {
  const { ending, severity, times, long, short, forSeconds, meaning } = burn;
  const of = `{kind="${kind}"}`;
  return {
    name: `${name}Burn${ending}`,
    severity,
    component: kind,
    team,
    appliesTo: (platform) => objectivesOf(platform).some((objective) => objective.kind === kind),
    forSeconds,
    threshold: { value: times, unit: 'times the budget' },
    expression: (context) => {
      const beyond = (window: string) =>
        `(part:failed:ratio${window}${of} > on (part, service) (${context.threshold} * part:error_budget:ratio${of}))`;
      return unlessStandingBy(
        context,
        [
          beyond(long.window),
          beyond(short),
          `(sum_over_time(part:failed:count${of}[${long.window}]) >= ${least})`,
        ].join(' and on (part, service) '),
      );
    },
    summary,
    description: `${failed} in the last ${long.window}, more than {threshold} of its objective. ${meaning}`,
    panel: 'overview/objectives',
  };
}
