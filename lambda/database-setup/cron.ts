import { HoldfastError } from '../runtime/errors';
import type { Session } from '../runtime/postgres/session';
import { JOB, JOB_COMMAND } from './enforce';

export const CRON = 'pg_cron';
/** The first version whose schedules know seconds, as major and minor. */
const FIRST = [1, 5] as const;

/** The server's pg_cron cannot run the enforcement, because it knows nothing shorter than a minute. */
export class CronTooOld extends HoldfastError {
  constructor(readonly version: string) {
    super(
      `The database has ${CRON} ${version}, which runs no job every few seconds; ${FIRST.join('.')} is the first that ` +
        `does. Take a later minor version of PostgreSQL, run ALTER EXTENSION ${CRON} UPDATE as the owner if the ` +
        'extension is there already, then deploy again.',
    );
  }
}

const VERSION =
  'SELECT coalesce(installed_version, default_version) AS version FROM pg_available_extensions WHERE name = $1';

/**
 * Looks at the extension's version before anything is made. That a server has none at all is its own answer to
 * CREATE EXTENSION.
 * @throws {CronTooOld}
 */
export async function checkCron(session: Session): Promise<void> {
  const [found] = await session.query(VERSION, [CRON]);
  if (found && !knowsSeconds(String(found.version))) throw new CronTooOld(String(found.version));
}

function knowsSeconds(version: string): boolean {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(version) ?? [];
  const [firstMajor, firstMinor] = FIRST;
  return Number(major) > firstMajor || (Number(major) === firstMajor && Number(minor) >= firstMinor);
}

/** Runs the enforcement every so many seconds, as the owner; one that runs so already is left alone. */
export async function schedule(session: Session, enforceSeconds: number): Promise<void> {
  const every = `${enforceSeconds} seconds`;
  const [job] = await session.query(
    'SELECT schedule, command, active FROM cron.job WHERE jobname = $1 AND username = current_user',
    [JOB],
  );
  if (job?.schedule === every && job.command === JOB_COMMAND && job.active === true) return;
  // A job that somebody has switched off is made anew: cron.schedule leaves it off.
  if (job) await session.query('SELECT cron.unschedule($1::text)', [JOB]);
  await session.query('SELECT cron.schedule($1, $2, $3)', [JOB, every, JOB_COMMAND]);
}
