import { isProtected, type LeadershipRecord } from '../../lambda/leader/record';
import { writableWithinSeconds } from '../../lib/config/timings';
import type { Turn } from './ports';
import { leading, recentTurn, SILENT_SECONDS, type Side, type Situation, secondsSince } from './situation';

/** What follows from a situation: the verdict, what is wrong, and what would happen if the holder died now. */
export interface Outlook {
  /** The first line of `status`. */
  readonly verdict: string;
  readonly ifHolderDied: string;
  /** One sentence each; none if nothing wrong can be seen. */
  readonly problems: readonly string[];
}

/** The enforcing job of the database may be this late before the agent stops to renew. */
const ENFORCED_AGO_MAX_SECONDS = 10;

export function outlook(situation: Situation): Outlook {
  const { record } = situation;
  const problems = [...sourceProblems(situation)];
  if (!record.known) {
    return {
      verdict: 'Nobody can say from here who leads: the leadership table does not answer.',
      ifHolderDied: 'Not known: it depends on the record, which could not be read.',
      problems: [record.sentence, ...problems],
    };
  }
  if (!record.value) {
    return {
      verdict: 'Nobody leads: the leadership table holds no record.',
      ifHolderDied: 'Nothing: without a record no region takes over.',
      problems: [
        'Either the platform was never deployed, or the record was lost; then restore the table from its backup.',
        ...problems,
      ],
    };
  }
  return {
    verdict: verdict(situation, record.value),
    ifHolderDied: ifHolderDied(situation, record.value),
    problems: [...recordProblems(situation, record.value), ...problems],
  };
}

/** Whether the holder takes writes, as far as its own agent's last turn tells. */
export function takesWrites(situation: Situation, record: LeadershipRecord): 'yes' | 'no' | 'unknown' {
  if (situation.platform.database?.kind !== 'managed') return 'unknown';
  const side = leading(situation, record)?.holder;
  const turn = side && recentTurn(side, situation.atMs);
  if (!turn?.database) return 'unknown';
  return leaseLeftSeconds(turn, situation.atMs) > 0 && turn.database.lease.epoch === record.epoch
    ? 'yes'
    : 'no';
}

/** Seconds for which the lease of an agent's last turn is still open; 0 if it is closed. */
export function leaseLeftSeconds({ database, atMs }: Turn, nowMs: number): number {
  if (!database || database.inRecovery || database.lease.closed) return 0;
  const atTurn = (database.lease.limitMs - database.clockMs) / 1000;
  return Math.max(0, Math.round(atTurn - secondsSince(atMs, nowMs)));
}

/** Several renewals: more than this is no accident. */
const RENEWAL_LATE_SECONDS = 20;

/**
 * For how long the holder's database has not been heard of, if that is too long. The time in the record is of the
 * database's clock, and the present one of this machine's: good enough to tell a person, and nothing is decided by it.
 */
function lateSeconds({ atMs }: Situation, { databaseTime, state }: LeadershipRecord): number | undefined {
  const renews = state === 'SERVING' || state === 'PROTECTED' || state === 'REBUILDING';
  if (databaseTime === null || !renews) return undefined;
  const seconds = secondsSince(Date.parse(databaseTime), atMs);
  return seconds > RENEWAL_LATE_SECONDS ? seconds : undefined;
}

function verdict(situation: Situation, record: LeadershipRecord): string {
  const { holder, state, epoch, frozen } = record;
  const frozenToo = frozen ? ' Frozen: no region takes over.' : '';
  switch (state) {
    case 'CLAIMED':
    case 'PROMOTING':
      return `${holder} is taking over (${state}, epoch ${epoch}); nobody takes writes until it serves.${frozenToo}`;
    case 'DRAINING':
    case 'HANDOFF':
      return `${holder} is handing over to ${record.operation?.to ?? 'the other region'} (${state}) and takes no writes.${frozenToo}`;
    default:
      return `${holder} leads${writesIn(situation, record)}; ${takeoverIn(situation, record)}.`;
  }
}

function writesIn(situation: Situation, record: LeadershipRecord): string {
  if (situation.platform.database?.kind !== 'managed') return ' the traffic';
  const late = lateSeconds(situation, record);
  if (late !== undefined && takesWrites(situation, record) === 'unknown')
    return ` but has not renewed its lease for ${late} s`;
  const words = {
    yes: ' and takes writes',
    no: ' but takes NO writes',
    unknown: ' (whether it takes writes cannot be seen from here)',
  };
  return words[takesWrites(situation, record)];
}

function takeoverIn(situation: Situation, record: LeadershipRecord): string {
  const other = leading(situation, record)?.other.region ?? 'the other region';
  if (record.frozen) return `frozen: ${other} will not take over`;
  const why = obstacle(situation, record);
  if (why === undefined) return `${other} can take over`;
  return why.kind === 'unseen'
    ? `whether ${other} can take over cannot be seen from here`
    : `${other} CANNOT take over`;
}

/** What stands against a takeover by the other side. */
export interface Obstacle {
  /** `unseen`: whether anything stands against it cannot be seen from here. `silent`: its agent says nothing. */
  readonly kind: 'against' | 'silent' | 'unseen';
  readonly sentence: string;
}

/** Why the other side would not take over now; undefined if nothing stands against it. */
export function obstacle(situation: Situation, record: LeadershipRecord): Obstacle | undefined {
  const against = (sentence: string): Obstacle => ({ kind: 'against', sentence });
  const sides = leading(situation, record);
  if (!sides) return against(`The record names ${record.holder}, which is no region of this platform.`);
  const { other } = sides;
  if (record.frozen)
    return against('The platform is frozen; only `npx holdfast thaw` lets a region take over.');
  if (record.state === 'REBUILDING') return against(`${other.region} is being rebuilt.`);
  if (record.state === 'SERVING' && !isProtected(record))
    return against(`${other.region} was left in a move and is not rebuilt; say: npx holdfast failback`);
  if (!other.turn.known)
    return {
      kind: 'unseen',
      sentence: `The agent in ${other.region} cannot be seen from here: ${other.turn.sentence}`,
    };
  const turn = recentTurn(other, situation.atMs);
  if (!turn) return { kind: 'silent', sentence: `The agent in ${other.region} is silent.` };
  return turn.limitation === null ? undefined : against(turn.limitation);
}

function ifHolderDied(situation: Situation, record: LeadershipRecord): string {
  const { platform } = situation;
  const other = leading(situation, record)?.other;
  if (!other) return 'Nothing: the record names no region of this platform.';
  if (record.state === 'CLAIMED' || record.state === 'PROMOTING')
    return `The platform would stay closed: ${record.holder} has not finished taking over, and the other side was left.`;
  const why = obstacle(situation, record);
  if (why?.kind === 'unseen') return `Not known. ${why.sentence}`;
  if (why) return `${other.region} would NOT take over. ${why.sentence}`;
  const within = writableWithinSeconds(platform.leadership);
  if (platform.database?.kind !== 'managed') return `${other.region} would lead within ${within} s.`;
  const lag = recentTurn(other, situation.atMs)?.lagSeconds;
  const lost =
    typeof lag === 'number'
      ? `what was written in the last ${lag.toFixed(1)} s would be missing until it is salvaged`
      : 'how much would be missing is not known';
  return `${other.region} would take writes within ${within} s and the time of the promotion; ${lost}.`;
}

function sourceProblems({ sides, atMs }: Situation): string[] {
  return [sides.home, sides.standby].flatMap((side) => [
    ...agentProblems(side, atMs),
    ...(side.instance && !side.instance.known ? [side.instance.sentence] : []),
    ...filesProblems(side),
  ]);
}

function filesProblems({ files, region }: Side): string[] {
  if (!files) return [];
  if (!files.known) return [`The shared files in ${region} cannot be seen: ${files.sentence}`];
  if (files.value.length === 0)
    return [`Nobody has looked after the shared files in ${region} for ten minutes.`];
  return files.value.flatMap(({ service, sentence, uncopied, readOnly }) => [
    ...(readOnly ? [`The shared files of ${service} take no writes: ${sentence}`] : []),
    ...(uncopied && !readOnly ? [`The shared files of ${service} have no working copy: ${sentence}`] : []),
  ]);
}

function agentProblems(side: Side, atMs: number): string[] {
  const { turn, region } = side;
  if (!turn.known) return [`The agent in ${region} cannot be seen: ${turn.sentence}`];
  if (!turn.value) return [`The agent in ${region} has said nothing for ten minutes.`];
  const seconds = secondsSince(turn.value.atMs, atMs);
  return seconds > SILENT_SECONDS ? [`The agent in ${region} has said nothing for ${seconds} s.`] : [];
}

function recordProblems(situation: Situation, record: LeadershipRecord): string[] {
  const sides = leading(situation, record);
  const why = obstacle(situation, record);
  const late = lateSeconds(situation, record);
  const isMoving = record.state !== 'SERVING' && record.state !== 'PROTECTED';
  return [
    ...(isMoving ? [`The record is in ${record.state}, not SERVING or PROTECTED.`] : []),
    // What cannot be seen, or is silent, is told by its source.
    ...(why?.kind === 'against' && record.state !== 'REBUILDING' ? [why.sentence] : []),
    ...(late === undefined ? [] : [`${record.holder} has not renewed its lease for ${late} s.`]),
    ...(record.outageSeconds > 0
      ? [`The database of ${record.holder} has not answered for ${record.outageSeconds} s.`]
      : []),
    ...(sides ? holderProblems(sides.holder, situation.atMs) : []),
    ...(sides ? instanceProblems(sides.holder, 'primary', record) : []),
    ...(sides && isProtected(record) ? instanceProblems(sides.other, 'replica', record) : []),
  ];
}

function holderProblems(side: Side, atMs: number): string[] {
  const turn = recentTurn(side, atMs);
  const database = turn?.database;
  if (!turn || !database) return [];
  const ago = database.enforcedAgoSeconds;
  return [
    ...(leaseLeftSeconds(turn, atMs) > 0
      ? []
      : [`The lease in ${side.region} is closed: its database refuses writes.`]),
    ...(ago === null || ago > ENFORCED_AGO_MAX_SECONDS
      ? [
          `The enforcing job in ${side.region} last ran ${ago === null ? 'never' : `${Math.round(ago)} s ago`}: the agent stops to renew.`,
        ]
      : []),
  ];
}

function instanceProblems(
  { instance, region }: Side,
  wanted: 'primary' | 'replica',
  record: LeadershipRecord,
): string[] {
  if (!instance?.known || record.state === 'CLAIMED' || record.state === 'PROMOTING') return [];
  if (!instance.value) return [`RDS has no database instance in ${region}.`];
  const { status, source } = instance.value;
  const is = source === null ? 'primary' : 'replica';
  return [
    ...(status === 'available' ? [] : [`The database in ${region} is ${status}.`]),
    ...(is === wanted ? [] : [`RDS calls the database in ${region} a ${is}; it should be a ${wanted}.`]),
  ];
}
