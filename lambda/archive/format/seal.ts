import { HoldfastError } from '../../runtime/errors';
import { segmentKey } from '../contract';
import { type Codec, compress } from './codec';
import { chainHashOf, sha256 } from './digest';
import { contradictionIn } from './header';
import { encodeIndex } from './index-section';
import type { IndexEntry, Position, SegmentHeader } from './segment';

/**
 * How a segment becomes an object:
 *
 *   HFWAL1\r\n | header | frames | index | SHA-256 of everything before | chain hash
 *
 * where each of the three sections stands behind its length as four bytes, big-endian; frames and index are compressed, each
 * on its own. Compressing takes long and needs no header, so that it goes on while the segments before are put; sealing is
 * quick, and needs the chain hash of the segment before.
 */

export const MAGIC = Buffer.from('HFWAL1\r\n');
/** Bytes before each section. */
export const SECTION_HEAD = 4;
/** Bytes of the digest and of the chain hash at the end. */
export const HASH_BYTES = 32;

/** Frames and index of a segment, ready to be sealed. */
export interface SegmentBody {
  readonly codec: Codec;
  /** Bytes of the frames before compression. */
  readonly rawBytes: number;
  readonly first: Position | null;
  readonly last: Position | null;
  /** Compressed. */
  readonly frames: Uint8Array;
  readonly index: Uint8Array;
}

/** What the body does not know. */
export type SegmentStart = Omit<SegmentHeader, 'codec' | 'rawBytes' | 'first' | 'last'>;

export interface SealedSegment {
  readonly key: string;
  readonly header: SegmentHeader;
  /** The object. */
  readonly bytes: Uint8Array;
  /** In hexadecimal, as those of a `Segment`. */
  readonly digest: string;
  readonly chainHash: string;
}

/** A segment that nobody could read was to be written. */
export class Unsealable extends HoldfastError {}

/**
 * Compresses a segment on the thread pool.
 * @param frames must not change until this has resolved
 * @throws {CodecMissing}
 */
export async function compressBody(
  frames: Uint8Array,
  index: readonly IndexEntry[],
  codec: Codec,
): Promise<SegmentBody> {
  const [packed, packedIndex] = await Promise.all([
    compress(frames, codec),
    compress(encodeIndex(index), codec),
  ]);
  return {
    codec,
    rawBytes: frames.length,
    first: positionOf(index[0]),
    last: positionOf(index.at(-1)),
    frames: packed,
    index: packedIndex,
  };
}

const positionOf = (entry: IndexEntry | undefined): Position | null =>
  entry ? { endLsn: entry.endLsn, commitTimeUs: entry.commitTimeUs } : null;

/**
 * Makes the object of a segment. Its place in the chain is `start.sequence` and `start.previous`.
 * @throws {Unsealable} if the parts of the header contradict each other
 */
export function seal(start: SegmentStart, body: SegmentBody): SealedSegment {
  const { codec, rawBytes, first, last } = body;
  const header: SegmentHeader = { ...start, codec, rawBytes, first, last };
  const key = segmentKey(header.chain, header.sequence);
  const problem = contradictionIn(header);
  if (problem !== undefined) throw new Unsealable(`${key} cannot be sealed: ${problem}.`);
  const before = [
    MAGIC,
    ...section(Buffer.from(JSON.stringify(header))),
    ...section(body.frames),
    ...section(body.index),
  ];
  const digest = sha256(...before);
  const chainHash = chainHashOf(header.previous, digest);
  return {
    key,
    header,
    bytes: Buffer.concat([...before, digest, chainHash]),
    digest: digest.toString('hex'),
    chainHash: chainHash.toString('hex'),
  };
}

function section(bytes: Uint8Array): readonly Uint8Array[] {
  const head = Buffer.allocUnsafe(SECTION_HEAD);
  head.writeUInt32BE(bytes.length);
  return [head, bytes];
}
