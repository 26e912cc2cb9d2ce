import { isApplications } from './objects';

/**
 * A fingerprint of the catalogue, by names and never by numbers, so that a copy which came to the same catalogue another
 * way has the same one. It covers what decides whether rows and commands can be replayed: schemas, tables with their
 * columns, constraints, indexes, views, functions, types, definitions of sequences, triggers, rules, policies, statistics
 * and extensions. It leaves out owners, rights, comments, replica identities and whether a materialised view is filled;
 * an index whose making failed; and everything of Holdfast.
 */

const RELATIONS = `
  own AS MATERIALIZED (SELECT n.oid, n.nspname FROM pg_namespace n WHERE ${isApplications('n.nspname')}),
  member AS MATERIALIZED (SELECT d.classid, d.objid FROM pg_depend d WHERE d.deptype = 'e'),
  relation AS MATERIALIZED (
    SELECT c.*, format('%I.%I', own.nspname, c.relname) AS name
      FROM pg_class c JOIN own ON own.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S', 'c') AND c.relpersistence <> 't'
       AND NOT EXISTS (SELECT FROM member m WHERE m.classid = 'pg_class'::regclass AND m.objid = c.oid))`;

// A default holds no columns: read without its table it takes no lock.
const COLUMN = `
  concat_ws(' ', quote_ident(a.attname), format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity,
    a.attgenerated, a.attstorage, a.attcompression,
    (SELECT format('%I.%I', n.nspname, l.collname) FROM pg_collation l JOIN pg_namespace n ON n.oid = l.collnamespace
      WHERE l.oid = a.attcollation),
    pg_get_expr(d.adbin, CASE WHEN a.attgenerated = '' THEN 0 ELSE d.adrelid END))`;

const OF_RELATIONS = `
  SELECT 'schema', own.nspname::text FROM own
  UNION ALL
  SELECT 'relation', concat_ws(' ', r.name, r.relkind, r.relpersistence, r.relrowsecurity, r.relforcerowsecurity,
      array_to_string(r.reloptions, ','), pg_get_expr(r.relpartbound, 0),
      CASE WHEN r.relkind = 'p' THEN pg_get_partkeydef(r.oid) END,
      CASE WHEN r.reloftype <> 0 THEN r.reloftype::regtype::text END,
      (SELECT string_agg(i.inhparent::regclass::text, ',' ORDER BY i.inhseqno) FROM pg_inherits i
        WHERE i.inhrelid = r.oid),
      CASE WHEN r.relkind IN ('v', 'm') THEN pg_get_viewdef(r.oid) END)
    FROM relation r
  UNION ALL
  SELECT 'columns', concat_ws(' ', r.name, string_agg(${COLUMN}, ',' ORDER BY a.attnum))
    FROM relation r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
   WHERE r.relkind <> 'S' GROUP BY r.oid, r.name
  UNION ALL
  SELECT 'sequence', concat_ws(' ', r.name, s.seqtypid::regtype, s.seqstart, s.seqincrement, s.seqmax, s.seqmin,
      s.seqcache, s.seqcycle)
    FROM relation r JOIN pg_sequence s ON s.seqrelid = r.oid
  UNION ALL
  SELECT 'index', concat_ws(' ', pg_get_indexdef(i.indexrelid), i.indisclustered)
    FROM pg_index i JOIN relation r ON r.oid = i.indrelid JOIN pg_class c ON c.oid = i.indexrelid
   WHERE i.indisvalid OR c.relkind = 'I'`;

const ON_RELATIONS = `
  SELECT 'constraint', concat_ws(' ', coalesce(r.name, k.contypid::regtype::text), quote_ident(k.conname),
      pg_get_constraintdef(k.oid))
    FROM pg_constraint k LEFT JOIN relation r ON r.oid = k.conrelid
   WHERE r.oid IS NOT NULL OR k.contypid <> 0 AND k.connamespace IN (SELECT own.oid FROM own)
  UNION ALL
  SELECT 'trigger', concat_ws(' ', pg_get_triggerdef(t.oid), t.tgenabled)
    FROM pg_trigger t JOIN relation r ON r.oid = t.tgrelid
   WHERE NOT t.tgisinternal AND t.tgname <> 'holdfast_guard'
  UNION ALL
  SELECT 'rule', concat_ws(' ', pg_get_ruledef(w.oid), w.ev_enabled)
    FROM pg_rewrite w JOIN relation r ON r.oid = w.ev_class WHERE w.rulename <> '_RETURN'
  UNION ALL
  SELECT 'policy', concat_ws(' ', r.name, quote_ident(p.polname), p.polcmd, p.polpermissive,
      (SELECT string_agg(CASE WHEN o = 0 THEN 'public' ELSE o::regrole::text END, ',' ORDER BY o::regrole::text)
         FROM unnest(p.polroles) o),
      pg_get_expr(p.polqual, p.polrelid), '/', pg_get_expr(p.polwithcheck, p.polrelid))
    FROM pg_policy p JOIN relation r ON r.oid = p.polrelid
  UNION ALL
  SELECT 'statistics', pg_get_statisticsobjdef(s.oid)
    FROM pg_statistic_ext s JOIN relation r ON r.oid = s.stxrelid`;

const OTHERS = `
  SELECT 'function', concat_ws(' ', format('%I.%I', own.nspname, p.proname), p.prokind, pg_get_function_arguments(p.oid),
      pg_get_function_result(p.oid), l.lanname, p.provolatile, p.proparallel, p.prosecdef, p.proisstrict, p.proleakproof,
      p.procost, p.prorows, array_to_string(p.proconfig, ','), p.prosrc, pg_get_function_sqlbody(p.oid),
      g.aggtransfn, g.aggfinalfn, g.aggcombinefn, g.aggtranstype::regtype, g.agginitval, g.aggsortop::regoperator)
    FROM pg_proc p JOIN own ON own.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang
    LEFT JOIN pg_aggregate g ON g.aggfnoid = p.oid
   WHERE NOT EXISTS (SELECT FROM member m WHERE m.classid = 'pg_proc'::regclass AND m.objid = p.oid)
  UNION ALL
  SELECT 'type', concat_ws(' ', format('%I.%I', own.nspname, t.typname), t.typtype,
      (SELECT string_agg(quote_literal(e.enumlabel), ',' ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid),
      CASE WHEN t.typtype = 'd' THEN concat_ws(' ', format_type(t.typbasetype, t.typtypmod), t.typnotnull, t.typdefault) END,
      (SELECT concat_ws(' ', g.rngsubtype::regtype, g.rngcanonical, g.rngsubdiff) FROM pg_range g
        WHERE g.rngtypid = t.oid))
    FROM pg_type t JOIN own ON own.oid = t.typnamespace
   WHERE t.typtype IN ('e', 'd', 'r', 'b') AND t.typelem = 0
     AND NOT EXISTS (SELECT FROM member m WHERE m.classid = 'pg_type'::regclass AND m.objid = t.oid)
  UNION ALL
  SELECT 'extension', concat_ws(' ', e.extname, e.extversion, n.nspname)
    FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname <> 'pg_cron'`;

/** What takes no longer than this, in milliseconds, is worth the time for every command. */
const QUICK_MS = 50;

/** Settings that change how an expression is written. */
const WRITTEN_SO = `
  SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET datestyle = 'ISO, YMD' SET intervalstyle = 'postgres'
  SET extra_float_digits = 1 SET bytea_output = 'hex' SET quote_all_identifiers = off SET jit = off`;

export const FINGERPRINT = `
CREATE OR REPLACE FUNCTION holdfast.catalogue_fingerprint() RETURNS text
LANGUAGE plpgsql STABLE ${WRITTEN_SO} AS $$
BEGIN
  RETURN (WITH ${RELATIONS},
  part (kind, line) AS (${OF_RELATIONS} UNION ALL ${ON_RELATIONS} UNION ALL ${OTHERS})
  SELECT encode(sha256(convert_to(coalesce(string_agg(kind || ' ' || line, E'\\n' ORDER BY kind COLLATE "C", line COLLATE "C"), ''), 'UTF8')), 'hex')
    FROM part);
END $$;

-- Writing a view or an index down locks the tables under it. A table that another session is changing must be waited for
-- by nobody, and a lock that was had for this must not be kept: so it is given up after a millisecond, and the block is
-- undone in any case. In a large catalogue it takes time, of which a long migration gives a tenth at most.
-- Empty: not known now.
CREATE OR REPLACE FUNCTION holdfast.fingerprint_if_free() RETURNS text
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  began constant timestamptz := clock_timestamp();
  due constant text := nullif(current_setting('holdfast.fingerprint_due', true), '');
  took interval;
  found text := '';
BEGIN
  IF began < due::timestamptz THEN RETURN ''; END IF;
  BEGIN
    PERFORM set_config('lock_timeout', '1ms', true);
    found := holdfast.catalogue_fingerprint();
    RAISE SQLSTATE 'HF002';
  EXCEPTION
    WHEN SQLSTATE 'HF002' THEN NULL;
    WHEN OTHERS THEN found := '';
  END;
  took := clock_timestamp() - began;
  IF took > interval '${QUICK_MS} ms' THEN
    PERFORM set_config('holdfast.fingerprint_due', (clock_timestamp() + 9 * took)::text, false);
  END IF;
  RETURN found;
END $$;
`;
