/** What an import makes in the two databases; no other import can be under way between them. */

/** At the old server: what is published, and the slot from which the new one reads. */
export const PUBLICATION = 'holdfast_import';
export const SLOT = 'holdfast_import';
/** At the new server: what reads, and the schema with the lock that keeps the application from writing meanwhile. */
export const SUBSCRIPTION = 'holdfast_import';
export const LOCK_SCHEMA = 'holdfast_import';
export const LOCK_TRIGGER = 'holdfast_import_lock';
