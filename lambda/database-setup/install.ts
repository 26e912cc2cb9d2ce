import { quoted } from '../runtime/postgres/quoting';
import type { Session } from '../runtime/postgres/session';
import { transaction } from '../runtime/postgres/transaction';
import { ARCHIVE } from './archive/install';
import { CRON, checkCron } from './cron';
import { ENFORCE } from './enforce';
import { dropEventTrigger, ensureEventTrigger, tryEventTrigger } from './event-triggers';
import { GUARD_NEW_TABLES, GUARDS, IN_SETUP, REFUSE_TABLE_CHANGES } from './guard';
import { LEASE } from './lease';
import { LOGIN, REFUSE_LOGIN } from './login';
import { checkRoles, ensureUsers, grantRights, limitConnections, type Users } from './roles';
import { SCHEMA, STATE } from './schema';
import { STATUS } from './status';

/** What is installed, beside the guards of single tables and the archive's own. */
export interface Settings {
  readonly enforceSeconds: number;
  readonly statements: boolean;
  readonly extensions: readonly string[];
}

const LIMITS = ["SET LOCAL lock_timeout = '5s'", "SET LOCAL statement_timeout = '60s'", IN_SETUP];

/**
 * Each in its own transaction: one that takes long holds nothing of another. Those that are there stay as they are.
 * @throws {CronTooOld} and has made none then
 */
export async function installExtensions(session: Session, extensions: readonly string[]): Promise<void> {
  await checkCron(session);
  for (const name of new Set([CRON, ...extensions])) {
    await transaction(session, LIMITS, () => session.query(`CREATE EXTENSION IF NOT EXISTS ${quoted(name)}`));
  }
}

/**
 * All of the fence that locks no table of the application, in one transaction: it is there as a whole or not at all. With
 * it comes what the archive calls, whether there is one or not, so that its rights are never missing for a moment.
 * @returns why there is no check at login; undefined if there is one
 * @throws {UnfenceableRole} and has changed nothing then
 */
export function installFence(
  session: Session,
  settings: Settings,
  users: Users,
): Promise<string | undefined> {
  return transaction(session, LIMITS, async () => {
    await session.query(SCHEMA + STATE);
    await session.query(LEASE + GUARDS + LOGIN + ENFORCE + ARCHIVE + STATUS);
    await ensureUsers(session, users);
    await checkRoles(session);
    await grantRights(session);
    await limitConnections(session, users.applicationLimit);
    await session.query('UPDATE holdfast.enforcement SET every_seconds = $1', [settings.enforceSeconds]);
    await ensureEventTrigger(session, REFUSE_TABLE_CHANGES);
    if (settings.statements) await ensureEventTrigger(session, GUARD_NEW_TABLES);
    else await dropEventTrigger(session, GUARD_NEW_TABLES);
    return tryEventTrigger(session, REFUSE_LOGIN);
  });
}
