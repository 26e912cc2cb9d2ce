import type { Tuple } from '../../pgoutput/message';
import type { TableColumn } from './table';

/**
 * Many values as one parameter: a PostgreSQL array in text, so that the server reads each element with the input function
 * of its type. Measured against COPY it takes 1.1 to 1.3 times as long, against rows of VALUES half as long.
 */
export class Parameters {
  readonly values: string[] = [];

  /** @returns SQL that gives the values of a column one by one, in the select list of a query */
  unnest(column: TableColumn, values: readonly Tuple[number][]): string {
    // An array of arrays would come apart into its innermost elements.
    if (column.delimiter === undefined) return `${this.texts(values)}::${column.type}`;
    return `unnest(${this.#add(values, column.delimiter)}::${column.type}[])`;
  }

  /** @returns SQL that gives the values as text one by one */
  texts(values: readonly Tuple[number][]): string {
    return `unnest(${this.#add(values, ',')}::text[])`;
  }

  /** @returns SQL of an array of all values */
  array(column: TableColumn, values: readonly Tuple[number][]): string {
    return `${this.#add(values, column.delimiter ?? ',')}::${column.type}[]`;
  }

  #add(values: readonly Tuple[number][], delimiter: string): string {
    this.values.push(arrayText(values, delimiter));
    return `$${this.values.length}`;
  }
}

const SPECIAL = /["\\]/;
const EACH_SPECIAL = /["\\]/g;

/** @returns an array as PostgreSQL reads it */
export function arrayText(values: readonly Tuple[number][], delimiter: string): string {
  let text = '{';
  for (const [index, value] of values.entries()) {
    if (index > 0) text += delimiter;
    if (typeof value !== 'string') text += 'NULL';
    else text += SPECIAL.test(value) ? `"${value.replace(EACH_SPECIAL, '\\$&')}"` : `"${value}"`;
  }
  return `${text}}`;
}
