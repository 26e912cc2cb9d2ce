import type { Clock } from '../runtime/clock';
import { HoldfastError, sentenceOf } from '../runtime/errors';
import { fromItem, type Item, nonceOf, toItem } from './item';
import type { LeadershipTable } from './ports';
import { LeadershipUnreachable, type RegionFailure } from './read';
import type { LeadershipRecord } from './record';
import { checkTransition, IllegalTransition } from './transitions';
import { readBack, type Sent, send } from './write';

/** What became of a conditional write. */
export type Replacement =
  | { readonly written: true; readonly record: LeadershipRecord }
  /** Somebody else's write won: `record` is what is there now. Nothing of ours is or will be there. */
  | { readonly written: false; readonly record: LeadershipRecord };

/**
 * An attempt was not answered, and the table cannot tell what became of it: it may have come into force, or may do so
 * later. Nothing may follow from the write; whoever made it reads the record again and decides anew. A new write is safe
 * even while this one is still under way, because at most one of the two finds the version that both expect.
 */
export class OutcomeUnknown extends HoldfastError {
  constructor(
    readonly version: number,
    readonly undecided: readonly RegionFailure[],
    options?: ErrorOptions,
  ) {
    const details = undecided.map(({ region, error }) => `${region}: ${sentenceOf(error)}`).join(' ');
    super(
      `Whether version ${version} of the leadership record was written is not known. ${details}`,
      options,
    );
  }
}

/**
 * Writes `next` if the table still holds the version of `current`. After a refusal or an attempt that was not answered
 * the table is read back:
 * - the nonce is ours: written, and only the reply was lost
 * - a higher version by somebody else: not written. Ours cannot come into force any more, because versions only grow.
 *   (Whether it did for a moment, and somebody has written on top of it, cannot be told; nobody needs to: what counts is
 *   the record that is there.)
 * - still the old version, and no attempt is undecided: not written
 * - still the old version, and an attempt is undecided: it may still come into force, so this is not known
 * @param nonce of this one write, never used before
 * @throws {IllegalTransition} before anything is sent
 * @throws {OutcomeUnknown} if the write may still come into force, or cannot be read back
 * @throws {RecordVanished}
 * @throws {MalformedRecord}
 */
export async function replaceRecord(
  tables: readonly LeadershipTable[],
  current: LeadershipRecord,
  next: LeadershipRecord,
  nonce: string,
  clock: Clock,
): Promise<Replacement> {
  const objection = checkTransition(current, next);
  if (objection !== undefined) throw new IllegalTransition(current, next, objection);
  const item = toItem(next, nonce);
  const sent = await send(tables, clock, (table, signal) => table.replace(item, current.version, signal));
  if (sent.outcome === 'written') return { written: true, record: next };
  const found = await looked(tables, next, sent, clock);
  if (nonceOf(found) === nonce) return { written: true, record: next };
  const record = fromItem(found);
  if (record.version <= current.version && sent.undecided.length > 0) {
    throw new OutcomeUnknown(next.version, sent.undecided);
  }
  return { written: false, record };
}

async function looked(
  tables: readonly LeadershipTable[],
  next: LeadershipRecord,
  { undecided }: Sent,
  clock: Clock,
): Promise<Item> {
  try {
    return await readBack(tables, clock);
  } catch (error) {
    if (!(error instanceof LeadershipUnreachable)) throw error;
    throw new OutcomeUnknown(next.version, undecided, { cause: error });
  }
}
