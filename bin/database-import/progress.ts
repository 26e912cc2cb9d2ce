import { number, text } from '../../lambda/archive/restore/rows';
import { literal } from '../../lambda/runtime/postgres/quoting';
import type { Session } from '../../lambda/runtime/postgres/session';
import { SUBSCRIPTION } from './names';
import type { ImportState } from './state';

/** How far the copy of one table is. */
export interface TableProgress {
  readonly table: string;
  readonly state: 'waits' | 'is copied' | 'catches up' | 'follows';
  /** Rows that the running copy has so far; 0 if none is running. */
  readonly rows: number;
}

export interface Progress {
  readonly tables: readonly TableProgress[];
  /** Bytes of the old server's log that are not applied yet. */
  readonly behindBytes: number;
  /** Attempts that failed since the subscription was made; the log of the new server says why. 0 before PostgreSQL 15. */
  readonly errors: number;
}

const STATES: Readonly<Record<string, TableProgress['state']>> = {
  i: 'waits',
  d: 'is copied',
  f: 'catches up',
  s: 'catches up',
  r: 'follows',
};

const TABLES = `
  SELECT format('%I.%I', n.nspname, c.relname) AS name, r.srsubstate::text AS state,
         coalesce((SELECT max(p.tuples_processed) FROM pg_stat_progress_copy p WHERE p.relid = c.oid), 0) AS rows
    FROM pg_subscription_rel r JOIN pg_subscription s ON s.oid = r.srsubid
    JOIN pg_class c ON c.oid = r.srrelid JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE s.subname = ${literal(SUBSCRIPTION)} ORDER BY 1`;
const ERRORS = `
  SELECT coalesce(sum(e.apply_error_count + e.sync_error_count), 0)::bigint AS errors
    FROM pg_stat_subscription_stats e WHERE e.subname = ${literal(SUBSCRIPTION)}`;

export async function progressOf(target: Session, { source }: ImportState): Promise<Progress> {
  const tables = await target.query(TABLES);
  const [known] = await target.query("SELECT to_regclass('pg_stat_subscription_stats') IS NOT NULL AS known");
  const [counted] = known?.known === true ? await target.query(ERRORS) : [];
  return {
    tables: tables.map((row) => ({
      table: text(row, 'name'),
      state: STATES[text(row, 'state')] ?? 'waits',
      rows: number(row, 'rows'),
    })),
    behindBytes: source.slot?.behindBytes ?? 0,
    errors: counted ? number(counted, 'errors') : 0,
  };
}

/** One sentence, for a person who waits. */
export function progressSentence({ tables, behindBytes, errors }: Progress): string {
  const following = tables.filter(({ state }) => state === 'follows');
  const copied = tables.filter(({ state }) => state === 'is copied');
  const parts = [`${following.length} of ${tables.length} tables follow`];
  if (copied.length > 0) {
    parts.push(`being copied: ${copied.map(({ table, rows }) => `${table} (${rows} rows)`).join(', ')}`);
  }
  parts.push(`${bytesText(behindBytes)} behind`);
  if (errors > 0) parts.push(`${errors} attempts failed, and the log of the new server says why`);
  return `${parts.join('; ')}.`;
}

const KIB = 1024;

export function bytesText(bytes: number): string {
  if (bytes < KIB) return `${bytes} bytes`;
  return bytes < KIB * KIB ? `${Math.round(bytes / KIB)} KiB` : `${Math.round(bytes / KIB / KIB)} MiB`;
}
