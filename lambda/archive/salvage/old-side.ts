import { HoldfastError } from '../../runtime/errors';
import { bytesBetween } from '../../runtime/lsn';
import type { Session } from '../../runtime/postgres/session';
import { transaction } from '../../runtime/postgres/transaction';
import { PUBLICATION, SLOT } from '../contract';
import { FrameBuffer, KIND, messagesIn } from '../format/frames';
import { lsnText } from '../format/positions';
import type { Position } from '../format/segment';
import { decode } from '../pgoutput/decode';
import type { Begin } from '../pgoutput/message';
import { describedChanges } from './left';
import type { LostTransaction } from './lost';

/**
 * What an old primary has that its archive never got: its slot still holds it. It is only looked at, so that it can be
 * read again.
 */

/** The old side holds more than fits into a request. */
export class TooMuch extends HoldfastError {
  constructor(readonly bytes: number) {
    super(
      `The old side has more than ${Math.round(bytes / 1_000_000)} MB behind the end of the archive, which is too much to be read in one piece.`,
    );
  }
}

/** The old side has no slot, so that it cannot tell. */
export class NoSlot extends HoldfastError {
  constructor() {
    super(`The old side has no slot ${SLOT} any more, so that it cannot tell what the archive lacks.`);
  }
}

const FETCH = 1_000;
const PEEK = `
DECLARE behind NO SCROLL CURSOR FOR
SELECT data FROM pg_logical_slot_peek_binary_changes('${SLOT}', NULL, NULL, 'proto_version', '1',
  'publication_names', '${PUBLICATION}', 'messages', 'true')`;

/**
 * @returns frames of whole transactions, and how many they are
 * @throws {NoSlot}
 * @throws {TooMuch} than `bytesMax`
 */
export async function readOldSide(
  session: Session,
  bytesMax: number,
): Promise<{ readonly frames: Uint8Array; readonly transactions: number }> {
  const [slot] = await session.query('SELECT 1 FROM pg_replication_slots WHERE slot_name = $1', [SLOT]);
  if (!slot) throw new NoSlot();
  const buffer = new FrameBuffer();
  let transactions = 0;
  await transaction(session, [], async () => {
    await session.query(PEEK);
    for (;;) {
      const rows = await session.query(`FETCH ${FETCH} FROM behind`);
      for (const { data } of rows) {
        if (!(data instanceof Uint8Array)) throw new TypeError('The slot gave something else than bytes.');
        if (data[0] === KIND.commit) transactions += 1;
        buffer.append(data);
      }
      if (buffer.length > bytesMax) throw new TooMuch(bytesMax);
      if (rows.length === 0) return;
    }
  });
  return { frames: buffer.view(), transactions };
}

/**
 * @param frames what `readOldSide` gave
 * @param head the last transaction that the archive has: what ends there or before is left out
 */
export function oldSideTransactions(frames: Uint8Array, head: Position | null): readonly LostTransaction[] {
  const found: LostTransaction[] = [];
  const definitions: Uint8Array[] = [];
  let begin: Begin | undefined;
  let before: readonly Uint8Array[] = [];
  let body = new FrameBuffer();
  for (const bytes of messagesIn(frames)) {
    const message = decode(bytes);
    if (message.kind === 'begin') {
      begin = message;
      before = [...definitions];
      body = new FrameBuffer();
    } else if (message.kind === 'commit') {
      const endLsn = lsnText(message.endLsn);
      const isNew = head === null || bytesBetween(head.endLsn, endLsn) > 0n;
      if (isNew && begin) found.push(lostTransaction(begin, endLsn, before, body.view()));
      body = new FrameBuffer();
    } else if (message.kind === 'relation' || message.kind === 'type') {
      // A session describes a relation once, so that a later transaction needs what an earlier one brought.
      definitions.push(bytes);
      body.append(bytes);
    } else body.append(bytes);
  }
  return found;
}

function lostTransaction(
  { xid, commitTimeUs }: Begin,
  endLsn: string,
  definitions: readonly Uint8Array[],
  body: Uint8Array,
): LostTransaction {
  async function* blocks(): AsyncGenerator<Uint8Array, void> {
    yield body;
  }
  return {
    xid,
    endLsn,
    commitTimeUs: String(commitTimeUs),
    from: 'old side',
    changes: () => describedChanges(definitions, blocks()),
  };
}
