import type { Session } from '../../runtime/postgres/session';
import type { Truncate } from '../pgoutput/message';
import { ChangeRefused, TableDiffers } from './errors';
import type { Origin } from './input';
import type { Relations } from './relations';
import type { Suspension } from './suspension';

/**
 * Empties the tables of the message, in one command as on the source. It lists every table that was emptied, also by way
 * of a foreign key; CASCADE reaches what is not in the log, as unlogged tables.
 * @throws {TableDiffers} @throws {ChangeRefused}
 */
export async function truncateTables(
  session: Session,
  { relations: ids, cascade, restartIdentity }: Truncate,
  relations: Relations,
  suspension: Suspension,
  transaction: Origin,
): Promise<void> {
  const tables: string[] = [];
  for (const id of ids) {
    if (relations.isOwn(id, transaction)) continue;
    const binding = relations.bound(id) ?? (await relations.look(id, transaction));
    if (!binding) {
      const { schema, name } = relations.relation(id, transaction);
      throw new TableDiffers(transaction, `${schema}.${name}`, 'the database has no such table');
    }
    await suspension.suspend(binding.table.name);
    // The partitions of a partitioned table are listed too, and it has no rows but theirs.
    tables.push(binding.table.partitioned ? binding.table.name : `ONLY ${binding.table.name}`);
  }
  if (tables.length === 0) return;
  const options = `${restartIdentity ? ' RESTART IDENTITY' : ''}${cascade ? ' CASCADE' : ''}`;
  await session.query(`TRUNCATE TABLE ${tables.join(', ')}${options}`).catch((error: unknown): never => {
    throw new ChangeRefused(transaction, 'truncate', tables.join(', '), '', { cause: error });
  });
}
