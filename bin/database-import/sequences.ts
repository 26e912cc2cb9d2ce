import { bool, text } from '../../lambda/archive/restore/rows';
import { literal } from '../../lambda/runtime/postgres/quoting';
import type { Session } from '../../lambda/runtime/postgres/session';
import { sequencesOf } from './tables';

/**
 * Gives the sequences of the new database the values of the old one's: the log does not carry them.
 * @returns how many there are
 */
export async function carrySequences(source: Session, target: Session): Promise<number> {
  const sequences = await sequencesOf(source);
  for (const sequence of sequences) {
    const [value] = await source.query(
      `SELECT last_value::text AS last, is_called AS called FROM ${sequence}`,
    );
    await target.query(`SELECT setval(${literal(sequence)}::regclass, $1::bigint, $2)`, [
      text(value, 'last'),
      bool(value, 'called'),
    ]);
  }
  return sequences.length;
}
