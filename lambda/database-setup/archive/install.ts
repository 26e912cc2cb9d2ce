import { PUBLICATION } from '../../archive/contract';
import type { Clock } from '../../runtime/clock';
import { quoted } from '../../runtime/postgres/quoting';
import type { Session } from '../../runtime/postgres/session';
import { transaction } from '../../runtime/postgres/transaction';
import { ensureReplication, ARCHIVE as USERS } from '../../runtime/postgres/users';
import { dropEventTrigger, ensureEventTrigger } from '../event-triggers';
import { IN_SETUP } from '../guard';
import { overTables } from '../tables';
import { ARCHIVE_TRIGGERS, CAPTURE } from './capture';
import { FINGERPRINT } from './fingerprint';
import { HEARTBEAT, lateStarts } from './heartbeat';
import { IDENTIFY_NEW_TABLES, IDENTITY, KEYLESS } from './identity';
import { OBJECTS } from './objects';
import { dropSlot, endConsumer, makeSlot, SLOTS } from './slot';
import { STATEMENT } from './statement';
import { ArchiveRefused, findUnarchivable, sentencesOf, serverObstacles, UNARCHIVABLE } from './unarchivable';

/** What the archive calls in the database. It does nothing before there is a publication. */
export const ARCHIVE =
  OBJECTS + FINGERPRINT + STATEMENT + CAPTURE + HEARTBEAT + SLOTS + UNARCHIVABLE + IDENTITY;

export interface ArchiveSettings {
  /** What becomes of tables without a key. */
  readonly keylessTables: 'refuse' | 'full';
}

const LIMITS = ["SET LOCAL lock_timeout = '5s'", "SET LOCAL statement_timeout = '60s'", IN_SETUP];

/**
 * Begins to archive the log of a writer, or goes on. With the publication PostgreSQL refuses updates of tables without a
 * key; so everything is looked at before it is made, and what comes later is told and refused no more.
 * @returns what is archived, and what is not, one sentence each
 * @throws {ArchiveRefused} and has changed nothing of the application then
 * @throws {SlotNotMade}
 */
export async function installArchive(
  session: Session,
  clock: Clock,
  { keylessTables }: ArchiveSettings,
): Promise<readonly string[]> {
  const begins = !(await hasPublication(session));
  if (begins) await refuseObstacles(session, keylessTables);
  await transaction(session, LIMITS, async () => {
    await ensureReplication(session, USERS, true);
    if (keylessTables === 'full') await ensureEventTrigger(session, IDENTIFY_NEW_TABLES);
    else await dropEventTrigger(session, IDENTIFY_NEW_TABLES);
  });
  if (keylessTables === 'full') await identifyTables(session, clock, begins);
  await transaction(session, LIMITS, async () => {
    for (const trigger of ARCHIVE_TRIGGERS) await ensureEventTrigger(session, trigger);
    if (begins) await session.query(`CREATE PUBLICATION ${quoted(PUBLICATION)} FOR ALL TABLES`);
  });
  // Two transactions: the second writes down when the first was committed.
  await session.query('SELECT holdfast.refresh_sentinel(true)');
  await session.query('SELECT holdfast.refresh_sentinel(false)');
  await makeSlot(session, clock);
  return [
    'The log is archived.',
    ...(await lateStarts(session)),
    ...sentencesOf(await findUnarchivable(session)),
  ];
}

/** Ends it, so that no slot keeps the log any more. Tables keep their replica identity. */
export async function removeArchive(session: Session, clock: Clock): Promise<void> {
  await endConsumer(session);
  await transaction(session, LIMITS, async () => {
    for (const trigger of [...ARCHIVE_TRIGGERS, IDENTIFY_NEW_TABLES]) {
      await dropEventTrigger(session, trigger);
    }
    // Before the slot: as long as it is there, somebody may make the slot anew.
    await session.query(`DROP PUBLICATION IF EXISTS ${quoted(PUBLICATION)}`);
    await ensureReplication(session, USERS, false);
  });
  await dropSlot(session, clock);
}

async function hasPublication(session: Session): Promise<boolean> {
  return (await session.query('SELECT 1 FROM pg_publication WHERE pubname = $1', [PUBLICATION])).length > 0;
}

async function refuseObstacles(
  session: Session,
  keylessTables: ArchiveSettings['keylessTables'],
): Promise<void> {
  const found = await findUnarchivable(session);
  const left = found.filter(({ kind }) => kind !== 'keyless' || keylessTables === 'refuse');
  const why = [...(await serverObstacles(session)), ...sentencesOf(left)];
  if (why.length > 0) throw new ArchiveRefused(why);
}

/** Tables of other owners are refused, as long as nothing was begun. */
async function identifyTables(session: Session, clock: Clock, begins: boolean): Promise<void> {
  const foreign = await overTables(session, clock, 'replica identity', KEYLESS, async ({ oid }) => {
    await session.query('SELECT holdfast.identify_table($1::oid::regclass)', [oid]);
  });
  if (begins && foreign.length > 0) {
    throw new ArchiveRefused([
      `Tables of other owners have no key, and their replica identity cannot be changed: ${foreign.join(', ')}.`,
    ]);
  }
}
