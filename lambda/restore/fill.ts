import { parseTarget } from '../archive/restore/target';
import { timeText } from '../archive/restore/time';
import { topUp } from '../archive/restore/top-up';
import { verifyRestored } from '../archive/restore/verify';
import type { ObjectStore } from '../archive/store';
import type { Session } from '../runtime/postgres/session';
import type { TopUpReply, VerifyReply } from './request';

/** Tables of so many bytes are read within the time of one invocation; larger ones are left out and named. */
const BYTES_MAX = 64 * 1024 ** 3;

/** Adds what the archive has, for as long as there is time. */
export async function topUpReply(
  session: Session,
  archive: ObjectStore,
  target: string,
  hasTime: () => boolean,
): Promise<TopUpReply> {
  const { ended, transactions, changes, last, head } = await topUp(
    session,
    archive,
    parseTarget(target),
    hasTime,
  );
  const added = `${transactions} transactions with ${changes} changes were added`;
  const reached = last
    ? `${added}, up to ${timeText(last.commitTimeUs)} (${last.endLsn})`
    : 'There is no archive of this database';
  const rest =
    ended === 'paused' && head ? `; the archive has more, up to ${timeText(head.commitTimeUs)}` : '';
  return {
    operation: 'top-up',
    outcome: ended === 'paused' ? 'more' : 'done',
    sentence: `${reached}${rest}.`,
    applied: transactions,
    last,
    head,
  };
}

export async function verifyReply(
  session: Session,
  archive: ObjectStore,
  target: string,
  head: string | undefined,
): Promise<VerifyReply> {
  const options = { bytesMax: BYTES_MAX, head };
  const verified = await verifyRestored(session, archive, parseTarget(target), options);
  const { problems, content, last, unheld } = verified;
  const rows = content.tables.reduce((sum, table) => sum + BigInt(table.rows), 0n);
  const left =
    content.leftOut.length > 0 ? `; not read, because they are large: ${content.leftOut.join(', ')}` : '';
  const found = problems.length === 0 ? 'Nothing is wrong with it' : problems.join(' ').replace(/\.$/, '');
  const held = unheld === null ? '' : ` It was not held against an archive: ${unheld}`;
  return {
    operation: 'verify',
    outcome: 'done',
    sentence: `${found}: ${content.tables.length} tables with ${rows} rows${left}.${held}`,
    problems,
    tables: content.tables,
    leftOut: content.leftOut,
    last,
    unheld,
  };
}
