import { sentenceOf } from '../../../runtime/errors';
import type { Session } from '../../../runtime/postgres/session';
import type { DdlMessage } from '../../contract';
import { NewBaseNeeded } from '../errors';
import type { Origin } from '../input';
import { VALUES } from '../settings';
import { ChangingValues } from './changing-values';
import { pickStatement } from './pick';
import { isVisible } from './snapshot';

/**
 * Runs a command of the data definition as it ran on the source: by the same role, with the same search path and with the
 * settings that sessions of this database begin with; then compares the catalogue with what the source had.
 * @param definer id of the transaction that changed the catalogue last, of which the source may not have known yet: then
 *   its fingerprint says nothing; null if there is none
 * @throws {NewBaseNeeded}
 */
export async function runDefinition(
  session: Session,
  message: DdlMessage,
  transaction: Origin,
  definer: number | null,
): Promise<void> {
  const statement = statementOf(message, transaction);
  const values = new ChangingValues(session, message.tag, transaction);
  await values.remember();
  try {
    await session.query(SETTINGS_OF_THE_DATABASE);
    await session.query("SELECT set_config('search_path', $1, true), set_config('role', $2, true)", [
      message.searchPath,
      message.role,
    ]);
    await session.query(statement);
    await session.query(SETTINGS_OF_REPLAY);
  } catch (error) {
    const why = `${message.tag} failed here (${sentenceOf(error)}) in: ${statement}`;
    throw new NewBaseNeeded(transaction, why, { cause: error });
  }
  await values.check(statement);
  await compareCatalogue(session, message, transaction, definer);
}

/** @returns the content of a message of `MESSAGES.ddl` */
export function definitionOf(content: Uint8Array): DdlMessage {
  const message: DdlMessage = JSON.parse(Buffer.from(content).toString('utf8'));
  return message;
}

const SETTINGS_OF_THE_DATABASE = Object.keys(VALUES)
  .map((name) => `SET LOCAL ${name} TO DEFAULT`)
  .join('; ');
const SETTINGS_OF_REPLAY = [
  "SET LOCAL role TO 'none'",
  "SET LOCAL search_path TO 'pg_catalog'",
  ...Object.entries(VALUES).map(([name, value]) => `SET LOCAL ${name} TO '${value}'`),
].join('; ');

function statementOf({ tag, query, statement, opaque, ordinal }: DdlMessage, transaction: Origin): string {
  if (opaque) throw new NewBaseNeeded(transaction, `the archive does not know the text of its ${tag}.`);
  const found = statement ?? pickStatement(query, ordinal, tag);
  if (found !== undefined) return found;
  throw new NewBaseNeeded(
    transaction,
    `which statement its ${tag} was, the ${ordinal}. command of the data definition in its query, cannot be told.`,
  );
}

async function compareCatalogue(
  session: Session,
  { tag, fingerprint, snapshot }: DdlMessage,
  transaction: Origin,
  definer: number | null,
): Promise<void> {
  const isComparable = definer === null || definer === transaction.xid || isVisible(definer, snapshot);
  if (fingerprint === '' || !isComparable) return;
  const [row] = await session.query('SELECT holdfast.catalogue_fingerprint() AS fingerprint');
  if (row?.fingerprint === fingerprint) return;
  throw new NewBaseNeeded(
    transaction,
    `after its ${tag} the catalogue of this database is not the one that the source had.`,
  );
}
