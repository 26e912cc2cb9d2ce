import { literal } from '../runtime/postgres/quoting';
import { OWN_NAMES } from '../runtime/postgres/session';

export const JOB = 'holdfast-enforce';
export const JOB_COMMAND = 'CALL holdfast.enforce()';

/**
 * Ends the sessions that could write while there is no lease. The order is what makes it hold: roles that may not log in
 * are committed before the first session is ended, or pools that reconnect at once would survive it (seen in five of
 * five runs). A role that somebody else has locked is passed over, and its sessions are ended all the same.
 */
export const ENFORCE = `
-- Sessions that can write; what only reads the log is none. The owner may always log in, but a statement that one of its
-- migrations or jobs has run is not checked again when it commits: only the end of that session keeps it from doing so.
CREATE OR REPLACE VIEW holdfast.fenced_session AS
  SELECT a.pid FROM pg_catalog.pg_stat_activity a
   WHERE a.usesysid IS NOT NULL AND a.pid <> pg_catalog.pg_backend_pid()
     AND (coalesce(a.backend_type, '') <> 'walsender' AND holdfast.is_fenced(a.usesysid)
       OR a.usesysid = (SELECT n.nspowner FROM pg_catalog.pg_namespace n WHERE n.nspname = 'holdfast')
         AND a.backend_type IN ('client backend', 'pg_cron')
         AND coalesce(a.application_name, '') NOT LIKE ${literal(`${OWN_NAMES}%`)}
         AND (a.state = 'active' AND a.query = ${literal(JOB_COMMAND)}) IS NOT TRUE);

CREATE OR REPLACE FUNCTION holdfast.end_sessions() RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  of_pid int;
  ended int := 0;
BEGIN
  IF holdfast.is_open() THEN RETURN 0; END IF;
  FOR of_pid IN SELECT pid FROM holdfast.fenced_session LOOP
    BEGIN
      IF pg_terminate_backend(of_pid) THEN ended := ended + 1; END IF;
    EXCEPTION WHEN insufficient_privilege THEN
      RAISE WARNING 'holdfast: the session % could not be ended: %', of_pid, SQLERRM;
    END;
  END LOOP;
  RETURN ended;
END $$;

CREATE OR REPLACE PROCEDURE holdfast.enforce() LANGUAGE plpgsql AS $$
BEGIN
  IF pg_catalog.pg_is_in_recovery() THEN RETURN; END IF;
  IF NOT holdfast.is_open() THEN
    BEGIN
      SET LOCAL lock_timeout = '2s';
      -- An opening that is under way comes first.
      PERFORM FROM holdfast.lease FOR UPDATE;
      IF NOT holdfast.is_open() THEN PERFORM holdfast.shut_out(); END IF;
    EXCEPTION WHEN OTHERS THEN
      RAISE WARNING 'holdfast: logins were left as they are: %', SQLERRM;
    END;
    COMMIT;
    PERFORM holdfast.end_sessions();
  END IF;
  UPDATE holdfast.enforcement SET at_ms = holdfast.now_ms();
END $$;
`;
