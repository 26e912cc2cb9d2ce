import { number, text, texts } from '../../../lambda/archive/restore/rows';
import type { Session } from '../../../lambda/runtime/postgres/session';
import { type Finding, ifAny, note, refuse } from './finding';

const ABOUT = `
  SELECT current_setting('server_version_num')::int / 10000 AS major, current_setting('server_version') AS version,
         pg_encoding_to_char(d.encoding)::text AS encoding, d.datcollate::text AS collation
    FROM pg_database d WHERE d.datname = current_database()`;
const INSTALLED = `
  SELECT coalesce(array_agg(extname ORDER BY extname), '{}')::text[] AS names FROM pg_extension
   WHERE extname NOT IN ('plpgsql', 'pg_cron')`;
const AVAILABLE = "SELECT coalesce(array_agg(name), '{}')::text[] AS names FROM pg_available_extensions";

/** What has to fit between the two servers. */
export async function bothSides(source: Session, target: Session): Promise<readonly Finding[]> {
  const [from] = await source.query(ABOUT);
  const [to] = await target.query(ABOUT);
  const [installed] = await source.query(INSTALLED);
  const [available] = await target.query(AVAILABLE);
  const findings: Finding[] = [];
  if (number(from, 'major') > number(to, 'major')) {
    findings.push(
      refuse(
        `The old server is PostgreSQL ${text(from, 'version')}, later than the new one (${text(to, 'version')}); set database.version to at least the same major version.`,
      ),
    );
  }
  if (text(from, 'encoding') !== text(to, 'encoding')) {
    findings.push(
      refuse(
        `The old database is encoded in ${text(from, 'encoding')}, the new one in ${text(to, 'encoding')}; they must be the same (dump and restore into a database of that encoding instead).`,
      ),
    );
  }
  if (text(from, 'collation') !== text(to, 'collation')) {
    findings.push(
      note(
        `Text sorts by ${text(from, 'collation')} at the old server and by ${text(to, 'collation')} at the new one: ORDER BY and ranges over text may give another order.`,
      ),
    );
  }
  const there = new Set(texts(available, 'names'));
  const missing = texts(installed, 'names').filter((name) => !there.has(name));
  return [
    ...findings,
    ...ifAny(missing, (list) =>
      refuse(
        `The new server has no such extension as the old one uses (drop it there, or do without): ${list}.`,
      ),
    ),
  ];
}
