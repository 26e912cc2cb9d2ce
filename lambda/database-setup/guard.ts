/**
 * The check of every statement that writes, and what puts it on every table. It fires ALWAYS, so that
 * `session_replication_role` does not switch it off; for each statement, not for each row; and before the statement, so
 * that nothing begins past the limit. What it compares is read anew by each statement.
 */

/** SQLSTATE of every refusal. */
export const REFUSED = 'HF001';
export const GUARD = 'holdfast_guard';

/** Its conditions are plain expressions without a query: PL/pgSQL evaluates these without its executor. */
const FUNCTION = `
CREATE OR REPLACE FUNCTION holdfast.guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (pg_catalog.date_part('epoch', pg_catalog.clock_timestamp()) * 1000
        < pg_catalog.pg_sequence_last_value('holdfast.lease_limit'::pg_catalog.regclass)
      AND ('x' || pg_catalog.substr(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_lsn()), 1, 8))::bit(32)::int
        = pg_catalog.pg_sequence_last_value('holdfast.lease_timeline'::pg_catalog.regclass)) IS TRUE
  THEN
    RETURN NULL;
  END IF;
  RAISE EXCEPTION 'holdfast: % on %.% is refused, because this database has no lease', TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME
    USING ERRCODE = '${REFUSED}', HINT = 'Another region may be writing. npx holdfast status says who leads.';
END $$;
`;

const TABLES = `
CREATE OR REPLACE FUNCTION holdfast.is_unguarded(relation oid) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (
    SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.oid = relation AND c.relkind IN ('r', 'p') AND c.relpersistence <> 't'
       AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast', 'holdfast', 'cron')
       AND NOT EXISTS (
         SELECT FROM pg_trigger t
          WHERE t.tgrelid = c.oid AND t.tgname = '${GUARD}' AND t.tgenabled = 'A'
            AND t.tgfoid = 'holdfast.guard()'::regprocedure)) $$;

-- With the rights of the caller: who makes a table owns it, and the owner of the fence may not.
CREATE OR REPLACE FUNCTION holdfast.guard_table(relation regclass) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  EXECUTE format('CREATE OR REPLACE TRIGGER ${GUARD} BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON %s '
                 'FOR EACH STATEMENT EXECUTE FUNCTION holdfast.guard()', relation);
  EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER ${GUARD}', relation);
END $$;

-- Tables of an extension belong to the superuser that RDS keeps to itself. They must not fail the command that makes
-- them; the next set-up names them.
CREATE OR REPLACE FUNCTION holdfast.guard_new_tables() RETURNS event_trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  relation oid;
BEGIN
  FOR relation IN
    SELECT c.oid FROM pg_class c
     WHERE c.oid IN (SELECT objid FROM pg_event_trigger_ddl_commands() WHERE classid = 'pg_class'::regclass)
       AND pg_has_role(c.relowner, 'USAGE')
  LOOP
    IF holdfast.is_unguarded(relation) THEN PERFORM holdfast.guard_table(relation); END IF;
  END LOOP;
END $$;
`;

/** The set-up itself changes tables while there is no lease: the owner may say so, in a setting of its transaction. */
export const IN_SETUP = "SET LOCAL holdfast.setup = 'on'";

const CHANGES_OF_TABLES = `
CREATE OR REPLACE FUNCTION holdfast.refuse_table_changes() RETURNS event_trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF holdfast.is_open() OR session_user LIKE 'rds%' THEN RETURN; END IF;
  IF current_setting('holdfast.setup', true) = 'on'
     AND session_user = (SELECT pg_get_userbyid(nspowner) FROM pg_namespace WHERE nspname = 'holdfast')
  THEN
    RETURN;
  END IF;
  RAISE EXCEPTION 'holdfast: % is refused, because this database has no lease', TG_TAG
    USING ERRCODE = '${REFUSED}', HINT = 'Another region may be writing. npx holdfast status says who leads.';
END $$;
`;

export const GUARDS = FUNCTION + TABLES + CHANGES_OF_TABLES;

/** Commands after which a table may be there without its guard. */
const MAKES_TABLES = [
  'CREATE TABLE',
  'CREATE TABLE AS',
  'SELECT INTO',
  'ALTER TABLE',
  'CREATE SCHEMA',
  'CREATE EXTENSION',
  'ALTER EXTENSION',
];
/** Commands that change data or its form and fire no trigger of a table. */
const CHANGES_TABLES = [
  'CREATE TABLE',
  'CREATE TABLE AS',
  'SELECT INTO',
  'ALTER TABLE',
  'DROP TABLE',
  'CREATE INDEX',
  'DROP INDEX',
  'CREATE MATERIALIZED VIEW',
  'ALTER MATERIALIZED VIEW',
  'DROP MATERIALIZED VIEW',
  'REFRESH MATERIALIZED VIEW',
  'CREATE SCHEMA',
  'DROP SCHEMA',
  'DROP OWNED',
  'ALTER TYPE',
];

export interface EventTrigger {
  readonly name: string;
  readonly event: 'ddl_command_start' | 'ddl_command_end' | 'sql_drop' | 'login';
  /** In the schema `holdfast`. */
  readonly function: string;
  /** None: every command. */
  readonly tags: readonly string[];
}

export const GUARD_NEW_TABLES: EventTrigger = {
  name: 'holdfast_guard_new_tables',
  event: 'ddl_command_end',
  function: 'guard_new_tables',
  tags: MAKES_TABLES,
};

export const REFUSE_TABLE_CHANGES: EventTrigger = {
  name: 'holdfast_refuse_table_changes',
  event: 'ddl_command_start',
  function: 'refuse_table_changes',
  tags: CHANGES_TABLES,
};
