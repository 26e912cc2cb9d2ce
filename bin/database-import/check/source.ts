import { bool, number, text, texts } from '../../../lambda/archive/restore/rows';
import type { Row, Session } from '../../../lambda/runtime/postgres/session';
import { sourceState } from '../state';
import { foreignOf, isImported, keylessOf, unloggedOf } from '../tables';
import { type Finding, ifAny, note, refuse } from './finding';

/** What digests rest on came with it. */
const OLDEST = 11;
/** The subscription's own, and one for each table that is copied at the same time (two by default). */
const CONNECTIONS = 3;

const SERVER = `
  SELECT current_setting('server_version_num')::int / 10000 AS major,
         current_setting('server_version') AS version,
         current_setting('wal_level') AS level,
         current_setting('max_replication_slots')::int
           - (SELECT count(*) FROM pg_replication_slots)::int AS slots,
         current_setting('max_wal_senders')::int - (SELECT count(*) FROM pg_stat_replication)::int AS senders,
         pg_is_in_recovery() AS replica,
         (SELECT r.rolsuper FROM pg_roles r WHERE r.rolname = current_user) AS super,
         EXISTS (SELECT FROM pg_roles r WHERE r.rolname = current_user AND (r.rolsuper OR r.rolreplication))
           OR EXISTS (SELECT FROM pg_roles g WHERE g.rolname = 'rds_replication' AND pg_has_role(g.oid, 'USAGE'))
           AS replicates,
         pg_has_role('pg_signal_backend', 'USAGE') AS signals,
         has_database_privilege(current_database(), 'CREATE') AS creates,
         (SELECT pg_has_role(d.datdba, 'USAGE') FROM pg_database d WHERE d.datname = current_database()) AS owns,
         current_user::text AS own_name, current_database()::text AS database`;

const CONTENTS = `
  SELECT (SELECT count(*) FROM pg_largeobject_metadata) AS large_objects,
         (SELECT coalesce(array_agg(gid ORDER BY gid), '{}')::text[] FROM pg_prepared_xacts) AS prepared,
         (SELECT coalesce(array_agg(extname ORDER BY extname), '{}')::text[] FROM pg_extension WHERE extname = 'pg_cron') AS cron,
         (SELECT coalesce(array_agg(DISTINCT n.nspname), '{}')::text[]
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
           WHERE c.relkind IN ('r', 'p') AND n.nspname <> 'public' AND ${isImported('c')}) AS schemas,
         (SELECT coalesce(array_agg(DISTINCT format('%I on %s', t.tgname, c.oid::regclass)), '{}')::text[]
            FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
           WHERE t.tgenabled IN ('A', 'R') AND NOT t.tgisinternal AND ${isImported('c')}) AS triggers,
         (SELECT coalesce(array_agg(r.rolname ORDER BY r.rolname), '{}')::text[] FROM pg_roles r
           WHERE r.rolcanlogin AND r.rolname <> current_user AND r.rolname !~ '^(pg_|rds)'
             AND r.rolname <> 'postgres') AS roles`;

/** What the old server lacks for an import, and what it has that no import carries over. */
export async function sourceFindings(session: Session): Promise<readonly Finding[]> {
  const [server] = await session.query(SERVER);
  const [contents] = await session.query(CONTENTS);
  const [foreign, keyless, unlogged] = [
    bool(server, 'super') ? [] : await foreignOf(session),
    await keylessOf(session),
    await unloggedOf(session),
  ];
  const { slot, readOnly, published } = await sourceState(session);
  return [
    ...ofServer(server, slot !== undefined),
    ...(readOnly && !published
      ? [
          refuse(
            'The old database is set to be read-only already, so the import could not tell its own doing from yours: ALTER DATABASE ... RESET default_transaction_read_only.',
          ),
        ]
      : []),
    ...ifAny(foreign, (list) =>
      refuse(
        `The user ${text(server, 'own_name')} may not publish tables of others (connect as their owner or as a superuser): ${list}.`,
      ),
    ),
    ...ifAny(keyless, (list) =>
      refuse(
        `Tables have neither a primary key nor another replica identity, so their updates and deletes cannot be followed (at the old server: give them a primary key, or ALTER TABLE ... REPLICA IDENTITY FULL): ${list}.`,
      ),
    ),
    ...ifAny(unlogged, (list) =>
      refuse(`Unlogged tables are not in the log (ALTER TABLE ... SET LOGGED, or drop them): ${list}.`),
    ),
    ...ofContents(contents),
  ];
}

function ofServer(server: Row | undefined, hasSlot: boolean): readonly Finding[] {
  const findings: Finding[] = [];
  const [slots, senders] = [number(server, 'slots'), number(server, 'senders')];
  const needed = hasSlot ? CONNECTIONS - 1 : CONNECTIONS;
  if (number(server, 'major') < OLDEST) {
    findings.push(
      refuse(
        `The old server is PostgreSQL ${text(server, 'version')}; allowed: ${OLDEST} and later. Upgrade it first.`,
      ),
    );
  }
  if (bool(server, 'replica')) {
    findings.push(
      refuse('The old server is a replica; the import reads from the one that takes the writes.'),
    );
  }
  if (text(server, 'level') !== 'logical') {
    findings.push(
      refuse(
        `wal_level of the old server is ${text(server, 'level')} and must be logical (ALTER SYSTEM SET wal_level = logical, and a restart; on RDS rds.logical_replication = 1).`,
      ),
    );
  }
  if (slots < needed || senders < needed) {
    findings.push(
      refuse(
        `The old server has ${slots} free replication slots and ${senders} free WAL senders; needed: ${needed} of each (max_replication_slots, max_wal_senders, and a restart).`,
      ),
    );
  }
  return [...findings, ...rightsOf(server)];
}

function rightsOf(server: Row | undefined): readonly Finding[] {
  const [user, database] = [text(server, 'own_name'), text(server, 'database')];
  return [
    ...(bool(server, 'replicates')
      ? []
      : [
          refuse(
            `The user ${user} may not replicate: ALTER ROLE ${user} REPLICATION (on RDS: GRANT rds_replication TO ${user}).`,
          ),
        ]),
    ...(bool(server, 'creates')
      ? []
      : [
          refuse(
            `The user ${user} may make no publication: GRANT CREATE ON DATABASE ${database} TO ${user}.`,
          ),
        ]),
    ...(bool(server, 'signals') || bool(server, 'super')
      ? []
      : [
          refuse(
            `The user ${user} may not end the sessions of others at the cut-over: GRANT pg_signal_backend TO ${user}.`,
          ),
        ]),
    ...(bool(server, 'owns') || bool(server, 'super')
      ? []
      : [
          refuse(
            `The user ${user} does not own the database ${database} and could not make it read-only at the cut-over: connect as its owner or as a superuser.`,
          ),
        ]),
  ];
}

function ofContents(contents: Row | undefined): readonly Finding[] {
  const large = number(contents, 'large_objects');
  return [
    ...(large === 0
      ? []
      : [
          refuse(
            `There are ${large} large objects, which no logical copy has (keep them in columns of the type bytea, or in a bucket, and drop them with lo_unlink).`,
          ),
        ]),
    ...ifAny(texts(contents, 'prepared'), (list) =>
      refuse(
        `Prepared transactions are open, and the slot would wait for them (commit them or roll them back): ${list}.`,
      ),
    ),
    ...ifAny(texts(contents, 'cron'), () =>
      note('Jobs of pg_cron are not carried over: schedule them again at the new server after the cut-over.'),
    ),
    ...ifAny(texts(contents, 'roles'), (list) =>
      note(
        `Roles and rights are not carried over: everything will belong to the owner, and services log in as database.username. Roles of the old server: ${list}.`,
      ),
    ),
    ...ifAny(texts(contents, 'schemas'), (list) =>
      note(
        `The application has rights in the schema public by itself; in others grant them to holdfast_application as the owner: ${list}.`,
      ),
    ),
    ...ifAny(texts(contents, 'triggers'), (list) =>
      note(
        `Triggers that are enabled ALWAYS or for REPLICA fire again for each row that is copied: ${list}.`,
      ),
    ),
  ];
}
