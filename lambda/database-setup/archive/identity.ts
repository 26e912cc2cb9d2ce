import type { EventTrigger } from '../guard';

/**
 * Tables without a key send their whole rows, where the platform file asks for that: a set-up tells those that are there,
 * and an event trigger those that come. It goes by the rights of whoever makes the table. One that gets its key in a
 * later command keeps sending whole rows until somebody says REPLICA IDENTITY DEFAULT.
 */
export const IDENTITY = `
CREATE OR REPLACE FUNCTION holdfast.identify_table(relation regclass) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  EXECUTE format('ALTER TABLE %s REPLICA IDENTITY FULL', relation);
END $$;

CREATE OR REPLACE FUNCTION holdfast.identify_new_tables() RETURNS event_trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  relation oid;
BEGIN
  FOR relation IN
    SELECT c.oid FROM pg_class c
     WHERE c.oid IN (SELECT objid FROM pg_event_trigger_ddl_commands() WHERE classid = 'pg_class'::regclass)
       AND pg_has_role(c.relowner, 'USAGE')
  LOOP
    IF holdfast.is_keyless(relation) THEN PERFORM holdfast.identify_table(relation); END IF;
  END LOOP;
END $$;
`;

export const IDENTIFY_NEW_TABLES: EventTrigger = {
  name: 'holdfast_archive_identity',
  event: 'ddl_command_end',
  function: 'identify_new_tables',
  tags: ['CREATE TABLE', 'CREATE TABLE AS', 'SELECT INTO', 'ALTER TABLE', 'CREATE SCHEMA'],
};

/** Tables that are there and must send their whole rows. */
export const KEYLESS = `
  SELECT oid, oid::regclass::text AS name FROM pg_class WHERE relkind = 'r' AND holdfast.is_keyless(oid) ORDER BY 1`;
