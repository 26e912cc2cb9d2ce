import type { Delete, Insert, Tuple, Update } from '../../pgoutput/message';
import { TableDiffers } from '../errors';
import type { Origin } from '../input';
import type { Binding, Identity } from './binding';
import type { RowChange } from './coalesce';

/**
 * @returns the change with what tells its row apart on both sides
 * @throws {TableDiffers} if rows of the table cannot be told apart
 */
export function changeOf(
  message: Insert | Update | Delete,
  binding: Binding,
  transaction: Origin,
): RowChange {
  const { kind } = message;
  if (kind === 'insert') return { kind, binding, old: undefined, row: message.row, transaction };
  const { identity } = binding;
  if (!identity) {
    throw new TableDiffers(transaction, binding.table.name, 'its rows cannot be told apart: it has no key');
  }
  if (kind === 'delete') return { kind, binding, old: message.old.row, row: undefined, transaction };
  // Without an old row the key is what it was.
  const old = message.old?.row ?? message.row;
  return { kind, binding, old, row: withIdentity(message.row, old, identity), transaction };
}

/** Also a part of the key may be kept out of line: unchanged it is sent with the old row only. */
function withIdentity(row: Tuple, old: Tuple, { places }: Identity): Tuple {
  if (places.every((place) => row[place] !== undefined)) return row;
  return row.map((value, place) => (value === undefined && places.includes(place) ? old[place] : value));
}
