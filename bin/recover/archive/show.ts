import { databasesOf } from '../../../lambda/archive/chain/chains';
import { parseSegmentKey } from '../../../lambda/archive/chain/keys';
import { readSegments, requireSegment } from '../../../lambda/archive/chain/read';
import { type ArchivedTransaction, transactionsOf } from '../../../lambda/archive/chain/transactions';
import { type ChainId, type DdlMessage, MESSAGES, segmentKey } from '../../../lambda/archive/contract';
import type { Segment } from '../../../lambda/archive/format/segment';
import type { Change, Relation } from '../../../lambda/archive/pgoutput/message';
import { historyOf } from '../../../lambda/archive/restore/lineage';
import { outlinesOf } from '../../../lambda/archive/restore/outlines';
import { timeText } from '../../../lambda/archive/restore/time';
import { describedChanges, lostOf } from '../../../lambda/archive/salvage/left';
import { rowChangeOf, type Values } from '../../../lambda/archive/salvage/rows';
import { tableName } from '../../../lambda/archive/salvage/tables';
import type { ObjectStore } from '../../../lambda/archive/store';

/**
 * Looks inside the archive. Values of columns belong to the application: they are shown only to who asks for them; without
 * that, of each row the table and the names of its columns.
 */

/** Changes of one transaction that are shown. */
const CHANGES_SHOWN = 200;
/** Transactions with one number that are looked for: numbers are given again after a promotion. */
const FOUND_MAX = 10;

export interface ShownTransaction {
  readonly xid: number;
  readonly segment: string;
  readonly position: string;
  readonly committed: string;
  readonly changes: number;
  readonly digest: string;
  /** One line each. */
  readonly lines: readonly string[];
}

export interface ShownSegment {
  readonly key: string;
  readonly header: Segment['header'];
  readonly chainHash: string;
  readonly index: Segment['index'];
}

/** @returns undefined if there is no such segment @throws {DamagedArchive} */
export async function showSegment(archive: ObjectStore, key: string): Promise<ShownSegment | undefined> {
  const id = parseSegmentKey(key);
  if (!id) return undefined;
  const { header, chainHash, index } = await requireSegment(archive, id.chain, id.sequence);
  return { key, header, chainHash, index };
}

/**
 * Looks for transactions of a number, from the youngest chain backwards.
 * @param values whether the values of columns are shown
 * @throws {DamagedArchive}
 */
export async function showTransaction(
  archive: ObjectStore,
  xid: number,
  values: boolean,
): Promise<readonly ShownTransaction[]> {
  const found: ShownTransaction[] = [];
  for (const chain of await chainsBackwards(archive)) {
    for await (const transaction of transactionsOf(readSegments(archive, chain))) {
      if (transaction.xid === xid) found.push(await shown(transaction, values));
      if (found.length === FOUND_MAX) return found;
    }
  }
  return found;
}

async function chainsBackwards(archive: ObjectStore): Promise<readonly ChainId[]> {
  const chains: ChainId[] = [];
  for (const database of await databasesOf(archive)) {
    const outlines = await outlinesOf(archive, database);
    const history = historyOf(outlines).stretches.map(({ chain }) => chain);
    const rest = outlines.map(({ chain }) => chain).filter((chain) => !history.includes(chain));
    chains.push(...[...rest, ...history].reverse());
  }
  return chains;
}

async function shown(transaction: ArchivedTransaction, values: boolean): Promise<ShownTransaction> {
  const { endLsn, commitTimeUs } = lostOf(transaction);
  const lines: string[] = [];
  for await (const { change, relations } of describedChanges(
    transaction.definitions(),
    transaction.blocks(),
  )) {
    if (lines.length < CHANGES_SHOWN) lines.push(lineOf(change, relations, values));
  }
  const more = transaction.changes - lines.length;
  if (more > 0) lines.push(`... and ${more} more`);
  return {
    xid: transaction.xid,
    segment: segmentKey(transaction.chain, transaction.segments.first),
    position: endLsn,
    committed: timeText(commitTimeUs),
    changes: transaction.changes,
    digest: transaction.digest,
    lines,
  };
}

function lineOf(change: Change, relations: ReadonlyMap<number, Relation>, values: boolean): string {
  if (change.kind === 'message') return messageLine(change.prefix, change.content, values);
  const row = rowChangeOf(change, relations);
  if (row?.kind === 'truncate') return `truncate ${row.relations.map(tableName).join(', ')}`;
  if (!row) return change.kind;
  const of = (name: string, columns: Values | null): string =>
    columns === null ? '' : ` ${name} ${values ? JSON.stringify(columns) : Object.keys(columns).join(', ')}`;
  return `${row.operation} ${tableName(row.relation)}${of('old', row.old)}${of('new', row.new)}`;
}

/** A command may hold values too: without being asked only what it touches is said. */
function messageLine(prefix: string, content: Uint8Array, values: boolean): string {
  const text = Buffer.from(content).toString();
  if (prefix === MESSAGES.ddl) {
    const { tag, objects, statement, query } = JSON.parse(text) as DdlMessage;
    const touched = objects.map(({ identity }) => identity).join(', ');
    return `${tag} ${touched}${values ? `: ${statement ?? query}` : ''}`.trimEnd();
  }
  return `message ${prefix}${values ? ` ${text}` : ` (${content.length} bytes)`}`;
}

export function renderTransactions(found: readonly ShownTransaction[]): string {
  return found
    .map((one) =>
      [
        `transaction ${one.xid}, committed ${one.committed}, position ${one.position}`,
        `  segment   ${one.segment}`,
        `  digest    ${one.digest}`,
        `  changes   ${one.changes}`,
        ...one.lines.map((line) => `    ${line}`),
        '',
      ].join('\n'),
    )
    .join('\n');
}

export function renderSegment({ key, header, chainHash, index }: ShownSegment): string {
  const { sequence, timeline, codec, rawBytes, previous, first, last, continues, continued } = header;
  const position = (one: typeof first): string =>
    one ? `${timeText(one.commitTimeUs)} (${one.endLsn})` : 'none';
  return [
    key,
    `  sequence  ${sequence}, timeline ${timeline}, ${codec}, ${rawBytes} bytes of frames`,
    `  previous  ${previous ?? 'none: it is the genesis'}`,
    `  hash      ${chainHash}`,
    `  first     ${position(first)}`,
    `  last      ${position(last)}`,
    ...(continues ? [`  begins within transaction ${continues.xid}`] : []),
    ...(continued ? [`  ends within transaction ${continued.xid}`] : []),
    ...index.map(
      ({ xid, endLsn, commitTimeUs, changes }) =>
        `  ${timeText(commitTimeUs)}  ${endLsn}  xid ${xid}  ${changes} changes`,
    ),
    '',
  ].join('\n');
}
