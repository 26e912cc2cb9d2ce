import { HoldfastError } from '../../runtime/errors';
import type { Session } from '../../runtime/postgres/session';
import { lsnText } from '../format/positions';
import { type Horizon, horizonOf, isForgotten } from './horizon';

/**
 * Says of archived transactions whether a database has them: one is present exactly if the database says of its id that
 * it committed at the archived microsecond. The id alone says nothing, because a promoted or restored database gives the
 * same ids out again.
 *
 * A physical copy of a database has a beginning of its history and nothing else: the answers form a prefix in the order
 * of commits. If they do not, the copy belongs to another history, and nothing is concluded from it.
 */

/** What the question is asked of. */
export interface Committed {
  readonly xid: number;
  readonly endLsn: bigint;
  /** Microseconds since 1970. */
  readonly commitTimeUs: bigint;
}

export type Presence = 'present' | 'absent' | 'unknown';

export interface Answer<T extends Committed> {
  readonly transaction: T;
  readonly presence: Presence;
}

export interface Answers<T extends Committed> {
  /** In the order of the question. */
  readonly answers: readonly Answer<T>[];
  readonly lastPresent: T | undefined;
  /** Why all answers are `unknown`, in one sentence; undefined if the database was able to tell. */
  readonly blind: string | undefined;
}

/** A transaction is present though one that committed before it is not. */
export class NoPrefix extends HoldfastError {
  constructor(
    readonly absent: Committed,
    readonly present: Committed,
  ) {
    super(
      `The database has ${named(present)} and lacks ${named(absent)}, which committed before it: it does not continue the ` +
        'history that the archive tells.',
    );
  }
}

const named = ({ xid, endLsn }: Committed): string => `transaction ${xid} that ends at ${lsnText(endLsn)}`;

/** So many are asked about at once. */
const BATCH = 10_000;

/**
 * @param transactions in the order of their commits, of one chain or of several that follow one another
 * @throws {NoPrefix} and what the session throws
 */
export async function isHere<T extends Committed>(
  session: Session,
  transactions: Iterable<T> | AsyncIterable<T>,
): Promise<Answers<T>> {
  const blind = await whyBlind(session);
  const prefix = new Prefix<T>();
  for await (const batch of batches(transactions)) {
    const presences = blind === undefined ? await ask(session, batch) : batch.map((): Presence => 'unknown');
    for (const [index, transaction] of batch.entries()) {
      prefix.add({ transaction, presence: presences[index] ?? 'unknown' });
    }
  }
  return { answers: prefix.answers, lastPresent: prefix.lastPresent, blind };
}

class Prefix<T extends Committed> {
  readonly answers: Answer<T>[] = [];
  lastPresent: T | undefined;
  #firstAbsent: T | undefined;

  /** @throws {NoPrefix} */
  add(answer: Answer<T>): void {
    const { transaction, presence } = answer;
    this.answers.push(answer);
    if (presence === 'absent') this.#firstAbsent ??= transaction;
    if (presence !== 'present') return;
    if (this.#firstAbsent) throw new NoPrefix(this.#firstAbsent, transaction);
    this.lastPresent = transaction;
  }
}

async function* batches<T>(items: Iterable<T> | AsyncIterable<T>): AsyncGenerator<readonly T[], void> {
  let batch: T[] = [];
  for await (const item of items) {
    batch.push(item);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** The row that the set-up wrote: if not even its own time is known, no answer of this database means anything. */
const SENTINEL = `
  SELECT s.xid::text AS xid,
         coalesce(pg_xact_commit_timestamp(s.xid::xid) = coalesce(s.committed_at, pg_xact_commit_timestamp(s.xid::xid)),
                  false) AS known
    FROM holdfast.sentinel s ORDER BY s.xid DESC LIMIT 1`;

async function whyBlind(session: Session): Promise<string | undefined> {
  const [setting] = await session.query(
    "SELECT current_setting('track_commit_timestamp') AS tracked, to_regclass('holdfast.sentinel')::text AS sentinel",
  );
  if (setting?.tracked !== 'on') return 'The database does not track when transactions commit.';
  if (setting.sentinel === null) return 'The database has no sentinel: it was not set up for the archive.';
  const [sentinel] = await session.query(SENTINEL);
  if (!sentinel) return 'The sentinel of the database was never written.';
  if (sentinel.known === true) return undefined;
  return (
    `The database does not remember when its sentinel, transaction ${sentinel.xid}, committed: it was started without ` +
    'track_commit_timestamp, or that is too long ago.'
  );
}

/** `extract` of an epoch is exact to the microsecond. */
const TIMES = `
  SELECT (extract(epoch FROM pg_xact_commit_timestamp(asked.xid)) * 1000000)::bigint::text AS time_us
    FROM unnest($1::xid[]) WITH ORDINALITY AS asked (xid, place) ORDER BY asked.place`;

async function ask(session: Session, batch: readonly Committed[]): Promise<readonly Presence[]> {
  const rows = await session.query(TIMES, [`{${batch.map(({ xid }) => xid).join(',')}}`]);
  // Read after the times: what is forgotten in between is called unknown and not absent.
  const horizon = await horizonOf(session);
  return batch.map((transaction, index) => presenceOf(transaction, rows[index]?.time_us, horizon));
}

function presenceOf(
  { xid, commitTimeUs }: Committed,
  timeUs: unknown,
  horizon: Horizon | undefined,
): Presence {
  if (typeof timeUs === 'string' && BigInt(timeUs) === commitTimeUs) return 'present';
  return horizon === undefined || isForgotten(xid, horizon) ? 'unknown' : 'absent';
}
