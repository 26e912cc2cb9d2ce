/**
 * The lease: renewed, opened and closed by the agent alone. All three lock its row first, so that they take turns; the
 * condition is read again when the lock is there. Closing writes a higher version, so no late renewal opens it again.
 * A change is on disk when its function's statement returns, whatever the server's settings say.
 */

/** Roles are changed one by one, under a short wait: one that somebody else holds must not hold the others. */
const ROLES = `
CREATE OR REPLACE FUNCTION holdfast.change_role(role oid, change text) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET lock_timeout = '200ms' AS $$
BEGIN
  EXECUTE format('ALTER ROLE %s %s', role::regrole, change);
  RETURN true;
EXCEPTION WHEN OTHERS THEN
  RAISE WARNING 'holdfast: the role % was left as it is: %', role::regrole, SQLERRM;
  RETURN false;
END $$;

CREATE OR REPLACE FUNCTION holdfast.let_in(until_ms bigint) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  of_role oid;
BEGIN
  FOR of_role IN
    SELECT r.oid FROM pg_roles r
     WHERE (r.rolcanlogin OR r.oid IN (SELECT c.role FROM holdfast.closed_role c)) AND holdfast.is_fenced(r.oid)
  LOOP
    IF holdfast.change_role(of_role, format('LOGIN VALID UNTIL %L', to_timestamp(until_ms / 1000.0))) THEN
      DELETE FROM holdfast.closed_role c WHERE c.role = of_role;
    END IF;
  END LOOP;
END $$;

CREATE OR REPLACE FUNCTION holdfast.shut_out() RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  of_role oid;
BEGIN
  FOR of_role IN SELECT r.oid FROM pg_roles r WHERE r.rolcanlogin AND holdfast.is_fenced(r.oid) LOOP
    IF holdfast.change_role(of_role, 'NOLOGIN') THEN
      INSERT INTO holdfast.closed_role VALUES (of_role) ON CONFLICT DO NOTHING;
    END IF;
  END LOOP;
END $$;
`;

const CHANGES = `
-- The limit is set last: nobody writes under a lease whose other changes failed.
CREATE OR REPLACE FUNCTION holdfast.extend(limit_ms bigint) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF limit_ms > holdfast.now_ms() + 3600000 THEN
    RAISE EXCEPTION 'holdfast: the limit % is more than an hour ahead', limit_ms;
  END IF;
  UPDATE holdfast.heartbeat SET at_ms = holdfast.now_ms();
  PERFORM holdfast.let_in(limit_ms);
  PERFORM setval('holdfast.lease_limit', limit_ms);
END $$;

CREATE OR REPLACE FUNCTION holdfast.renew_lease(epoch bigint, version bigint, limit_ms bigint) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM set_config('synchronous_commit', 'on', true);
  UPDATE holdfast.lease l SET version = renew_lease.version
   WHERE l.epoch = renew_lease.epoch AND l.version < renew_lease.version AND NOT l.closed
     AND l.timeline = holdfast.current_timeline();
  IF NOT FOUND THEN RETURN false; END IF;
  PERFORM holdfast.extend(limit_ms);
  RETURN true;
END $$;

-- Opening takes two statements, because a sequence holds at once and a row when it is committed: were both set here,
-- statements in between would write under the epoch before. So the row comes first, with a limit in the past.
CREATE OR REPLACE FUNCTION holdfast.open_lease(epoch bigint, version bigint) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM set_config('synchronous_commit', 'on', true);
  UPDATE holdfast.lease l
     SET epoch = open_lease.epoch, version = open_lease.version, closed = false,
         timeline = holdfast.current_timeline()
   WHERE open_lease.epoch > l.epoch OR (open_lease.epoch = l.epoch AND open_lease.version > l.version);
  IF NOT FOUND THEN RETURN false; END IF;
  PERFORM setval('holdfast.lease_limit', 1);
  PERFORM setval('holdfast.lease_timeline', holdfast.current_timeline());
  RETURN true;
END $$;

-- Lends to the very lease that was opened, once its row is committed.
CREATE OR REPLACE FUNCTION holdfast.begin_lease(epoch bigint, version bigint, limit_ms bigint) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM set_config('synchronous_commit', 'on', true);
  PERFORM FROM holdfast.lease l
   WHERE l.epoch = begin_lease.epoch AND l.version = begin_lease.version AND NOT l.closed
     AND l.timeline = holdfast.current_timeline() FOR UPDATE;
  IF NOT FOUND THEN RETURN false; END IF;
  PERFORM holdfast.extend(limit_ms);
  RETURN true;
END $$;

-- From the first line on no statement writes. Sessions are ended by another call: roles that may not log in have to be
-- committed by then, or pools would come back.
CREATE OR REPLACE FUNCTION holdfast.close_lease(epoch bigint, version bigint) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM set_config('synchronous_commit', 'on', true);
  UPDATE holdfast.lease l SET epoch = close_lease.epoch, version = close_lease.version, closed = true
   WHERE close_lease.epoch >= l.epoch AND close_lease.version > l.version;
  IF NOT FOUND THEN RETURN false; END IF;
  PERFORM setval('holdfast.lease_limit', 1);
  PERFORM holdfast.shut_out();
  RETURN true;
END $$;
`;

export const LEASE = ROLES + CHANGES;
