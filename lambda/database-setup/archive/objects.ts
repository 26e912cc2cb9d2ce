import { OWN_SCHEMAS } from '../../archive/contract';
import { literal } from '../../runtime/postgres/quoting';

const OWN = OWN_SCHEMAS.map(literal).join(', ');

/** @returns SQL: whether a schema is the application's, by the expression for its name */
export const isApplications = (schema: string): string =>
  `(${schema} NOT LIKE 'pg\\_%' AND ${schema} NOT IN ('information_schema', ${OWN}))`;

/**
 * What of a command's objects belongs to the application: nothing temporary, which never leaves its session; nothing of
 * Holdfast itself, whose guard is put on tables wherever they are; and nothing that only comes with an extension.
 */
export const OBJECTS = `
CREATE OR REPLACE FUNCTION holdfast.is_archived(type text, schema_name text, identity text) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT NOT coalesce(
    schema_name = 'pg_temp' OR schema_name IN (${OWN})
    OR identity ~ '(^| on |^for )pg_temp\\.'
    OR identity ~ ' on (${OWN_SCHEMAS.join('|')})\\.'
    OR type = 'trigger' AND identity LIKE 'holdfast\\_guard on %'
    OR type = 'schema' AND identity IN (${OWN})
    OR type = 'extension' AND identity = 'pg_cron'
    OR type = 'publication' AND identity = 'holdfast_archive', false) $$;
`;
