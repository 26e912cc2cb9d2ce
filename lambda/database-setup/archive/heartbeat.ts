import { MESSAGES } from '../../archive/contract';
import { literal } from '../../runtime/postgres/quoting';
import type { Session } from '../../runtime/postgres/session';
import { isApplications } from './objects';

/**
 * What the archiver has the writer say every few seconds: values of sequences, which are not decoded, and a sign of life,
 * which lets the slot of an idle database advance.
 */

/** Sequences that one query reads: more would make a query that is too deep for the parser's stack. */
const AT_ONCE = 200;

/**
 * What was told last is unlogged on purpose: a replica has none of it, so that a server which was promoted, restored or
 * has crashed tells everything anew.
 */
const TABLES = `
CREATE UNLOGGED TABLE IF NOT EXISTS holdfast.told_sequence (
  sequence oid PRIMARY KEY,
  schema text NOT NULL,
  name text NOT NULL,
  last bigint NOT NULL,
  called boolean NOT NULL
);

-- A transaction whose time of commit must be readable as long as any answer from such times is to be believed.
CREATE TABLE IF NOT EXISTS holdfast.sentinel (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  xid xid8 NOT NULL,
  committed_at timestamptz
);
`;

const SEQUENCES = `
-- Queries that read sequences of the application as they are now, a few hundred each.
CREATE OR REPLACE FUNCTION holdfast.sequence_queries() RETURNS SETOF text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT string_agg(format('SELECT %s::oid, %L, %L, last_value, is_called FROM %I.%I', s.oid, s.nspname, s.relname,
           s.nspname, s.relname), ' UNION ALL ')
    FROM (SELECT c.oid, n.nspname, c.relname, row_number() OVER (ORDER BY c.oid) AS nth
            FROM pg_sequence q JOIN pg_class c ON c.oid = q.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace
           WHERE c.relpersistence <> 't' AND ${isApplications('n.nspname')}
             AND has_sequence_privilege(q.seqrelid, 'SELECT')) AS s
   GROUP BY s.nth / ${AT_ONCE} $$;

-- The position comes first: what is read later holds for every commit up to there.
CREATE OR REPLACE FUNCTION holdfast.tell_sequences(whole boolean) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '200ms' AS $$
DECLARE
  read_lsn constant pg_lsn := pg_current_wal_insert_lsn();
  query text;
  part jsonb;
  found jsonb := '[]';
BEGIN
  IF whole THEN DELETE FROM holdfast.told_sequence; END IF;
  FOR query IN SELECT holdfast.sequence_queries() LOOP
    EXECUTE 'WITH now (sequence, schema, name, last, called) AS (' || query || '), told AS (
      INSERT INTO holdfast.told_sequence AS t SELECT * FROM now
      ON CONFLICT (sequence) DO UPDATE
        SET schema = excluded.schema, name = excluded.name, last = excluded.last, called = excluded.called
        WHERE (t.schema, t.name, t.last, t.called)
           IS DISTINCT FROM (excluded.schema, excluded.name, excluded.last, excluded.called)
      RETURNING t.*)
      SELECT jsonb_agg(jsonb_build_object(''schema'', schema, ''name'', name, ''last'', last::text, ''called'', called)
                       ORDER BY schema, name) FROM told' INTO part;
    found := found || coalesce(part, '[]');
  END LOOP;
  PERFORM pg_logical_emit_message(true, ${literal(MESSAGES.sequences)},
    json_build_object('readLsn', read_lsn, 'sequences', found)::text);
EXCEPTION WHEN lock_not_available OR undefined_table OR deadlock_detected THEN
  -- Somebody is changing one of them: the next heartbeat tells.
  RETURN;
END $$;
`;

const SENTINEL = `
-- Its time of commit can only be written down by a later transaction.
CREATE OR REPLACE FUNCTION holdfast.refresh_sentinel(anew boolean) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF current_setting('track_commit_timestamp') <> 'on' THEN RETURN; END IF;
  IF NOT anew THEN
    UPDATE holdfast.sentinel s SET committed_at = pg_xact_commit_timestamp(s.xid::xid)
     WHERE s.committed_at IS NULL AND pg_xact_commit_timestamp(s.xid::xid) IS NOT NULL;
    IF FOUND THEN RETURN; END IF;
  END IF;
  INSERT INTO holdfast.sentinel AS s (xid) VALUES (pg_current_xact_id())
  ON CONFLICT (one) DO UPDATE SET xid = excluded.xid, committed_at = NULL
    -- Times are forgotten after some two hundred million transactions.
    WHERE anew OR s.committed_at IS NULL OR age(s.xid::xid) > 1000000;
END $$;
`;

/**
 * Whether the current user may write into the log what runs now (PostgreSQL 16 on; a superuser's function, unless it is
 * granted). The server writes it every 15 s by itself, and reads the log for each reader of a slot from such a place on.
 */
const MAY_MARK = `coalesce(has_function_privilege(to_regprocedure('pg_log_standby_snapshot()'), 'EXECUTE'), false)`;

const BEAT = `
-- Called by the archiver. \`whole\`: tells every sequence, and not only those that have changed since they were told last;
-- and the fingerprint of the catalogue.
CREATE OR REPLACE FUNCTION holdfast.archive_heartbeat(at_ms bigint, whole boolean DEFAULT false) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  beat jsonb := jsonb_build_object('at_ms', at_ms);
BEGIN
  -- Where a reader of the slot may begin. Before this transaction has a number: one that is under way holds it back.
  IF ${MAY_MARK} THEN PERFORM pg_log_standby_snapshot(); END IF;
  IF whole THEN
    PERFORM holdfast.refresh_sentinel(false);
    beat := beat || jsonb_build_object('snapshot', pg_current_snapshot(), 'fingerprint', holdfast.fingerprint_if_free());
  END IF;
  PERFORM holdfast.tell_sequences(whole);
  PERFORM pg_logical_emit_message(true, ${literal(MESSAGES.heartbeat)}, beat::text);
END $$;
`;

export const HEARTBEAT = TABLES + SEQUENCES + SENTINEL + BEAT;

/** @returns what it means that the owner of the heartbeat may not mark the log, as a sentence; none if it may */
export async function lateStarts(session: Session): Promise<readonly string[]> {
  const [row] = await session.query(`SELECT ${MAY_MARK} AS may`);
  if (row?.may === true) return [];
  return [
    'Each run first reads up to half a minute of the log again, and begins later by that: the owner may not call ' +
      'pg_log_standby_snapshot().',
  ];
}
