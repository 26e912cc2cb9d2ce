import { lsnBytes } from '../../runtime/lsn';
import type { Session } from '../../runtime/postgres/session';
import { locate } from '../chain/locate';
import { readSegments } from '../chain/read';
import { transactionsOf } from '../chain/transactions';
import { type Content, contentOf } from '../compare/content';
import { type DdlMessage, MESSAGES } from '../contract';
import { lsnText } from '../format/positions';
import type { Position } from '../format/segment';
import { describedChanges } from '../salvage/left';
import type { ObjectStore } from '../store';
import { type History, headOf, historyOf } from './lineage';
import { outlinesOf } from './outlines';
import { type RestoredStatus, statusOf } from './restored';
import { isWithin, type Target, targetText } from './target';
import { noteOf, type Standing, wanted } from './top-up';

/** Whether a restored copy is what the archive says, as far as one of the two can tell by itself. */

export interface Verified {
  /** What is wrong, one sentence each. */
  readonly problems: readonly string[];
  readonly content: Content;
  /** The last transaction that it has; null if the archive has added nothing. */
  readonly last: Position | null;
  /** Why it was not held against the archive, in one sentence; null if it was. */
  readonly unheld: string | null;
}

export interface VerifyOptions {
  /** So many bytes of tables are read, the small ones first. */
  readonly bytesMax: number;
  /** For the target `latest`: where the last transaction of the archive ended when the copy was topped up. */
  readonly head?: string | undefined;
}

export async function verifyRestored(
  session: Session,
  archive: ObjectStore,
  target: Target,
  { bytesMax, head }: VerifyOptions,
): Promise<Verified> {
  const status = await statusOf(session);
  const history = historyOf(await outlinesOf(archive, status));
  const standing = await noteOf(session, history);
  const content = await contentOf(session, { bytesMax });
  const problems = [
    ...(status.closed ? [] : ['It is open: applications may write to it.']),
    ...jobsOf(status),
    ...(standing ? behindHead(standing, head) : []),
    ...(standing ? await problemsOf(archive, standing, target, content) : []),
  ];
  const unheld = standing ? null : unheldBecause(history);
  return { problems, content, last: standing?.last ?? null, unheld };
}

/** A copy without a ledger: nothing of the archive was ever added to it. */
function unheldBecause(history: History): string {
  return headOf(history) === null
    ? 'The archive has no transaction of this database.'
    : 'Nobody has noted in the copy which transaction of the archive is its last: top it up first.';
}

/** What was written to the archive since then is no part of `latest`. */
function behindHead({ last }: Standing, head: string | undefined): readonly string[] {
  if (head === undefined || lsnBytes(last.endLsn) >= lsnBytes(head)) return [];
  return [`It ends at ${last.endLsn}, and the archive went up to ${head} when it was topped up.`];
}

const jobsOf = ({ activeJobs }: RestoredStatus): readonly string[] =>
  activeJobs === 0 ? [] : [`${activeJobs} of its jobs run.`];

async function problemsOf(
  archive: ObjectStore,
  standing: Standing,
  target: Target,
  { fingerprint }: Content,
): Promise<readonly string[]> {
  const problems: string[] = [];
  if (!isWithin(target, standing.last) && target.kind === 'lsn')
    problems.push(`It has ${standing.last.endLsn}, which is behind ${targetText(target)}.`);
  if (target.kind !== 'latest') {
    for await (const { endLsn, commitTimeUs } of wanted(archive, standing)) {
      const next = { endLsn: lsnText(endLsn), commitTimeUs: String(commitTimeUs) };
      if (isWithin(target, next)) problems.push(`It lacks the transaction that ends at ${next.endLsn}.`);
      break;
    }
  }
  const expected = await fingerprintAt(archive, standing);
  if (expected !== undefined && fingerprint !== null && expected !== fingerprint)
    problems.push(
      'Its catalogue is not the one that the archive tells: tables, columns, indexes or functions differ.',
    );
  return problems;
}

/** @returns the fingerprint of the catalogue after the last transaction; undefined if the archive does not tell */
async function fingerprintAt(
  archive: ObjectStore,
  { history, stretch, last }: Standing,
): Promise<string | undefined> {
  const chain = history.stretches[stretch]?.chain;
  if (!chain) return undefined;
  const end = lsnBytes(last.endLsn);
  const from = await locate(archive, chain, ({ endLsn }) => lsnBytes(endLsn) >= end);
  const segments = readSegments(archive, chain, { from });
  let told = '';
  for await (const { header } of readSegments(archive, chain, { from, to: from })) told = header.fingerprint;
  for await (const transaction of transactionsOf(segments)) {
    if (transaction.endLsn > end) break;
    for await (const { change } of describedChanges(transaction.definitions(), transaction.blocks())) {
      if (change.kind !== 'message' || change.prefix !== MESSAGES.ddl) continue;
      const message: DdlMessage = JSON.parse(Buffer.from(change.content).toString());
      told = message.fingerprint;
    }
    if (transaction.endLsn === end) break;
  }
  return told === '' ? undefined : told;
}
