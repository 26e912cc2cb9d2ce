import { OWN_NAMES, type Session } from '../runtime/postgres/session';

/**
 * What the fence cannot hold back in this database, one sentence each. What no database can be fenced against is always
 * named; the rest only where it is found.
 */

const ALWAYS = [
  'Statements that write large objects or only advance a sequence are not refused; the sessions that send them end ' +
    'with the lease.',
  `The owner may log in without a lease. Its sessions end like all others, but for those whose application_name begins ` +
    `with "${OWN_NAMES}".`,
];

const FOUND = `
  SELECT (SELECT count(*)::int FROM pg_prepared_xacts) AS prepared,
         (SELECT string_agg(datname, ', ' ORDER BY datname) FROM pg_database
           WHERE datname NOT IN (current_database(), 'postgres', 'rdsadmin') AND datallowconn AND NOT datistemplate)
           AS databases,
         (SELECT count(*)::int FROM pg_subscription s JOIN pg_database d ON d.oid = s.subdbid
           WHERE d.datname = current_database()) AS subscriptions`;

/** What the set-up has met on its way. */
export interface Met {
  /** Tables without a guard, because they are somebody else's. */
  readonly unguarded: readonly string[];
  /** False if statements are not to be checked. */
  readonly statements: boolean;
  /** Why there is no check at login. */
  readonly noLoginCheck: string | undefined;
  /** Why the agent has no reserved connection. */
  readonly noReserve: string | undefined;
  /** Why the exporter of metrics does not see the sessions of others. */
  readonly noMonitoring: string | undefined;
}

/** @returns one sentence for each limitation */
export async function limitations(session: Session, met: Met): Promise<readonly string[]> {
  const [found] = await session.query(FOUND);
  const sentences = [...ALWAYS];
  const { prepared, databases, subscriptions } = found ?? {};
  if (typeof prepared === 'number' && prepared > 0) {
    sentences.push(`${prepared} prepared transaction(s) can be committed without a check.`);
  }
  if (typeof databases === 'string') {
    sentences.push(
      `In the other databases of the server (${databases}) only logins and sessions are fenced.`,
    );
  }
  if (typeof subscriptions === 'number' && subscriptions > 0) {
    sentences.push('What a subscription applies is not checked.');
  }
  return [...sentences, ...sentencesOf(met)];
}

function sentencesOf(met: Met): readonly string[] {
  const { unguarded, statements, noLoginCheck, noReserve, noMonitoring } = met;
  const sentences: string[] = [];
  if (!statements) {
    sentences.push(
      'Statements are not checked, as the platform file says: a session that is stalled past the end of the lease may ' +
        'still write, and so may a new one of the owner until it is ended.',
    );
  }
  if (unguarded.length > 0) {
    sentences.push(`Statements are not checked on tables of other owners: ${unguarded.join(', ')}.`);
  }
  if (noLoginCheck !== undefined) {
    sentences.push(
      `Logins that need no password are not checked, because there is no login trigger: ${noLoginCheck}`,
    );
  }
  if (noReserve !== undefined) {
    sentences.push(
      `The agent has no reserved connection, only the limits of the application's users: ${noReserve}`,
    );
  }
  if (noMonitoring !== undefined) {
    sentences.push(`Metrics of the database show no session of others and no statement: ${noMonitoring}`);
  }
  return sentences;
}
