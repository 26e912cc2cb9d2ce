import type { BackupCheck } from '../../config/platform';

/**
 * The check as a query that gives one row with one column, which is true if the answer is as expected. So the function
 * that asks it needs to know no more, and an answer that never ends is cut short by the server.
 */
export function checkQuery({ sql, expect }: Pick<BackupCheck, 'sql' | 'expect'>): string {
  // A comment in the last line must not swallow what follows.
  const inner = `(${sql.trim().replace(/;$/, '')}\n)`;
  if (expect === 'rows') return `SELECT EXISTS ${inner}`;
  if (expect === 'none') return `SELECT NOT EXISTS ${inner}`;
  return `SELECT ${inner}::text = '${expect.replaceAll("'", "''")}'`;
}
