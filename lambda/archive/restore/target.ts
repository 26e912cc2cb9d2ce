import { HoldfastError } from '../../runtime/errors';
import { isLsn, lsnBytes } from '../../runtime/lsn';
import type { Position } from '../format/segment';
import { microsecondsOf, timeText } from './time';

/** Until where a database is restored. What committed at the time, or ends at the position, is in. */
export type Target =
  | { readonly kind: 'latest' }
  | { readonly kind: 'time'; readonly timeUs: bigint }
  | { readonly kind: 'lsn'; readonly lsn: string };

export class BadTarget extends HoldfastError {
  constructor(readonly text: string) {
    super(
      `${text} is no target: say latest, a time with its zone like 2026-01-31T12:00:00Z, or a position like 0/16B3748.`,
    );
  }
}

/** @throws {BadTarget} */
export function parseTarget(text: string): Target {
  if (text === 'latest') return { kind: 'latest' };
  const upper = text.toUpperCase();
  if (isLsn(upper)) return { kind: 'lsn', lsn: upper };
  const timeUs = microsecondsOf(text);
  if (timeUs === undefined) throw new BadTarget(text);
  return { kind: 'time', timeUs };
}

/** @returns what `parseTarget` reads */
export function targetText(target: Target): string {
  if (target.kind === 'latest') return 'latest';
  return target.kind === 'lsn' ? target.lsn : timeText(target.timeUs);
}

/** @returns whether a transaction that ends there lies within the target */
export function isWithin(target: Target, { endLsn, commitTimeUs }: Position): boolean {
  if (target.kind === 'latest') return true;
  if (target.kind === 'lsn') return lsnBytes(endLsn) <= lsnBytes(target.lsn);
  return BigInt(commitTimeUs) <= target.timeUs;
}
