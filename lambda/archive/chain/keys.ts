import { type ChainId, FORMAT, SEGMENT_ENDING, segmentKey } from '../contract';

/** One database of one cluster: what has chains. */
export type DatabaseId = Pick<ChainId, 'system' | 'database'>;

/** Which segment a key is of. */
export interface SegmentId {
  readonly chain: ChainId;
  readonly sequence: number;
}

const KEY = new RegExp(
  `^${FORMAT}/(\\d+)/([^/]+)/(\\d+)-(\\d+)/(\\d+)${SEGMENT_ENDING.replace('.', '\\.')}$`,
);

/** @returns undefined if it is not the key of a segment */
export function parseSegmentKey(key: string): SegmentId | undefined {
  const [, system = '', encoded = '', epoch, part, number] = KEY.exec(key) ?? [];
  const database = decoded(encoded);
  if (!system || !database) return undefined;
  const chain = { system, database, epoch: Number(epoch), part: Number(part) };
  const sequence = Number(number);
  // One segment has one key: no other spelling of it counts.
  return segmentKey(chain, sequence) === key ? { chain, sequence } : undefined;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
