/** What a table holds, in a form that two databases can be compared by. */
export interface TableContent {
  /** `schema.table`, quoted where SQL demands it. */
  readonly table: string;
  readonly rows: string;
  /** Of all rows, in hexadecimal, whatever their order. */
  readonly digest: string;
}
