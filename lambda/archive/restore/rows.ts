import { HoldfastError } from '../../runtime/errors';
import type { Row } from '../../runtime/postgres/session';

/** The database answered with something else than was asked for. */
export class UnexpectedAnswer extends HoldfastError {
  constructor(
    readonly column: string,
    value: unknown,
  ) {
    super(`The database answered ${JSON.stringify(value) ?? 'nothing'} for ${column}.`);
  }
}

/** @throws {UnexpectedAnswer} if the column is no text */
export function text(row: Row | undefined, column: string): string {
  const value = row?.[column];
  if (typeof value === 'string') return value;
  throw new UnexpectedAnswer(column, value);
}

/** @throws {UnexpectedAnswer} if the column is neither a text nor null */
export const textOrNull = (row: Row | undefined, column: string): string | null =>
  row?.[column] === null ? null : text(row, column);

/** @throws {UnexpectedAnswer} if the column is no list of texts */
export function texts(row: Row | undefined, column: string): readonly string[] {
  const value = row?.[column];
  if (Array.isArray(value) && value.every((one): one is string => typeof one === 'string')) return value;
  throw new UnexpectedAnswer(column, value);
}

/** @throws {UnexpectedAnswer} if the column is no number, as `pg` gives it: 64-bit ones as texts */
export function number(row: Row | undefined, column: string): number {
  const value = row?.[column];
  const found = typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value;
  if (typeof found === 'number' && Number.isFinite(found)) return found;
  throw new UnexpectedAnswer(column, value);
}

/** @throws {UnexpectedAnswer} */
export function bool(row: Row | undefined, column: string): boolean {
  const value = row?.[column];
  if (typeof value === 'boolean') return value;
  throw new UnexpectedAnswer(column, value);
}
