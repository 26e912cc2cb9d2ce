import { OWN_SCHEMAS } from '../contract';

/** What belongs to Holdfast is archived and not replayed: it says something of the server that it is on. */
export const isOwnSchema = (schema: string): boolean => OWN_SCHEMAS.includes(schema);

/** The event trigger that puts the guard on new tables, which a restored database needs as every other. */
export const GUARDS_NEW_TABLES = 'holdfast_guard_new_tables';

/** The owner may change tables though there is no lease: a restored database has none. */
export const IN_SETUP = "SET LOCAL holdfast.setup = 'on'";
