import { cut } from '../cut';
import type { Detail, Notification, Place } from '../notification';

/** Words that every channel uses. */

/** So many single alerts of a group are told; the others are counted. */
const DETAILS_MAX = 10;

/** @returns `us-east-1, backend`; the name of the platform if nothing else is known */
export const placeWords = ({ platform, region, service }: Place): string =>
  [region, service].filter((part) => part !== undefined).join(', ') || platform;

/** @returns `2026-11-21 08:42:00 UTC` */
export const timeWords = (iso: string): string => iso.replace('T', ' ').replace(/Z$/, ' UTC');

/** @returns what the message is about in a few words: `FIRING critical: HighErrorRate (us-east-1, backend)` */
export function headline({ status, severity, title, where, details, more }: Notification): string {
  const state = status === 'firing' ? `FIRING ${severity}` : 'RESOLVED';
  const count = details.length + more;
  return `${state}: ${title}${count > 1 ? ` x ${count}` : ''} (${placeWords(where)})`;
}

/** @returns a line for each single alert of a group that is told */
export function detailLines({ details, more }: Notification): readonly string[] {
  const left = more + Math.max(0, details.length - DETAILS_MAX);
  const lines = details.slice(0, DETAILS_MAX).map(detailLine);
  return left > 0 ? [...lines, `and ${left} more`] : lines;
}

const detailLine = ({ status, sentence, where, since }: Detail): string =>
  `${status}: ${cut(sentence, 200)} (${placeWords(where)}${since === undefined ? '' : `, since ${timeWords(since)}`})`;

/** @returns what the time of a notification is the time of */
export const sinceWord = ({ status, source }: Notification): string =>
  status === 'resolved' && source === 'cloudwatch' ? 'Over since' : 'Since';
