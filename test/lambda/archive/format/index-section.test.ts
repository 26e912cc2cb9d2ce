import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeIndex, encodeIndex, MalformedIndex } from '../../../../lambda/archive/format/index-section';
import { lsnText } from '../../../../lambda/archive/format/positions';
import type { IndexEntry } from '../../../../lambda/archive/format/segment';
import { lsnBytes } from '../../../../lambda/runtime/lsn';

const entry: fc.Arbitrary<IndexEntry> = fc.record({
  xid: fc.integer({ min: 3, max: 2 ** 32 - 1 }),
  // Two of them are no further apart than a number can say.
  endLsn: fc.bigInt({ min: (1n << 63n) - (1n << 52n), max: 1n << 63n }).map(lsnText),
  commitTimeUs: fc.bigInt({ min: -(1n << 50n), max: 1n << 51n }).map(String),
  offset: fc.nat(),
  changes: fc.nat(),
  digest: fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString('hex')),
});

describe('an index', () => {
  it('is read as it was written, whatever it steps over', () => {
    fc.assert(
      fc.property(fc.array(entry), (index) => {
        expect(decodeIndex(encodeIndex(index).toString())).toEqual(index);
      }),
    );
  });

  it('is not written if two neighbours are too far apart to be told', () => {
    const [one] = fc.sample(entry, { numRuns: 1, seed: 1 });
    const far = one ? [{ ...one, endLsn: '0/1' }, one] : [];
    expect(() => encodeIndex(far)).toThrow(RangeError);
  });

  const columns = {
    xid: [7],
    start: { endLsn: '0/1', commitTimeUs: '5' },
    endLsn: [0],
    commitTimeUs: [0],
    offset: [0],
    changes: [1],
    digests: Buffer.alloc(32).toString('base64'),
  };
  it.each<[string, unknown]>([
    ['is not an object', null],
    ['xid of its index is not a list of whole numbers', { ...columns, xid: ['7'] }],
    ['offset of its index has another length', { ...columns, offset: [] }],
    ['start of its index is not a position and a time', { ...columns, start: null }],
    [
      'start of its index is not a position and a time',
      { ...columns, start: { endLsn: '1', commitTimeUs: '5' } },
    ],
    ['digests of its index is not a text', { ...columns, digests: 1 }],
    ['lacks digests', { ...columns, digests: '' }],
  ])('%s', (problem, value) => {
    expect(() => decodeIndex(JSON.stringify(value))).toThrow(MalformedIndex);
    expect(() => decodeIndex(JSON.stringify(value))).toThrow(problem);
  });
});

describe('a position', () => {
  it('is written as PostgreSQL does', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }), (bytes) => {
        expect(lsnBytes(lsnText(bytes))).toBe(bytes);
      }),
    );
    expect(lsnText(0x16_b374_d848n)).toBe('16/B374D848');
  });
});
