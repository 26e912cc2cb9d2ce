import { lsnBytes } from '../../runtime/lsn';
import { quoted } from '../../runtime/postgres/quoting';
import type { Session } from '../../runtime/postgres/session';
import type { SequencesMessage } from '../contract';
import type { Memory } from './ledger';
import { isOwnSchema } from './own';

/**
 * Values of sequences. They are no part of transactions: what the archive has is what was read of them now and then,
 * each time those that had changed. A restored database must never give a value out again: so values count only if they
 * were read after everything that was replayed; otherwise they are a lower bound, as are the values in the tables.
 */

/** @returns the content of a message of `MESSAGES.sequences` */
export function sequencesOf(content: Uint8Array): SequencesMessage {
  const message: SequencesMessage = JSON.parse(Buffer.from(content).toString('utf8'));
  return message;
}

/** @returns what is known once the message has come, too */
export function withSequences(memory: Memory, { readLsn, sequences }: SequencesMessage): Memory {
  const told = new Map(memory.sequences.map((one) => [nameOf(one), one]));
  for (const one of sequences) if (!isOwnSchema(one.schema)) told.set(nameOf(one), one);
  return { ...memory, readLsn, sequences: [...told.values()] };
}

const nameOf = ({ schema, name }: { readonly schema: string; readonly name: string }): string =>
  `${quoted(schema)}.${quoted(name)}`;

/** @returns whether the values were read after everything that was replayed */
export const isExact = ({ readLsn, changedLsn }: Memory): boolean =>
  readLsn !== null && changedLsn !== null && lsnBytes(readLsn) >= lsnBytes(changedLsn);

/** Sets the sequences at the end of a replay. */
export async function setSequences(session: Session, memory: Memory): Promise<void> {
  await session.query(isExact(memory) ? SET : RAISE, parametersOf(memory.sequences));
  if (!isExact(memory)) await raiseToColumns(session);
}

/** Lets no sequence give out what it had given out when these values were read, and sets none back. */
export async function raiseSequences(session: Session, told: SequencesMessage): Promise<void> {
  await session.query(RAISE, parametersOf(told.sequences));
}

const parametersOf = (sequences: Memory['sequences']): readonly unknown[] => [
  sequences.map(({ schema }) => schema),
  sequences.map(({ name }) => name),
  sequences.map(({ last }) => last),
  sequences.map(({ called }) => called),
];

const TOLD = `
  FROM unnest($1::text[], $2::text[], $3::bigint[], $4::boolean[]) AS told (schema, name, last, called)
  JOIN pg_namespace n ON n.nspname = told.schema
  JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = told.name AND c.relkind = 'S'
  JOIN pg_sequence s ON s.seqrelid = c.oid`;

const SET = `SELECT setval(c.oid::regclass, told.last, told.called) ${TOLD}`;

/** A value that was not given out yet bounds nothing. */
const RAISE = `
  SELECT setval(c.oid::regclass, told.last) ${TOLD}
   WHERE told.called AND NOT s.seqcycle
     AND coalesce((told.last - pg_sequence_last_value(c.oid)) * sign(s.seqincrement) > 0, true)`;

/** Columns of whole numbers that a sequence belongs to, or that take their default from it. */
const COLUMNS = `
  SELECT DISTINCT s.seqrelid::text AS sequence, sign(s.seqincrement)::int AS direction,
         format('%I.%I', n.nspname, c.relname) AS table, a.attname AS column
    FROM pg_sequence s
    JOIN (SELECT objid AS sequence, refobjid AS relation, refobjsubid AS attribute FROM pg_depend
           WHERE classid = 'pg_class'::regclass AND refclassid = 'pg_class'::regclass AND deptype IN ('a', 'i')
          UNION ALL
          SELECT k.refobjid, d.adrelid, d.adnum FROM pg_depend k JOIN pg_attrdef d ON d.oid = k.objid
           WHERE k.classid = 'pg_attrdef'::regclass AND k.refclassid = 'pg_class'::regclass) AS used
      ON used.sequence = s.seqrelid
    JOIN pg_attribute a ON a.attrelid = used.relation AND a.attnum = used.attribute AND NOT a.attisdropped
     AND a.atttypid IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype)
    JOIN pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p') JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE NOT s.seqcycle ORDER BY 1`;

async function raiseToColumns(session: Session): Promise<void> {
  for (const { sequence, direction, table, column } of await session.query(COLUMNS)) {
    const end = Number(direction) > 0 ? 'max' : 'min';
    await session.query(
      `SELECT setval($1::oid::regclass, found.value)
         FROM (SELECT ${end}(${quoted(String(column))})::bigint AS value FROM ${String(table)}) AS found
         JOIN pg_sequence s ON s.seqrelid = $1::oid AND found.value BETWEEN s.seqmin AND s.seqmax
        WHERE coalesce((found.value - pg_sequence_last_value($1::oid)) * $2::int > 0, true)`,
      [sequence, direction],
    );
  }
}
