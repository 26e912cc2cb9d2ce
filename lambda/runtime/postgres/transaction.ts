import type { Session } from './session';

/**
 * Does `work` in one transaction.
 * @param limits run first, for example `SET LOCAL lock_timeout = '5s'`
 * @throws what `work` throws, when all of it has been undone
 */
export async function transaction<T>(
  session: Session,
  limits: readonly string[],
  work: () => Promise<T>,
): Promise<T> {
  await session.query('BEGIN');
  try {
    for (const limit of limits) await session.query(limit);
    const result = await work();
    await session.query('COMMIT');
    return result;
  } catch (error) {
    await rollBack(session);
    throw error;
  }
}

/** The first error is the one that tells; a connection that is gone has rolled back by itself. */
async function rollBack(session: Session): Promise<void> {
  try {
    await session.query('ROLLBACK');
  } catch {
    return;
  }
}

/** One number for all functions that make users, so that two of them do not make the same one at once. */
export const USERS_LOCK = 4_869_002_017;
