import { MESSAGES } from '../../archive/contract';
import { literal } from '../../runtime/postgres/quoting';
import type { EventTrigger } from '../guard';

/**
 * Tells the archive of each command of the data definition: event triggers write it into the log as a logical message of
 * its transaction, so that it arrives where it happened, and not at all if it is undone. They run with the rights of
 * whoever gives the command, and never fail it: what cannot be described is told as opaque.
 *
 * A command that makes a table with rows in it (CREATE TABLE AS, SELECT INTO) is told as the one that makes it empty,
 * because the rows arrive by themselves; the same for a materialised view, whose rows are nobody's to replay. What runs
 * CONCURRENTLY is told as the command without that word, because it is to be replayed within a transaction.
 */

const PLACE = `
-- The place of a command in the query that the client has sent, which is known by the time at which it came. Every
-- command counts that ends with ddl_command_end, also one that changes nothing.
CREATE OR REPLACE FUNCTION holdfast.command_place(ends boolean) RETURNS int
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  came constant text := (extract(epoch FROM statement_timestamp()) * 1000000)::bigint;
  known constant text[] := string_to_array(current_setting('holdfast.commands', true), ' ');
  place constant int := CASE WHEN known[1] = came THEN known[2]::int ELSE 0 END + 1;
BEGIN
  IF ends THEN PERFORM set_config('holdfast.commands', came || ' ' || place, false); END IF;
  RETURN place;
END $$;

-- What the script of an extension does is part of the one command that runs it.
CREATE OR REPLACE FUNCTION holdfast.archive_extension() RETURNS event_trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM set_config('holdfast.extension', 'on', true);
END $$;

CREATE OR REPLACE FUNCTION holdfast.is_script(tag text) RETURNS boolean
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF current_setting('holdfast.extension', true) IS DISTINCT FROM 'on' THEN RETURN false; END IF;
  IF tag NOT IN ('CREATE EXTENSION', 'ALTER EXTENSION') THEN RETURN true; END IF;
  PERFORM set_config('holdfast.extension', '', true);
  RETURN false;
END $$;

-- The set-up itself grants on what is Holdfast's, and commands that grant do not say on what.
CREATE OR REPLACE FUNCTION holdfast.is_setup() RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(current_setting('holdfast.setup', true) = 'on'
    AND session_user = (SELECT pg_get_userbyid(nspowner) FROM pg_namespace WHERE nspname = 'holdfast'), false) $$;
`;

const EMPTY = `
-- The command that makes a table or a materialised view as it is now, without its rows.
CREATE OR REPLACE FUNCTION holdfast.without_rows(relation oid) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE c.relkind
      WHEN 'm' THEN format('CREATE MATERIALIZED VIEW %s (%s)%s AS %s WITH NO DATA', named.relation,
        string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum), named.options,
        rtrim(pg_get_viewdef(c.oid), '; '))
      ELSE format('CREATE %sTABLE %s (%s)%s', CASE c.relpersistence WHEN 'u' THEN 'UNLOGGED ' END, named.relation,
        string_agg(format('%I %s%s', a.attname, format_type(a.atttypid, a.atttypmod),
          (SELECT format(' COLLATE %I.%I', n.nspname, l.collname)
             FROM pg_collation l JOIN pg_namespace n ON n.oid = l.collnamespace
            WHERE l.oid = a.attcollation AND l.collname <> 'default')), ', ' ORDER BY a.attnum),
        named.options)
      END
    FROM pg_class c
    CROSS JOIN LATERAL (SELECT c.oid::regclass::text AS relation,
      ' WITH (' || array_to_string(c.reloptions, ', ') || ')' AS options) AS named
    LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
   WHERE c.oid = without_rows.relation GROUP BY c.oid, c.relkind, c.relpersistence, named.relation, named.options $$;
`;

const EMIT = `
-- \`made\`: the text, where it is made from the catalogue and not what somebody wrote.
CREATE OR REPLACE FUNCTION holdfast.emit_command(
  tag text, context text, place int, path text, role text, objects jsonb, made text) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  query constant text := current_query();
  statement text := made;
  opaque boolean := false;
BEGIN
  IF made IS NULL AND context <> '' THEN
    statement := holdfast.inner_statement(context, tag);
    opaque := statement IS NULL;
  ELSIF made IS NULL THEN
    -- What is detached concurrently keeps a constraint that no other command gives it.
    opaque := coalesce(holdfast.is_place_unknown(query) OR query ~* 'detach\\s.*\\mconcurrently\\s*;?\\s*$', true);
  END IF;
  PERFORM pg_logical_emit_message(true, ${literal(MESSAGES.ddl)}, json_build_object(
    'tag', tag, 'query', CASE WHEN statement IS NULL THEN coalesce(query, '') ELSE left(query, 1000) END,
    'statement', statement, 'opaque', opaque, 'ordinal', place, 'searchPath', path, 'role', role,
    'objects', objects, 'snapshot', pg_current_snapshot(), 'fingerprint', holdfast.fingerprint_if_free())::text);
  PERFORM pg_logical_emit_message(true, ${literal(MESSAGES.behind)}, '');
END $$;

-- What could not be described at all.
CREATE OR REPLACE FUNCTION holdfast.emit_unread(tag text, path text, role text, why text) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RAISE WARNING 'holdfast: the archive could not read a command (%): %', tag, why;
  PERFORM pg_logical_emit_message(true, ${literal(MESSAGES.ddl)}, json_build_object(
    'tag', tag, 'query', coalesce(left(current_query(), 1000), ''), 'statement', NULL, 'opaque', true, 'ordinal', 1,
    'searchPath', path, 'role', role, 'objects', '[]'::json, 'snapshot', pg_current_snapshot(), 'fingerprint', '')::text);
  PERFORM pg_logical_emit_message(true, ${literal(MESSAGES.behind)}, '');
END $$;
`;

/** Commands that change nothing in the catalogue, and those that would make a restored copy follow somebody. */
const LEFT_OUT = `tag IN ('REFRESH MATERIALIZED VIEW', 'REINDEX') OR tag LIKE '%SUBSCRIPTION'`;

const ENDED = `
CREATE OR REPLACE FUNCTION holdfast.archive_ended(tag text, context text, path text, role text) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  place int;
  objects jsonb;
  made text;
BEGIN
  IF holdfast.is_script(tag) THEN RETURN; END IF;
  place := CASE WHEN context = '' THEN holdfast.command_place(true) ELSE 1 END;
  -- What was dropped is told before it ends. The guard is put on tables by more than one command.
  IF ${LEFT_OUT} OR tag LIKE 'DROP %' AND tag <> 'DROP OWNED'
     OR context ~ '(^|\\n)PL/pgSQL function holdfast\\.guard_table\\(regclass\\) '
  THEN
    RETURN;
  END IF;
  SELECT jsonb_agg(DISTINCT jsonb_build_object('type', lower(c.object_type), 'identity', coalesce(c.object_identity, ''))),
         min(CASE WHEN tag IN ('CREATE TABLE AS', 'SELECT INTO', 'CREATE MATERIALIZED VIEW') THEN holdfast.without_rows(c.objid)
                  WHEN tag = 'CREATE INDEX' AND context = '' AND current_query() ~* '\\mconcurrently\\M'
                  THEN pg_get_indexdef(c.objid) END)
    INTO objects, made
    FROM pg_event_trigger_ddl_commands() c
   WHERE holdfast.is_archived(c.object_type, c.schema_name, c.object_identity)
     AND NOT (c.object_identity IS NULL AND holdfast.is_setup());
  IF objects IS NULL AND tag <> 'DROP OWNED' THEN RETURN; END IF;
  PERFORM holdfast.emit_command(tag, context, place, path, role, coalesce(objects, '[]'), made);
END $$;

CREATE OR REPLACE FUNCTION holdfast.archive_dropped(tag text, context text, path text, role text) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  place constant int := CASE WHEN context = '' THEN holdfast.command_place(false) ELSE 1 END;
  objects jsonb;
  mixed boolean;
  made text;
BEGIN
  -- ALTER tells of what it drops when it ends. DROP OWNED also takes rights, of which nothing is listed here.
  IF ${LEFT_OUT} OR tag NOT LIKE 'DROP %' OR tag = 'DROP OWNED' OR holdfast.is_script(tag) THEN RETURN; END IF;
  SELECT jsonb_agg(jsonb_build_object('type', d.object_type, 'identity', d.object_identity)) FILTER (WHERE d.ours),
         bool_or(d.original AND NOT d.ours),
         string_agg(format('DROP %s %s CASCADE', upper(d.object_type), d.object_identity), '; ')
           FILTER (WHERE d.original AND d.ours)
    INTO objects, mixed, made
    FROM (SELECT o.*, NOT o.is_temporary AND holdfast.is_archived(o.object_type, o.schema_name, o.object_identity) AS ours
            FROM pg_event_trigger_dropped_objects() o WHERE o.original OR o.normal) AS d;
  -- Nothing but what is temporary, or Holdfast's own.
  IF made IS NULL THEN RETURN; END IF;
  IF NOT mixed AND NOT (context = '' AND current_query() ~* '^\\s*drop\\s+index\\s+concurrently\\M') THEN made := NULL; END IF;
  PERFORM holdfast.emit_command(tag, context, place, path, role, objects, made);
END $$;
`;

// Without a search path of their own, so that they see the command's. Everything in them is named in full.
const TRIGGERS = [
  ['archive_command', 'archive_ended'],
  ['archive_drop', 'archive_dropped'],
]
  .map(
    ([trigger, teller]) => `
CREATE OR REPLACE FUNCTION holdfast.${trigger}() RETURNS event_trigger LANGUAGE plpgsql AS $$
DECLARE
  stack pg_catalog.text;
BEGIN
  GET DIAGNOSTICS stack = PG_CONTEXT;
  PERFORM holdfast.${teller}(TG_TAG, pg_catalog.regexp_replace(stack, '^[^\\n]*\\n?', ''),
    pg_catalog.current_setting('search_path'), current_user::pg_catalog.text);
EXCEPTION WHEN OTHERS THEN
  PERFORM holdfast.emit_unread(TG_TAG, pg_catalog.current_setting('search_path'), current_user::pg_catalog.text, SQLERRM);
END $$;
`,
  )
  .join('');

export const CAPTURE = PLACE + EMPTY + EMIT + ENDED + TRIGGERS;

/**
 * Triggers of an event fire in the order of their names. These come before those of the application: what those do in
 * turn needs what the command has made.
 */
const ARCHIVE_COMMAND: EventTrigger = {
  name: '_0_holdfast_archive_command',
  event: 'ddl_command_end',
  function: 'archive_command',
  tags: [],
};

const ARCHIVE_DROP: EventTrigger = {
  name: '_0_holdfast_archive_drop',
  event: 'sql_drop',
  function: 'archive_drop',
  tags: [],
};

const ARCHIVE_EXTENSION: EventTrigger = {
  name: '_0_holdfast_archive_extension',
  event: 'ddl_command_start',
  function: 'archive_extension',
  tags: ['CREATE EXTENSION', 'ALTER EXTENSION'],
};

/** In the order in which they are made; all or none of them. */
export const ARCHIVE_TRIGGERS: readonly EventTrigger[] = [ARCHIVE_EXTENSION, ARCHIVE_COMMAND, ARCHIVE_DROP];

/** What the triggers call with the rights of whoever gives a command. */
export const CALLED_BY_ALL = [
  'is_archived(text, text, text)',
  'catalogue_fingerprint()',
  'fingerprint_if_free()',
  'split_statements(text)',
  'has_several(text)',
  'is_place_unknown(text)',
  'inner_statement(text, text)',
  'command_place(boolean)',
  'is_setup()',
  'is_script(text)',
  'without_rows(oid)',
  'emit_command(text, text, int, text, text, jsonb, text)',
  'emit_unread(text, text, text, text)',
  'archive_ended(text, text, text, text)',
  'archive_dropped(text, text, text, text)',
  'is_keyless(oid)',
  'identify_table(regclass)',
].map((name) => `holdfast.${name}`);
