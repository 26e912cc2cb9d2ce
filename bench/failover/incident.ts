import { setTimeout as wait } from 'node:timers/promises';
import { ask, type Contender, differences } from './contender';
import { signalAll, until } from './daemon';
import { type Acknowledged, Ledger, Writers } from './writers';

/** The primary is killed under load, the other server takes its place, and the old one comes back to clients that know no other. */

const WRITERS = 4;
const WRITES_BEFORE = 200;
/** For so long the writers go on at the new server, and others try the old one once it answers. */
const AFTERWARDS_MS = 2_000;
const RETURNED_MS = 4_000;
const RETURN_MS = 60_000;
const LOOK_MS = 20;
/** So long before the kill its processes are looked for. */
const FIND_MS = 200;

/** Milliseconds are after the kill. */
export interface Outcome {
  readonly firstCommitMs: number;
  /** When the new side was seen to have the right to lead, and its server to be a primary. */
  readonly claimedMs: number;
  readonly promotedMs: number;
  /** Acknowledged writes that the surviving server does not have. */
  readonly lost: number;
  /** Writes that the old server acknowledged at or after the first one of the new server. */
  readonly doublyAccepted: number;
  readonly acknowledged: number;
}

/**
 * @param ageMs how long after a renewal the primary is killed
 * @param withinMs how long the other side may take
 */
export async function play(contender: Contender, ageMs: number, withinMs: number): Promise<Outcome> {
  const ledger = new Ledger();
  const writers = [new Writers(ledger, [contender.old, contender.next], WRITERS)];
  const { old, next } = contender;
  try {
    await alike(contender);
    await until('writes', () => ledger.acknowledged.length >= WRITES_BEFORE, 60_000, contender.said);
    const doomed = await atAge(contender, ageMs);
    const killedMs = performance.now();
    signalAll(doomed, 'SIGKILL');
    const moments = observed(contender, killedMs + withinMs);
    const committed = (): boolean => ledger.first(next, killedMs) !== undefined;
    await until('a write on the new primary', committed, withinMs, contender.said);
    const { claimedMs, promotedMs } = await moments;
    await wait(AFTERWARDS_MS);
    await contender.returns();
    writers.push(new Writers(ledger, [old], WRITERS));
    await answers(contender);
    await wait(RETURNED_MS);
    await Promise.all(writers.map((one) => one.stop()));
    const firstMs = ledger.first(next, killedMs)?.atMs ?? Number.NaN;
    return {
      firstCommitMs: firstMs - killedMs,
      claimedMs: claimedMs - killedMs,
      promotedMs: promotedMs - killedMs,
      ...accountOf(ledger.acknowledged, await survivors(contender), { old, next }),
      acknowledged: ledger.acknowledged.length,
    };
  } finally {
    await Promise.all(writers.map((one) => one.stop()));
  }
}

/**
 * What became of acknowledged writes.
 * @param survived their numbers on the new server
 * @param ports of the two servers
 */
export function accountOf(
  acknowledged: readonly Acknowledged[],
  survived: ReadonlySet<number>,
  ports: { readonly old: number; readonly next: number },
): Pick<Outcome, 'lost' | 'doublyAccepted'> {
  const firstMs = Math.min(...acknowledged.filter(({ port }) => port === ports.next).map(({ atMs }) => atMs));
  return {
    lost: acknowledged.filter(({ id }) => !survived.has(id)).length,
    doublyAccepted: acknowledged.filter(({ port, atMs }) => port === ports.old && atMs >= firstMs).length,
  };
}

/** @throws if a server is not as both sides are to have it */
async function alike(contender: Contender): Promise<void> {
  for (const port of [contender.old, contender.next]) {
    const found = await differences(contender, port);
    if (found.length > 0) throw new Error(`A server of ${contender.name} differs: ${found.join('; ')}.`);
  }
}

/** @returns whom to kill, when the time has come */
async function atAge(contender: Contender, ageMs: number): Promise<readonly number[]> {
  const before = await contender.renewals();
  await until('a renewal', async () => (await contender.renewals()) > before, 60_000, contender.said);
  const killMs = performance.now() + ageMs;
  await wait(Math.max(0, ageMs - FIND_MS));
  const doomed = await contender.processes();
  await wait(Math.max(0, killMs - performance.now()));
  return doomed;
}

/** Looks at both sides of a takeover all the time. */
async function observed(
  contender: Contender,
  endMs: number,
): Promise<Pick<Outcome, 'claimedMs' | 'promotedMs'>> {
  const seen = async (holds: () => Promise<boolean>): Promise<number> => {
    for (; performance.now() < endMs; await wait(LOOK_MS)) {
      if (await holds().catch(() => false)) return performance.now();
    }
    return Number.NaN;
  };
  const isPrimary = async (): Promise<boolean> => {
    const [row] = await ask(contender, contender.next, 'SELECT pg_is_in_recovery() AS replica');
    return row?.replica === false;
  };
  const [claimedMs, promotedMs] = await Promise.all([seen(contender.isClaimed), seen(isPrimary)]);
  return { claimedMs, promotedMs };
}

/** Waits for the old server. One that does not come back takes no writes either. */
async function answers({ name, superuser, old, said }: Contender): Promise<void> {
  const asked = (): Promise<unknown> => ask({ superuser }, old, 'SELECT');
  try {
    await until('the old server answers', async () => (await asked()) !== undefined, RETURN_MS, said);
  } catch (error) {
    process.stderr.write(`${name}: ${String(error)}\n`);
  }
}

async function survivors(contender: Contender): Promise<ReadonlySet<number>> {
  const rows = await ask(contender, contender.next, 'SELECT id FROM written');
  return new Set(rows.map(({ id }) => Number(id)));
}
