import zlib from 'node:zlib';
import { HoldfastError } from '../../runtime/errors';
import type { SegmentHeader } from './segment';

/**
 * Compression, on the thread pool. A writer takes zstd where the runtime has it (Node.js 22.15 and later) and gzip
 * elsewhere; a reader takes what the header says.
 */

export type Codec = SegmentHeader['codec'];

/** The runtime cannot read or write what is asked for. The object is not damaged. */
export class CodecMissing extends HoldfastError {
  constructor(readonly codec: Codec) {
    super(
      `This Node.js (${process.version}) has no ${codec}, with which segments of the archive are compressed: ` +
        'use Node.js 22.15 or later.',
    );
  }
}

interface Options {
  readonly chunkSize: number;
  readonly maxOutputLength?: number;
  readonly level?: number;
  readonly params?: Readonly<Record<number, number>>;
}
type Work = (
  bytes: Uint8Array,
  options: Options,
  done: (error: Error | null, result: Uint8Array) => void,
) => void;

/** Level 1 of either. https://nodejs.org/docs/latest-v24.x/api/zlib.html#zstd-constants */
const FASTEST = { gzip: { level: 1 }, zstd: { params: { 100: 1 } } } as const;
/** Output is collected in pieces of so many bytes: each is a turn of the thread pool. */
const PIECE_BYTES = 1 << 20;
const PIECE_BYTES_MIN = 1 << 10;

/** @returns a function of `node:zlib`, which this runtime may not have */
function optional(name: 'zstdCompress' | 'zstdDecompress'): Work {
  const found: unknown = Reflect.get(zlib, name);
  if (typeof found !== 'function') throw new CodecMissing('zstd');
  return (bytes, options, done) => void Reflect.apply(found, zlib, [bytes, options, done]);
}

const run = (work: Work, bytes: Uint8Array, options: Options): Promise<Uint8Array> =>
  new Promise((resolve, reject) => {
    work(bytes, options, (error, result) => (error ? reject(error) : resolve(result)));
  });

/** @returns the codec that a writer takes here */
export const fastestCodec = (): Codec => ('zstdCompress' in zlib ? 'zstd' : 'gzip');

/** @throws {CodecMissing} */
export async function compress(bytes: Uint8Array, codec: Codec): Promise<Uint8Array> {
  const work: Work = codec === 'zstd' ? optional('zstdCompress') : zlib.gzip;
  // Most output is a third of the input at most.
  const chunkSize = pieceBytes(bytes.length / 2);
  return run(work, bytes, { chunkSize, ...FASTEST[codec] });
}

/**
 * @param rawBytesMax so many bytes at most come out, however few go in
 * @throws {CodecMissing}, and an error of `node:zlib` for what is no output of the codec or too large
 */
export async function decompress(bytes: Uint8Array, codec: Codec, rawBytesMax: number): Promise<Uint8Array> {
  const work: Work = codec === 'zstd' ? optional('zstdDecompress') : zlib.gunzip;
  return run(work, bytes, { chunkSize: pieceBytes(rawBytesMax), maxOutputLength: Math.max(1, rawBytesMax) });
}

const pieceBytes = (expected: number): number =>
  Math.max(PIECE_BYTES_MIN, Math.min(PIECE_BYTES, Math.ceil(expected)));
