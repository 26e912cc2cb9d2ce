import type { Era } from './lineage';
import type { Target } from './target';
import { timeText } from './time';

/** From what physical copy a database is restored, before the archive adds the rest: what there is, and which is best. */

export type Base = PointInTime | Snapshot;

/** Automated backups of an instance: RDS restores any second of their window. */
export interface PointInTime {
  readonly kind: 'point-in-time';
  /** Where they are, and where the instance is made. */
  readonly region: string;
  /** Where the instance ran that they are of. */
  readonly origin: string;
  /** The instance by its identifier, or the automated backups by their ARN. */
  readonly source: { readonly identifier: string } | { readonly backupArn: string };
  readonly earliestMs: number;
  readonly latestMs: number;
}

export interface Snapshot {
  readonly kind: 'snapshot';
  readonly region: string;
  readonly origin: string;
  readonly name: string;
  /** When it was taken; a copy is as old as what it is a copy of. */
  readonly takenMs: number;
}

/** What the archive can add. */
export interface Coverage {
  /** It has every transaction since then; null if it has none. */
  readonly sinceUs: bigint | null;
  /** Commit time of its last transaction. */
  readonly headUs: bigint | null;
  /** Why it reaches back no further; null if it is where the archive begins. */
  readonly broken: string | null;
}

export interface Wish {
  readonly target: Target;
  /** Commit time of the transaction at a position that was asked for; null if the archive does not have it. */
  readonly lsnTimeUs: bigint | null;
  /** Region in which the instance is to be; undefined: wherever it is best. */
  readonly region: string | undefined;
  /** Region that leads. */
  readonly leader: string;
}

export type Choice =
  | {
      readonly possible: true;
      readonly base: Base;
      /** Moment that RDS restores; undefined for a snapshot. */
      readonly restoreTimeMs: number | undefined;
      readonly topUp: boolean;
      /** Why this one, and what it does not reach, for a person. */
      readonly sentences: readonly string[];
    }
  | { readonly possible: false; readonly sentence: string };

/** A base with what would come of it. */
interface Candidate {
  readonly base: Base;
  readonly baseMs: number;
  /** Until when the database reaches in the end, in microseconds. */
  readonly reachUs: bigint;
  readonly topUp: boolean;
  /** Whether it is exactly what was asked for. */
  readonly exact: boolean;
}

/**
 * Chooses the base: the one that reaches the target; among these one in the region that leads; among these the youngest,
 * because it leaves least to be added.
 * @param holders region that led in an epoch
 */
export function chooseBase(
  wish: Wish,
  bases: readonly Base[],
  coverage: Coverage,
  eras: readonly Era[],
  holders: ReadonlyMap<number, string>,
): Choice {
  const { target, region } = wish;
  if (target.kind === 'lsn' && wish.lsnTimeUs === null)
    return no(`No transaction ends at ${target.lsn} in the archive, and only the archive knows positions.`);
  const there = region === undefined ? bases : bases.filter((base) => base.region === region);
  if (there.length === 0) return no(nothing(region, bases));
  const candidates = there
    .flatMap((base) => candidateOf(base, wish, coverage) ?? [])
    .filter(({ base, baseMs }) => isOfTheHistory(base.origin, baseMs, eras, holders));
  const [best] = candidates.sort((one, other) => compare(one, other, wish.leader));
  if (!best) return no(tooOld(wish, there, coverage));
  if (target.kind === 'lsn' && !best.topUp)
    return no(
      `The archive does not connect to any backup before ${target.lsn}. ${coverage.broken ?? ''}`.trim(),
    );
  return { possible: true, ...chosen(best), sentences: sentencesOf(best, wish, coverage) };
}

function nothing(region: string | undefined, elsewhere: readonly Base[]): string {
  const known = 'RDS has neither automated backups nor a snapshot of this database';
  const [other] = elsewhere;
  if (region !== undefined && other)
    return `There is no backup in ${region}: ${known} there. There is one in ${other.region}: name that region, or none.`;
  const where = region === undefined ? 'in either region' : 'there or in the other region';
  return (
    `There is no backup: ${known} ${where}. If it was deployed just now, its first is taken within half an hour; if its ` +
    'backups are gone, docs/runbooks/ransomware.md tells what is left.'
  );
}

const no = (sentence: string): Choice => ({ possible: false, sentence });

const chosen = ({ base, baseMs, topUp }: Candidate) => ({
  base,
  restoreTimeMs: base.kind === 'snapshot' ? undefined : baseMs,
  topUp,
});

/** @returns undefined if the base is younger than the target */
function candidateOf(base: Base, wish: Wish, coverage: Coverage): Candidate | undefined {
  const goalUs = goalOf(wish);
  const baseMs = base.kind === 'snapshot' ? base.takenMs : momentOf(base, wish);
  if (baseMs === undefined || (goalUs !== null && BigInt(baseMs) * 1000n > goalUs)) return undefined;
  const baseUs = BigInt(baseMs) * 1000n;
  const { sinceUs, headUs } = coverage;
  const topUp = sinceUs !== null && sinceUs <= baseUs;
  const archiveUs = topUp && headUs !== null ? headUs : baseUs;
  const furthestUs = archiveUs > baseUs ? archiveUs : baseUs;
  const reachUs = goalUs !== null && goalUs < furthestUs ? goalUs : furthestUs;
  return { base, baseMs, reachUs, topUp, exact: goalUs !== null && reachUs === goalUs };
}

/** Commit time of the last transaction that is wanted; null for as late as possible. */
function goalOf({ target, lsnTimeUs }: Wish): bigint | null {
  if (target.kind === 'time') return target.timeUs;
  return target.kind === 'lsn' ? lsnTimeUs : null;
}

/** RDS restores whole seconds, and what committed in the last one may be in or not: before a position stay clear of it. */
function momentOf({ earliestMs, latestMs }: PointInTime, wish: Wish): number | undefined {
  const goalUs = goalOf(wish);
  const wanted =
    goalUs === null ? latestMs : Number(goalUs / 1_000_000n) * 1000 - (wish.target.kind === 'lsn' ? 1000 : 0);
  const moment = Math.floor(Math.min(wanted, latestMs) / 1000) * 1000;
  return moment < earliestMs ? undefined : moment;
}

/** What an old primary wrote after the other side took over was never part of the history, and neither is a copy of it. */
function isOfTheHistory(
  origin: string,
  baseMs: number,
  eras: readonly Era[],
  holders: ReadonlyMap<number, string>,
): boolean {
  const baseUs = BigInt(baseMs) * 1000n;
  const foreign = eras.some(
    ({ epoch, fromUs, untilUs }) =>
      fromUs !== null &&
      baseUs > fromUs &&
      (untilUs === null || baseUs <= untilUs) &&
      (holders.get(epoch) ?? origin) !== origin,
  );
  return !foreign;
}

function compare(one: Candidate, other: Candidate, leader: string): number {
  if (one.reachUs !== other.reachUs) return one.reachUs > other.reachUs ? -1 : 1;
  const near = ({ base }: Candidate): number => (base.region === leader ? 0 : 1);
  return near(one) - near(other) || other.baseMs - one.baseMs;
}

function tooOld({ target }: Wish, bases: readonly Base[], coverage: Coverage): string {
  const oldest = Math.min(
    ...bases.map((base) => (base.kind === 'snapshot' ? base.takenMs : base.earliestMs)),
  );
  const wanted = target.kind === 'time' ? timeText(target.timeUs) : 'the target';
  const begins = `the oldest backup is of ${at(oldest)}`;
  return `No backup was taken before ${wanted} that belongs to the history of the platform; ${begins}. ${coverage.broken ?? ''}`.trim();
}

const at = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

function sentencesOf(
  { base, baseMs, topUp, reachUs, exact }: Candidate,
  wish: Wish,
  coverage: Coverage,
): string[] {
  const from =
    base.kind === 'snapshot'
      ? `Base: the snapshot ${base.name} in ${base.region}, taken ${at(baseMs)}.`
      : `Base: the automated backups of ${base.origin} in ${base.region}, restored to ${at(baseMs)}.`;
  const added = topUp
    ? `The archive adds what committed since, up to ${timeText(reachUs)}.`
    : `The archive adds nothing: ${coverage.sinceUs === null ? 'it has no transactions.' : `it begins after the base. ${coverage.broken ?? ''}`.trim()}`;
  const goalUs = goalOf(wish);
  const missed =
    goalUs !== null && !exact
      ? [
          `What committed between ${timeText(reachUs)} and ${timeText(goalUs)} is in no backup, if there is anything.`,
        ]
      : [];
  const apart =
    base.region === wish.leader ? [] : [`${wish.leader} leads, so the new instance is in the other region.`];
  return [from, added, ...missed, ...apart];
}
