import { literal } from '../runtime/postgres/quoting';
import { UNFENCED } from '../runtime/postgres/users';

/**
 * What the fence keeps in the database. The limit and the timeline of the lease are sequences, because a statement reads
 * a sequence fresh where a long transaction goes on seeing the row that was there when it began; and the value of a
 * sequence holds at once, whatever becomes of the transaction that set it. A sequence that was never set is a lease that
 * was never opened.
 *
 * Everybody may read it, because the checks run with the rights of whoever writes; nobody but the owner's functions may
 * change it.
 */
export const SCHEMA = `
CREATE SCHEMA IF NOT EXISTS holdfast;
GRANT USAGE ON SCHEMA holdfast TO PUBLIC;

CREATE TABLE IF NOT EXISTS holdfast.lease (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  epoch bigint NOT NULL DEFAULT 0,
  version bigint NOT NULL DEFAULT 0,
  closed boolean NOT NULL DEFAULT true,
  timeline int NOT NULL DEFAULT 0
);
INSERT INTO holdfast.lease DEFAULT VALUES ON CONFLICT DO NOTHING;
CREATE SEQUENCE IF NOT EXISTS holdfast.lease_limit;
CREATE SEQUENCE IF NOT EXISTS holdfast.lease_timeline;

CREATE TABLE IF NOT EXISTS holdfast.heartbeat (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  at_ms bigint
);
INSERT INTO holdfast.heartbeat DEFAULT VALUES ON CONFLICT DO NOTHING;

CREATE TABLE IF NOT EXISTS holdfast.enforcement (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  at_ms bigint,
  every_seconds int NOT NULL DEFAULT 5
);
INSERT INTO holdfast.enforcement DEFAULT VALUES ON CONFLICT DO NOTHING;

CREATE TABLE IF NOT EXISTS holdfast.closed_role (role oid PRIMARY KEY);
COMMENT ON TABLE holdfast.closed_role IS
  'Roles that the fence has forbidden to log in, and will allow again; one that a person has forbidden is not here.';

GRANT SELECT ON holdfast.lease, holdfast.lease_limit, holdfast.lease_timeline TO PUBLIC;
`;

/** Functions that read the state of the fence. `is_open` says no on a replica and on a server that was promoted. */
export const STATE = `
CREATE OR REPLACE FUNCTION holdfast.now_ms() RETURNS bigint LANGUAGE sql VOLATILE AS $$
  SELECT floor(extract(epoch FROM pg_catalog.clock_timestamp()) * 1000)::bigint $$;

-- What pg_control_checkpoint() says lags behind a promotion; the name of the file that is written does not.
CREATE OR REPLACE FUNCTION holdfast.current_timeline() RETURNS int LANGUAGE sql VOLATILE AS $$
  SELECT ('x' || substr(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_lsn()), 1, 8))::bit(32)::int $$;

CREATE OR REPLACE FUNCTION holdfast.is_open() RETURNS boolean
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF pg_is_in_recovery() THEN RETURN false; END IF;
  RETURN coalesce(
    holdfast.now_ms() < pg_sequence_last_value('holdfast.lease_limit'::regclass)
      AND holdfast.current_timeline() = pg_sequence_last_value('holdfast.lease_timeline'::regclass)
      AND NOT (SELECT closed FROM holdfast.lease),
    false);
END $$;

-- Whose login the lease decides about: everybody's but the owner's, the agent's, the archiver's, who drains the last
-- commits of a side that is closed, that of whoever reads statistics, and that of the roles that RDS itself runs. Sessions of the owner are another matter: holdfast.fenced_session has them.
CREATE OR REPLACE FUNCTION holdfast.is_fenced(role oid) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT EXISTS (
    SELECT FROM pg_roles r
     WHERE r.oid = role AND r.rolname NOT LIKE 'rds%' AND r.rolname NOT LIKE 'pg\\_%'
       AND r.oid <> (SELECT nspowner FROM pg_namespace WHERE nspname = 'holdfast')
       AND NOT EXISTS (
         SELECT FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid
          WHERE g.rolname IN (${UNFENCED.map(({ role }) => literal(role)).join(', ')}) AND m.member = r.oid)) $$;
`;
