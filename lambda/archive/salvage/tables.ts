import { quoted } from '../../runtime/postgres/quoting';
import type { Session } from '../../runtime/postgres/session';
import { text, textOrNull, texts } from '../restore/rows';

/** What the promoted database knows of a table that a lost transaction changed. */

export interface LiveColumn {
  readonly name: string;
  /** As in a definition: `numeric(10,2)`. */
  readonly type: string;
  /** `GENERATED ALWAYS AS IDENTITY`: it can be inserted by overriding, and never updated. */
  readonly alwaysIdentity: boolean;
  /** Computed from other columns, so that nobody writes it. */
  readonly computed: boolean;
  /** Sequence that gives its values; null if there is none. */
  readonly sequence: string | null;
}

/** A trigger that would do again what the archive has already: its rows are changes like any other. */
export interface LiveTrigger {
  readonly name: string;
  readonly always: boolean;
}

export interface LiveTable {
  /** `schema.table`, quoted where SQL demands it. */
  readonly name: string;
  /** Its rows are in its partitions, which the archive names. */
  readonly partitioned: boolean;
  readonly columns: readonly LiveColumn[];
  /** What tells its rows apart: the index of its replica identity or the primary key; empty if it has neither. */
  readonly key: readonly string[];
  readonly triggers: readonly LiveTrigger[];
}

/** @returns `schema.table` as SQL */
export const tableName = ({ schema, name }: { readonly schema: string; readonly name: string }): string =>
  `${plain(schema)}.${plain(name)}`;

const PLAIN = /^[a-z_][a-z0-9_]*$/;
const plain = (identifier: string): string => (PLAIN.test(identifier) ? identifier : quoted(identifier));

const RELATION =
  "SELECT oid::text, relkind = 'p' AS partitioned FROM pg_class WHERE oid = to_regclass($1) AND relkind IN ('r', 'p')";

const COLUMNS = `
SELECT a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type, a.attidentity = 'a' AS always_identity,
       a.attgenerated <> '' AS computed,
       CASE WHEN s.seqincrement > 0 THEN s.seqrelid::regclass::text END AS sequence
  FROM pg_attribute a
  LEFT JOIN pg_depend d ON d.refobjid = a.attrelid AND d.refobjsubid = a.attnum AND d.deptype IN ('a', 'i')
       AND d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
       AND EXISTS (SELECT FROM pg_sequence q WHERE q.seqrelid = d.objid)
  LEFT JOIN pg_sequence s ON s.seqrelid = d.objid
 WHERE a.attrelid = $1::oid AND a.attnum > 0 AND NOT a.attisdropped
 ORDER BY a.attnum`;

const KEY = `
SELECT array(SELECT a.attname::text FROM unnest(i.indkey) WITH ORDINALITY AS k(attnum, place)
               JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
              WHERE k.place <= i.indnkeyatts ORDER BY k.place) AS columns
  FROM pg_index i
 WHERE i.indrelid = $1::oid AND (i.indisprimary OR i.indisreplident)
 ORDER BY i.indisreplident DESC LIMIT 1`;

const TRIGGERS = `
SELECT tgname AS name, tgenabled = 'A' AS always FROM pg_trigger
 WHERE tgrelid = $1::oid AND NOT tgisinternal AND tgenabled IN ('O', 'A') AND tgname <> $2 ORDER BY 1`;

/** The check of the fence: it stays on whatever else is switched off. */
const GUARD = 'holdfast_guard';

/** @returns undefined if there is no such table */
export async function readTable(
  session: Session,
  relation: { readonly schema: string; readonly name: string },
): Promise<LiveTable | undefined> {
  const name = tableName(relation);
  const [found] = await session.query(RELATION, [name]);
  if (!found) return undefined;
  const oid = text(found, 'oid');
  const columns = await session.query(COLUMNS, [oid]);
  const [key] = await session.query(KEY, [oid]);
  const triggers = await session.query(TRIGGERS, [oid, GUARD]);
  return {
    name,
    partitioned: found.partitioned === true,
    columns: columns.map((row) => ({
      name: text(row, 'name'),
      type: text(row, 'type'),
      alwaysIdentity: row.always_identity === true,
      computed: row.computed === true,
      sequence: textOrNull(row, 'sequence'),
    })),
    key: key ? texts(key, 'columns') : [],
    triggers: triggers.map((row) => ({ name: text(row, 'name'), always: row.always === true })),
  };
}
