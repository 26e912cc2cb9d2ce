/** Times as the archive keeps them: microseconds since 1970, UTC, in decimal. */

const TIME = /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?(Z|[+-]\d{2}:?\d{2})$/i;
const MICROSECONDS = 1_000_000n;

/**
 * @param text a time with its zone, for example `2026-01-31T12:00:00.123456Z` or `2026-01-31 13:00+01:00`
 * @returns microseconds since 1970; undefined if it is no such time
 */
export function microsecondsOf(text: string): bigint | undefined {
  const [, year, month, day, hour, minute, second = '00', fraction = '', zone = ''] = TIME.exec(text) ?? [];
  if (year === undefined) return undefined;
  const offset = zone.toUpperCase() === 'Z' ? 'Z' : zone.replace(/^(...):?(..)$/, '$1:$2');
  const milliseconds = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}${offset}`);
  // Date.parse takes the 31st of February for a day of March.
  const isDay = new Date(Date.parse(`${year}-${month}-${day}T00:00:00Z`))
    .toISOString()
    .startsWith(`${year}-${month}-${day}`);
  if (Number.isNaN(milliseconds) || !isDay) return undefined;
  return BigInt(milliseconds) * 1000n + BigInt(fraction.padEnd(6, '0'));
}

/** @returns the time as `2026-01-31T12:00:00.123456Z` */
export function timeText(microseconds: bigint | string): string {
  const us = BigInt(microseconds);
  const seconds = us >= 0n ? us / MICROSECONDS : (us - MICROSECONDS + 1n) / MICROSECONDS;
  const fraction = String(us - seconds * MICROSECONDS).padStart(6, '0');
  return `${new Date(Number(seconds) * 1000).toISOString().slice(0, 19)}.${fraction}Z`;
}
