/** Positions and times as segments write them: in text, since they need 64 bits and are read by people. */

/** @returns a position of so many bytes as PostgreSQL writes it: `0/16B3748` */
export function lsnText(bytes: bigint): string {
  return lsnTextOf(Number((bytes >> 32n) & 0xffff_ffffn), Number(bytes & 0xffff_ffffn));
}

/** @returns the position with these two halves */
export const lsnTextOf = (high: number, low: number): string =>
  `${high.toString(16).toUpperCase()}/${low.toString(16).toUpperCase()}`;

/** Microseconds from 1970, from which the archive counts, to 2000, from which PostgreSQL does. */
const EPOCH_2000_US = 946_684_800_000_000n;

/** @returns microseconds since 1970 for what PostgreSQL sends as a time */
export const fromPostgresTime = (us: bigint): bigint => us + EPOCH_2000_US;
