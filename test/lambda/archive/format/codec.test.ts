import zlib from 'node:zlib';
import { afterEach, describe, expect, it } from '@jest/globals';
import { CodecMissing, compress, decompress, fastestCodec } from '../../../../lambda/archive/format/codec';
import { openSegment } from '../../../../lambda/archive/format/open';
import { compressBody, seal } from '../../../../lambda/archive/format/seal';
import { CHAIN } from '../support/chain';

const BYTES = Buffer.from('frames '.repeat(1_000));
const START = {
  chain: CHAIN,
  sequence: 1,
  timeline: 1,
  fingerprint: '',
  previous: 'a'.repeat(64),
  continues: null,
  continued: null,
};

/** Runtimes differ in whether they have zstd: each test says which one it is about. */
const NAMES = ['zstdCompress', 'zstdDecompress'] as const;
const own = NAMES.map((name) => [name, Reflect.getOwnPropertyDescriptor(zlib, name)] as const);
afterEach(() => {
  for (const [name, descriptor] of own) {
    Reflect.deleteProperty(zlib, name);
    if (descriptor) Reflect.defineProperty(zlib, name, descriptor);
  }
});

function withoutZstd(): void {
  for (const name of NAMES) Reflect.deleteProperty(zlib, name);
}

/** The runtime's own where it has zstd, and elsewhere another compression in its place. */
function withZstd(): void {
  if (own.every(([, descriptor]) => descriptor)) return;
  Reflect.set(zlib, 'zstdCompress', zlib.deflate);
  Reflect.set(zlib, 'zstdDecompress', zlib.inflate);
}

async function sealedWith(codec: 'gzip' | 'zstd') {
  return seal(START, await compressBody(new Uint8Array(), [], codec));
}

describe('compression', () => {
  it('takes zstd where the runtime has it, and gzip elsewhere', () => {
    withZstd();
    expect(fastestCodec()).toBe('zstd');
    withoutZstd();
    expect(fastestCodec()).toBe('gzip');
  });

  it.each(['gzip', 'zstd'] as const)('by %s gives back what went in, and nothing too', async (codec) => {
    withZstd();
    for (const bytes of [BYTES, new Uint8Array()]) {
      const packed = await compress(bytes, codec);
      expect(Buffer.from(await decompress(packed, codec, bytes.length)).equals(bytes)).toBe(true);
    }
  });

  it('never gives more than was announced', async () => {
    const packed = await compress(BYTES, 'gzip');
    await expect(decompress(packed, 'gzip', BYTES.length - 1)).rejects.toThrow(
      'Cannot create a Buffer larger',
    );
  });
});

describe('a reader', () => {
  it('takes either codec, as the header says', async () => {
    withZstd();
    for (const codec of ['gzip', 'zstd'] as const) {
      const { key, bytes } = await sealedWith(codec);
      await expect(openSegment(key, bytes)).resolves.toMatchObject({ header: { codec } });
    }
  });

  it('without zstd says so of a segment that needs it, and does not call it damaged', async () => {
    withZstd();
    const { key, bytes } = await sealedWith('zstd');
    withoutZstd();
    await expect(openSegment(key, bytes)).rejects.toThrow(CodecMissing);
    await expect(openSegment(key, bytes)).rejects.toThrow('use Node.js 22.15 or later');
  });
});
