import { HoldfastError } from '../../runtime/errors';
import type { Session } from '../../runtime/postgres/session';
import { isApplications } from './objects';

/** What the log carries nothing of, or too little to replay it. */
export const UNARCHIVABLE = `
CREATE OR REPLACE FUNCTION holdfast.is_keyless(relation oid) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (
    SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.oid = relation AND c.relkind = 'r' AND c.relpersistence = 'p' AND ${isApplications('n.nspname')}
       AND c.relreplident <> 'f'
       AND NOT EXISTS (
         SELECT FROM pg_index i
          WHERE i.indrelid = c.oid AND i.indisvalid AND i.indimmediate
            AND (c.relreplident = 'd' AND i.indisprimary OR c.relreplident = 'i' AND i.indisreplident))) $$;

CREATE OR REPLACE FUNCTION holdfast.unarchivable() RETURNS TABLE (kind text, name text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT 'keyless', c.oid::regclass::text FROM pg_class c WHERE c.relkind = 'r' AND holdfast.is_keyless(c.oid)
  UNION ALL
  SELECT 'unlogged', c.oid::regclass::text
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE c.relkind = 'r' AND c.relpersistence = 'u' AND ${isApplications('n.nspname')}
  UNION ALL
  SELECT 'large objects', count(*)::text FROM pg_largeobject_metadata HAVING count(*) > 0
  UNION ALL
  SELECT 'sequence', c.oid::regclass::text
    FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE c.relpersistence <> 't' AND ${isApplications('n.nspname')}
     AND NOT has_sequence_privilege((SELECT nspowner FROM pg_namespace WHERE nspname = 'holdfast'), s.seqrelid, 'SELECT')
   ORDER BY 1, 2 $$;
`;

/** Something that the log carries nothing of. */
export interface Unarchivable {
  readonly kind: string;
  readonly name: string;
}

/** One sentence each, before the names. */
const SENTENCES: Readonly<Record<string, string>> = {
  keyless:
    'Tables have neither a primary key nor another replica identity, so their updates and deletes cannot be replayed ' +
    '(give them a primary key, say ALTER TABLE ... REPLICA IDENTITY FULL, or set backup.archive.keylessTables to full)',
  unlogged: 'Unlogged tables are not in the log (say ALTER TABLE ... SET LOGGED, or drop them)',
  'large objects':
    'Large objects are not decoded (keep them in columns of the type bytea, or in a bucket); there are',
  sequence: 'Sequences cannot be read by the owner of the database (grant it SELECT on them)',
};

/** @returns one sentence for each kind, with all names of it */
export function sentencesOf(found: readonly Unarchivable[]): readonly string[] {
  return [...new Set(found.map(({ kind }) => kind))].map((kind) => {
    const names = found.filter((one) => one.kind === kind).map(({ name }) => name);
    return `${SENTENCES[kind] ?? kind}: ${names.join(', ')}.`;
  });
}

/** The archive would be incomplete from its first day, so nothing of it was made. */
export class ArchiveRefused extends HoldfastError {
  constructor(readonly why: readonly string[]) {
    super(
      `The database cannot be archived, and nothing was changed for it. ${why.join(' ')} Mend this and deploy again, or ` +
        'switch the archive off (backup.archive in the platform file).',
    );
  }
}

/** @returns what is not archived, or not whole */
export async function findUnarchivable(session: Session): Promise<readonly Unarchivable[]> {
  const rows = await session.query('SELECT kind, name FROM holdfast.unarchivable()');
  return rows.map(({ kind, name }) => ({ kind: String(kind), name: String(name) }));
}

const SERVER = `
  SELECT current_setting('wal_level') AS level, current_setting('track_commit_timestamp') AS times,
         (SELECT string_agg(gid, ', ' ORDER BY gid) FROM pg_prepared_xacts) AS prepared`;

/** @returns why the server cannot begin an archive now, one sentence each */
export async function serverObstacles(session: Session): Promise<readonly string[]> {
  const [found] = await session.query(SERVER);
  const sentences: string[] = [];
  if (found?.level !== 'logical') {
    sentences.push(
      `Its wal_level is ${String(found?.level)} and must be logical (rds.logical_replication = 1, and a restart).`,
    );
  }
  if (found?.times !== 'on')
    sentences.push('Its track_commit_timestamp is off and must be on (and a restart).');
  if (typeof found?.prepared === 'string') {
    sentences.push(
      `Prepared transactions are open, and the slot would wait for them (commit them or roll them back): ${found.prepared}.`,
    );
  }
  return sentences;
}
