import { type EventTrigger, REFUSED } from './guard';

/**
 * The check of every login, beside VALID UNTIL, which binds logins by password only. A replica lets everybody in: it
 * writes nothing, and after a promotion its sessions are ended as all others.
 */
export const LOGIN = `
CREATE OR REPLACE FUNCTION holdfast.refuse_login() RETURNS event_trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF pg_is_in_recovery() OR holdfast.is_open()
     OR NOT holdfast.is_fenced((SELECT oid FROM pg_roles WHERE rolname = session_user))
  THEN
    RETURN;
  END IF;
  RAISE EXCEPTION 'holdfast: the login of % is refused, because this database has no lease', session_user
    USING ERRCODE = '${REFUSED}', HINT = 'Another region may be writing. npx holdfast status says who leads.';
END $$;
`;

/** PostgreSQL has this event since version 17. */
export const REFUSE_LOGIN: EventTrigger = {
  name: 'holdfast_refuse_login',
  event: 'login',
  function: 'refuse_login',
  tags: [],
};
