/**
 * Everything that the agent must know, in one row; a replica answers it too. The position of a primary is that of its
 * last record, written down or not: no commit lies beyond it.
 *
 * Without compilation: tables of one row that were never analysed are taken for large ones, and a server that compiles would
 * spend up to a second on each answer.
 */
export const STATUS = `
-- A function's result cannot be changed. One that is as it should be stays: the agents call it all the time.
DO $$ BEGIN
  IF pg_get_function_result(to_regprocedure('holdfast.status()')) NOT LIKE '%archive_missing%' THEN
    DROP FUNCTION holdfast.status();
  END IF;
END $$;

CREATE OR REPLACE FUNCTION holdfast.status() RETURNS TABLE (
  in_recovery boolean, clock_ms bigint, timeline int, lsn text, receive_lsn text, streaming boolean,
  heartbeat_ms bigint, lease_epoch bigint, lease_version bigint, lease_limit_ms bigint, lease_closed boolean,
  lease_timeline int, enforced_ago_seconds float8, enforce_seconds int, fenced_sessions int,
  archive_missing boolean)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off AS $$
DECLARE
  replays constant boolean := pg_is_in_recovery();
BEGIN
  RETURN QUERY
  SELECT replays,
         holdfast.now_ms(),
         CASE WHEN NOT replays THEN holdfast.current_timeline() END,
         (CASE WHEN replays THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_insert_lsn() END)::text,
         (CASE WHEN replays THEN pg_last_wal_receive_lsn() END)::text,
         replays AND EXISTS (SELECT FROM pg_stat_wal_receiver r WHERE r.status = 'streaming'),
         (SELECT h.at_ms FROM holdfast.heartbeat h),
         l.epoch,
         l.version,
         (SELECT s.last_value FROM holdfast.lease_limit s),
         l.closed,
         l.timeline,
         ((holdfast.now_ms() - e.at_ms) / 1000.0)::float8,
         e.every_seconds,
         (SELECT count(*)::int FROM holdfast.fenced_session),
         holdfast.is_archive_missing()
    FROM holdfast.lease l, holdfast.enforcement e;
END $$;
`;
