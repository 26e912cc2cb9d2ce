import type { Relation } from '../archive/pgoutput/message';
import { VALUES } from '../archive/replay/settings';
import { bool, text } from '../archive/restore/rows';
import { objections } from '../archive/salvage/choose';
import { type LeftBehind, leftBehind, leftName, NothingLeft } from '../archive/salvage/left';
import { boundaryOf, type Listed, salvageList, toldOf } from '../archive/salvage/list';
import { oldSideTransactions } from '../archive/salvage/old-side';
import type { SalvagedTransaction, SalvageSummary } from '../archive/salvage/salvaged';
import {
  SCRIPT_BEGIN,
  scriptEnd,
  scriptHead,
  transactionScript,
  triggersOff,
} from '../archive/salvage/script';
import { type LiveTable, tableName } from '../archive/salvage/tables';
import type { ObjectStore } from '../archive/store';
import { bytesBetween } from '../runtime/lsn';
import { literal } from '../runtime/postgres/quoting';
import type { Session } from '../runtime/postgres/session';
import type { SalvageReply, SalvageRequest, SalvageSqlReply, SalvageSqlRequest } from './request';

/** What is asked on the platform's own database, which only reads. */

/** Lambda gives an answer of at most 6 MB. */
const REPLY_BYTES = 4_000_000;

export interface SalvageWorld {
  readonly session: Session;
  readonly archive: ObjectStore;
  /** What `readOldSide` gave; undefined if the old side was not read. */
  readonly oldSide: Uint8Array | undefined;
}

/**
 * Lists what is lost, as much as fits into an answer. Each answer looks at everything anew, because a transaction is held
 * against those before it.
 */
export async function salvage(world: SalvageWorld, request: SalvageRequest): Promise<SalvageReply> {
  const left = await leftIn(world, request.epoch);
  const page = new Page(request.after);
  for await (const listed of listOf(world, left)) {
    if (!page.take(toldOf(listed))) break;
  }
  const { transactions, next } = page;
  return {
    operation: 'salvage',
    outcome: next === null ? 'done' : 'more',
    sentence: `${transactions.length} lost transaction${transactions.length === 1 ? '' : 's'} of epoch ${left.left.chain.epoch}${next === null ? '.' : ', and more.'}`,
    summary: summaryOf(left, world.oldSide),
    transactions,
    next,
  };
}

/** Writes the SQL that applies the chosen ones, or says why they cannot be applied. */
export async function salvageSql(world: SalvageWorld, request: SalvageSqlRequest): Promise<SalvageSqlReply> {
  const left = await leftIn(world, request.epoch);
  const chosen = new Set(request.transactions);
  const listed: Listed[] = [];
  for await (const one of listOf(world, left)) listed.push(one);
  const against = objections(listed, chosen);
  if (against.length > 0)
    return { operation: 'salvage-sql', outcome: 'refused', sentence: against.join(' '), sql: '', next: null };
  const from = request.after === null ? 0 : Number(request.after);
  const wanted = listed.filter(({ transaction }) => chosen.has(transaction.endLsn));
  const { sql, next } = await slice(wholeScript(left, wanted), from);
  const sentence = `SQL for ${wanted.length} transaction${wanted.length === 1 ? '' : 's'}.`;
  return { operation: 'salvage-sql', outcome: next === null ? 'done' : 'more', sentence, sql, next };
}

const listOf = ({ session, archive, oldSide = new Uint8Array() }: SalvageWorld, left: LeftBehind) =>
  salvageList({ session, archive, left, oldSide: oldSideTransactions(oldSide, left.left.head) });

/** @throws {NothingLeft} */
async function leftIn({ session, archive }: SalvageWorld, epoch: number | null): Promise<LeftBehind> {
  await session.query(AS_WRITTEN);
  const [row] = await session.query(IDENTITY);
  if (bool(row, 'replica')) {
    throw new NothingLeft('The database is a replica: ask in the region that leads.');
  }
  const database = { system: text(row, 'system'), database: text(row, 'database') };
  return leftBehind(archive, database, epoch ?? undefined);
}

/** Values are read as the archive has them. */
const AS_WRITTEN = `SELECT ${Object.entries(VALUES)
  .map(([name, value]) => `set_config(${literal(name)}, ${literal(value)}, false)`)
  .join(', ')}`;

const IDENTITY = `
SELECT (SELECT system_identifier::text FROM pg_control_system()) AS system, current_database()::text AS database,
       pg_is_in_recovery() AS replica`;

function summaryOf({ left, next, shared }: LeftBehind, oldSide: Uint8Array | undefined): SalvageSummary {
  const from = left.head ?? shared;
  return {
    left: leftName(left),
    follows: leftName(next),
    shared,
    head: left.head,
    // Whoever opened the new epoch had watched the old one end before.
    beyond:
      oldSide === undefined && from !== null
        ? { fromUs: from.commitTimeUs, untilUs: next.first?.commitTimeUs ?? null }
        : null,
    completed: oldSide !== undefined,
  };
}

/** Transactions of one answer. */
class Page {
  readonly transactions: SalvagedTransaction[] = [];
  next: string | null = null;
  private bytes = 0;

  constructor(private readonly after: string | null) {}

  /** @returns whether there is room for more */
  take(transaction: SalvagedTransaction): boolean {
    if (this.after !== null && bytesBetween(this.after, transaction.endLsn) <= 0n) return true;
    this.bytes += JSON.stringify(transaction).length;
    const last = this.transactions.at(-1);
    if (last && this.bytes > REPLY_BYTES) {
      this.next = last.endLsn;
      return false;
    }
    this.transactions.push(transaction);
    return true;
  }
}

async function* wholeScript(left: LeftBehind, chosen: readonly Listed[]): AsyncGenerator<string> {
  const { chain } = left.left;
  const tables = new Map(chosen.flatMap(({ checked }) => checked.live).map((table) => [table.name, table]));
  yield scriptHead(chain, chosen.length);
  yield SCRIPT_BEGIN;
  yield triggersOff([...tables.values()]);
  const tableOf = (relation: Relation): LiveTable => {
    const table = tables.get(tableName(relation));
    if (!table) throw new NothingLeft(`The table ${tableName(relation)} is not there.`);
    return table;
  };
  for (const { transaction } of chosen)
    yield* transactionScript(transaction, chain, boundaryOf(left, true), tableOf);
  yield scriptEnd([...tables.values()]);
}

/** @returns the piece of a text that begins after so many characters and fits into an answer */
async function slice(
  pieces: AsyncIterable<string>,
  from: number,
): Promise<{ readonly sql: string; readonly next: string | null }> {
  let passed = 0;
  let sql = '';
  for await (const piece of pieces) {
    if (passed >= from) {
      if (sql !== '' && sql.length + piece.length > REPLY_BYTES) return { sql, next: String(passed) };
      sql += piece;
    }
    passed += piece.length;
  }
  return { sql, next: null };
}
