import { OWN_SCHEMAS } from '../../lambda/archive/contract';
import { texts } from '../../lambda/archive/restore/rows';
import { literal } from '../../lambda/runtime/postgres/quoting';
import type { Session } from '../../lambda/runtime/postgres/session';
import { LOCK_SCHEMA } from './names';

const LEFT_OUT = [...OWN_SCHEMAS, LOCK_SCHEMA].map(literal).join(', ');

/**
 * @param relation name of the row of `pg_class`, whose schema is `n`
 * @returns SQL: whether something is the application's, and not Holdfast's, the system's or an extension's
 */
export const isImported = (relation: string): string => `
  n.nspname NOT IN (${LEFT_OUT}, 'information_schema') AND n.nspname !~ '^pg_'
  AND NOT EXISTS (SELECT FROM pg_depend d
                   WHERE d.classid = 'pg_class'::regclass AND d.objid = ${relation}.oid AND d.deptype = 'e')`;

/** @returns SQL that gives, as one list `names`, the relations of a kind that are imported, as SQL writes them */
const namesOf = (where: string): string => `
  SELECT coalesce(array_agg(format('%I.%I', n.nspname, c.relname) ORDER BY n.nspname, c.relname), '{}')::text[] AS names
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE ${where} AND ${isImported('c')}`;

const listed =
  (where: string) =>
  async (session: Session): Promise<readonly string[]> => {
    const [row] = await session.query(namesOf(where));
    return texts(row, 'names');
  };

/** Tables with rows of their own: of a partitioned one its partitions. */
export const tablesOf = listed("c.relkind = 'r' AND c.relpersistence = 'p'");
/** The same with the partitioned ones: a statement that names one of these fires its triggers, not its partitions'. */
const withPartitioned = listed("c.relkind IN ('r', 'p') AND c.relpersistence = 'p'");

const NAME = (relation: string): string =>
  `(SELECT format('%I.%I', s.nspname, r.relname) FROM pg_class r JOIN pg_namespace s ON s.oid = r.relnamespace WHERE r.oid = ${relation})`;
const LOCKED_AT = namesOf(`c.relkind IN ('r', 'p') AND c.relpersistence = 'p'
  AND (${NAME('c.oid')} = ANY ($1::text[])
       OR EXISTS (SELECT FROM pg_partition_ancestors(c.oid) AS a (relid) WHERE ${NAME('a.relid')} = ANY ($1::text[])))`);
const REFERRING = namesOf(`NOT ${NAME('c.oid')} = ANY ($1::text[])
  AND EXISTS (SELECT FROM pg_constraint k
               WHERE k.contype = 'f' AND k.conrelid = c.oid AND ${NAME('k.confrelid')} = ANY ($1::text[]))`);

/** Tables of the new database that the import is about: those of the old one, with partitions that were made since. */
export async function lockedAt(source: Session, target: Session): Promise<readonly string[]> {
  const [row] = await target.query(LOCKED_AT, [await withPartitioned(source)]);
  return texts(row, 'names');
}

/** Tables of the new database that are no part of the import and refer to one that is: those could not be emptied alone. */
export async function referringTo(source: Session, target: Session): Promise<readonly string[]> {
  const [row] = await target.query(REFERRING, [await withPartitioned(source)]);
  return texts(row, 'names');
}

export const unloggedOf = listed("c.relkind = 'r' AND c.relpersistence = 'u'");
export const sequencesOf = listed("c.relkind = 'S' AND c.relpersistence = 'p'");
/** Materialised views that hold rows, in the order in which they were made. */
export async function viewsOf(session: Session): Promise<readonly string[]> {
  const [row] = await session.query(`
    SELECT coalesce(array_agg(format('%I.%I', n.nspname, c.relname) ORDER BY c.oid), '{}')::text[] AS names
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind = 'm' AND c.relispopulated AND ${isImported('c')}`);
  return texts(row, 'names');
}

const materialised = listed("c.relkind = 'm'");

/** @returns materialised views of the old database that are not at the new server */
export async function viewsLacking(source: Session, target: Session): Promise<readonly string[]> {
  const there = new Set(await materialised(target));
  return (await viewsOf(source)).filter((view) => !there.has(view));
}

/** Tables whose updates and deletes the new server could not apply, nor its archive replay. */
export const keylessOf = listed(`c.relkind = 'r' AND c.relpersistence = 'p' AND c.relreplident <> 'f'
  AND NOT EXISTS (SELECT FROM pg_index i
                   WHERE i.indrelid = c.oid AND i.indisvalid AND i.indimmediate
                     AND (c.relreplident = 'd' AND i.indisprimary OR c.relreplident = 'i' AND i.indisreplident))`);
/** Tables that the user may not publish, because they are somebody else's. */
export const foreignOf = listed(
  "c.relkind = 'r' AND c.relpersistence = 'p' AND NOT pg_has_role(c.relowner, 'USAGE')",
);

/** @returns those of the tables that have a row */
export async function filledOf(session: Session, tables: readonly string[]): Promise<readonly string[]> {
  const filled: string[] = [];
  for (const table of tables) {
    const [row] = await session.query(`SELECT EXISTS (SELECT FROM ONLY ${table}) AS filled`);
    if (row?.filled === true) filled.push(table);
  }
  return filled;
}
