import { literal, quoted } from '../../runtime/postgres/quoting';
import type { ChainId } from '../contract';
import type { Relation } from '../pgoutput/message';
import { VALUES } from '../replay/settings';
import { timeText } from '../restore/time';
import { isOwn } from './check';
import { keyNames } from './expectations';
import { type Boundary, matches, touched } from './look-up';
import type { LostTransaction } from './lost';
import { pick, type RowChange, rowChangeOf, type Values } from './rows';
import { type LiveTable, tableName } from './tables';

/**
 * The SQL that applies lost transactions, for a person to read and to run: all of it or nothing, and once. A ledger is
 * written in the same transaction, so that a second run fails at its first line; every change is made only to a row that is
 * as the old side left it. Triggers of the tables are off meanwhile, because what they did then is in the archive as changes
 * of its own; foreign keys and the check of the fence stay on.
 */

/** Its rows tell which transactions were applied, and by which transaction of the promoted database. */
export const LEDGER = 'holdfast.salvaged';

export const scriptHead = (
  left: ChainId,
  count: number,
): string => `-- ${count} transaction${count === 1 ? '' : 's'} of epoch ${left.epoch} that the promoted database lacks.
-- Read every line. Then run all of it in one session, as the owner, on the database that leads:
-- it applies everything or nothing, and once; what was changed since makes it fail as a whole.
\\set ON_ERROR_STOP on
`;

/** The beginning of the transaction. Psql's own command above it is not for other clients. */
export const SCRIPT_BEGIN = `BEGIN;
SET LOCAL standard_conforming_strings = on;
SET LOCAL lock_timeout = '10s';
${Object.entries(VALUES)
  .map(([name, value]) => `SET LOCAL ${name} = ${literal(value)};`)
  .join('\n')}
CREATE TABLE IF NOT EXISTS ${LEDGER} (
  system text NOT NULL,
  database text NOT NULL,
  epoch bigint NOT NULL,
  part int NOT NULL,
  end_lsn pg_lsn NOT NULL,
  xid bigint NOT NULL,
  applied xid8 NOT NULL DEFAULT pg_current_xact_id(),
  applied_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (system, database, epoch, part, end_lsn)
);
CREATE OR REPLACE FUNCTION pg_temp.holdfast_one(changed bigint, what text) RETURNS void LANGUAGE plpgsql AS $holdfast$
BEGIN
  IF changed <> 1 THEN
    RAISE EXCEPTION 'holdfast: % was changed since or is not there any more, so that nothing was applied', what;
  END IF;
END $holdfast$;
-- Forwards only: others may draw from the sequence at the same time.
CREATE OR REPLACE FUNCTION pg_temp.holdfast_pass(sequence regclass, value bigint) RETURNS void LANGUAGE plpgsql AS $holdfast$
DECLARE
  reached bigint;
BEGIN
  EXECUTE format('SELECT CASE WHEN is_called THEN last_value ELSE last_value - 1 END FROM %s', sequence) INTO reached;
  WHILE reached < value LOOP reached := nextval(sequence); END LOOP;
END $holdfast$;
SET CONSTRAINTS ALL DEFERRED;
`;

/** @param tables all that the transactions change */
export const triggersOff = (tables: readonly LiveTable[]): string => triggers(tables, () => 'DISABLE');

/** The end of the transaction. */
export const scriptEnd = (tables: readonly LiveTable[]): string =>
  `SET CONSTRAINTS ALL IMMEDIATE;\n${triggers(tables, (always) => (always ? 'ENABLE ALWAYS' : 'ENABLE'))}COMMIT;\n`;

const triggers = (tables: readonly LiveTable[], change: (always: boolean) => string): string =>
  tables
    .flatMap(({ name, triggers: own }) =>
      own.map(
        (trigger) => `ALTER TABLE ${name} ${change(trigger.always)} TRIGGER ${quoted(trigger.name)};\n`,
      ),
    )
    .join('');

/**
 * @param tableOf what the promoted database knows of a table
 * @returns the statements of one transaction, one by one
 */
export async function* transactionScript(
  transaction: LostTransaction,
  left: ChainId,
  boundary: Boundary,
  tableOf: (relation: Relation) => LiveTable,
): AsyncGenerator<string> {
  yield entry(transaction, left);
  const passed = new Map<string, bigint>();
  for await (const { change, relations } of transaction.changes()) {
    const row = rowChangeOf(change, relations);
    if (row?.kind === 'truncate') {
      const own = row.relations.filter((relation) => !isOwn(relation));
      yield truncation(own.map(tableOf), boundary);
    }
    if (row?.kind !== 'row' || isOwn(row.relation)) continue;
    const table = tableOf(row.relation);
    yield statement(table, row, boundary);
    notePassed(table, row.new, passed);
  }
  for (const [sequence, value] of passed)
    yield `SELECT pg_temp.holdfast_pass(${literal(sequence)}, ${value});\n`;
}

const entry = ({ xid, endLsn, commitTimeUs }: LostTransaction, left: ChainId): string => {
  const { system, database, epoch, part } = left;
  const values = [literal(system), literal(database), epoch, part, literal(endLsn), xid].join(', ');
  return `\n-- Transaction ${xid}, committed ${timeText(commitTimeUs)}, position ${endLsn}\nINSERT INTO ${LEDGER} (system, database, epoch, part, end_lsn, xid) VALUES (${values});\n`;
};

const value = (text: string | null | undefined): string =>
  text === null || text === undefined ? 'NULL' : literal(text);

type Row = Extract<RowChange, { kind: 'row' }>;

function statement(table: LiveTable, row: Row, boundary: Boundary): string {
  if (row.operation === 'insert') return insertion(table, row.new ?? {});
  const names = keyNames(table, row.relation);
  const key = pick(row.old ?? row.new ?? {}, names);
  const where = rowWhere(table, names, key, boundary);
  const what = `the row ${JSON.stringify(key)} of ${tableName(row.relation)}`;
  if (row.operation === 'delete') return one(`DELETE FROM ONLY ${table.name} t WHERE ${where}`, what);
  const assigned = assignments(table, row);
  return assigned === '' ? '' : one(`UPDATE ONLY ${table.name} t SET ${assigned} WHERE ${where}`, what);
}

function insertion(table: LiveTable, row: Values): string {
  const names = Object.keys(row);
  const columns = names.map(quoted).join(', ');
  const overriding = table.columns.some(({ alwaysIdentity }) => alwaysIdentity)
    ? ' OVERRIDING SYSTEM VALUE'
    : '';
  const values = names.map((name) => value(row[name])).join(', ');
  return names.length === 0
    ? `INSERT INTO ${table.name} DEFAULT VALUES;\n`
    : `INSERT INTO ${table.name} (${columns})${overriding} VALUES (${values});\n`;
}

/** Only what differs from the old row, where the old row is known. An identity that is always generated cannot be set. */
function assignments(table: LiveTable, { old, new: row }: Row): string {
  const fixed = new Set(table.columns.filter((one) => one.alwaysIdentity).map(({ name }) => name));
  return Object.entries(row ?? {})
    .filter(([name, text]) => !fixed.has(name) && !(old && name in old && old[name] === text))
    .map(([name, text]) => `${quoted(name)} = ${value(text)}`)
    .join(', ');
}

/** Of rows that nothing tells apart one is taken. */
function rowWhere(table: LiveTable, names: readonly string[], key: Values, boundary: Boundary): string {
  const condition = `${matches(table, names, (index) => value(key[names[index] ?? '']))} AND NOT ${touched({ ...boundary, ledger: true })}`;
  const isTold = names.length === table.key.length && names.every((name) => table.key.includes(name));
  return isTold ? condition : `t.ctid = (SELECT t.ctid FROM ONLY ${table.name} t WHERE ${condition} LIMIT 1)`;
}

const one = (change: string, what: string): string =>
  `WITH done AS (${change} RETURNING 1) SELECT pg_temp.holdfast_one(count(*), ${literal(what)}) FROM done;\n`;

/** All tables in one command, so that they may refer to each other. Those of partitions are named themselves. */
function truncation(tables: readonly LiveTable[], boundary: Boundary): string {
  const emptied = tables.filter(({ partitioned }) => !partitioned);
  if (emptied.length === 0) return '';
  const checks = emptied.map(({ name }) => {
    const written = `SELECT FROM ONLY ${name} t WHERE ${touched({ ...boundary, ledger: true })}`;
    const found = `CASE WHEN EXISTS (${written}) THEN 0 ELSE 1 END`;
    return `SELECT pg_temp.holdfast_one(${found}, ${literal(`the table ${name}`)});\n`;
  });
  return `${checks.join('')}TRUNCATE ${emptied.map(({ name }) => `ONLY ${name}`).join(', ')};\n`;
}

/** A sequence must not give again what the transaction has taken. */
function notePassed(table: LiveTable, row: Values | null, passed: Map<string, bigint>): void {
  for (const { name, sequence } of table.columns) {
    const text = row?.[name];
    if (sequence === null || typeof text !== 'string' || !/^-?\d+$/.test(text)) continue;
    const before = passed.get(sequence);
    if (before === undefined || before < BigInt(text)) passed.set(sequence, BigInt(text));
  }
}
