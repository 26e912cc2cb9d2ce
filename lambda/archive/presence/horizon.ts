import type { Session } from '../../runtime/postgres/session';

/**
 * How far back the database remembers when transactions committed. It forgets when rows are frozen, and all at once when
 * it is started without `track_commit_timestamp`. What it has forgotten looks as if it had never been: so whatever lies
 * below the horizon is unknown, never absent.
 */
export interface Horizon {
  /** The next transaction's id, as 64 bits: nothing at or above it has happened here. */
  readonly next: bigint;
  /** Oldest transaction, as 64 bits, whose time of commit is remembered. */
  readonly oldest: bigint;
}

/** Ids of transactions are 32 bits of a number that grows for ever. */
const CYCLE = 2n ** 32n;
const HALF_CYCLE = CYCLE / 2n;

/**
 * Times are thrown away up to where all databases of the server are frozen. `pg_control_checkpoint()` lags behind that,
 * and `datfrozenxid` says nothing of a restart without times: the later one of the two holds.
 */
const HORIZON = `
  SELECT pg_snapshot_xmax(pg_current_snapshot())::text AS next,
         (SELECT oldest_commit_ts_xid::text FROM pg_control_checkpoint()) AS kept,
         (SELECT datfrozenxid::text FROM pg_database ORDER BY age(datfrozenxid) DESC LIMIT 1) AS frozen`;

/** @returns undefined if the database says that it remembers nothing */
export async function horizonOf(session: Session): Promise<Horizon | undefined> {
  const [row] = await session.query(HORIZON);
  const next = BigInt(String(row?.next));
  const kept = BigInt(String(row?.kept));
  if (kept === 0n) return undefined;
  const [one, other] = [unwrapped(kept, next), unwrapped(BigInt(String(row?.frozen)), next)];
  return { next, oldest: one > other ? one : other };
}

/** @returns the latest number before `next` with these 32 bits: ids are compared in half of their cycle */
function unwrapped(xid: bigint, next: bigint): bigint {
  return next - ((((next - xid) % CYCLE) + CYCLE) % CYCLE);
}

/** @returns whether the id was given out here, but so long ago that its time may have been forgotten */
export function isForgotten(xid: number, { next, oldest }: Horizon): boolean {
  const full = unwrapped(BigInt(xid), next);
  const isPast = full < next && next - full < HALF_CYCLE;
  return isPast && full < oldest;
}
