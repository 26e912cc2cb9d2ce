import { createHash } from 'node:crypto';
import { DEDUP_KEY_MAX } from '../notification';

/** @returns the parts as one key; a key that would be too long keeps its beginning and ends in a digest of all of it */
export function dedupKey(...parts: readonly string[]): string {
  const whole = parts.join('/');
  if (whole.length <= DEDUP_KEY_MAX) return whole;
  const digest = createHash('sha256').update(whole).digest('hex').slice(0, 32);
  return `${whole.slice(0, DEDUP_KEY_MAX - digest.length - 1)}#${digest}`;
}
