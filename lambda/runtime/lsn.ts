/** A position in PostgreSQL's write-ahead log, as PostgreSQL writes it: two hexadecimal halves, `0/16B3748`. */
const LSN = /^([0-9A-F]{1,8})\/([0-9A-F]{1,8})$/;

export const isLsn = (value: string): boolean => LSN.test(value);

/**
 * @returns the position in bytes
 * @throws {RangeError} if it is none
 */
export function lsnBytes(lsn: string): bigint {
  const [, high, low] = LSN.exec(lsn) ?? [];
  if (high === undefined || low === undefined) throw new RangeError(`${lsn} is no position like 0/16B3748.`);
  return (BigInt(`0x${high}`) << 32n) | BigInt(`0x${low}`);
}

/** @returns how many bytes `to` is ahead of `from`; negative if it is behind */
export const bytesBetween = (from: string, to: string): bigint => lsnBytes(to) - lsnBytes(from);
