import { HoldfastError } from '../../../runtime/errors';
import { codeOf, type Session } from '../../../runtime/postgres/session';
import { ChangeRefused, RowMissing } from '../errors';
import { keyShown } from './binding';
import { coalesced, type NetChange, type RowChange } from './coalesce';
import { deleteRows, insertRows, type Statement, updateRows } from './statement';

/** Changes of rows with the statements that apply them: what the server has to do, and nothing left to compute. */
export interface Prepared {
  readonly changes: readonly RowChange[];
  readonly statements: readonly Statement[];
}

export const prepare = (changes: readonly RowChange[]): Prepared => ({
  changes,
  statements: coalesced(changes).flatMap(({ binding, deletes, updates, inserts }) => [
    ...(deletes.length > 0 ? [deleteRows(binding, deletes)] : []),
    ...(updates.length > 0 ? updateRows(binding, updates) : []),
    ...(inserts.length > 0 ? [insertRows(binding, inserts)] : []),
  ]),
});

/**
 * Applies changes within the transaction that is open, coalesced. If the database refuses that, because a constraint holds
 * in the order of the source only, or a row is not found, they are undone and applied in two halves, and so on: in the end
 * one by one, in the order of the source, where an error tells which change it is.
 * @throws {RowMissing} @throws {ChangeRefused}
 */
export async function applyChanges(session: Session, { changes, statements }: Prepared): Promise<void> {
  if (changes.length <= 1) {
    for (const statement of statements) await run(session, statement);
    return;
  }
  await session.query('SAVEPOINT holdfast_changes');
  try {
    for (const statement of statements) await run(session, statement);
  } catch (error) {
    if (!session.isOpen() || NOT_OF_A_CHANGE.test(codeOf(causeOf(error)))) throw error;
    await session.query('ROLLBACK TO SAVEPOINT holdfast_changes');
    const middle = Math.ceil(changes.length / 2);
    await applyChanges(session, prepare(changes.slice(0, middle)));
    await applyChanges(session, prepare(changes.slice(middle)));
  }
  await session.query('RELEASE SAVEPOINT holdfast_changes');
}

/** Classes of SQLSTATE that say something of the server or the session: no other order of changes mends it. */
const NOT_OF_A_CHANGE = /^(08|25|40|53|55|57|58|XX)/;

const causeOf = (error: unknown): unknown => (error instanceof HoldfastError ? error.cause : error);

async function run(session: Session, statement: Statement): Promise<void> {
  const { sql, parameters, kind, changes, isCounted } = statement;
  const [first] = changes;
  if (!first) return;
  const found = await session.query(sql, parameters).catch((error: unknown): never => {
    throw new ChangeRefused(first.transaction, kind, first.binding.table.name, keyOf(first), {
      cause: error,
    });
  });
  if (!isCounted || kind === 'insert') return;
  const count = Number(found[0]?.n);
  if (count !== changes.length) {
    throw new RowMissing(first.transaction, kind, first.binding.table.name, keyOf(first), count);
  }
}

const keyOf = ({ binding, old, row }: NetChange): string => keyShown(binding, old ?? row ?? []);
