import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { bytesBetween, isLsn, lsnBytes } from '../../../lambda/runtime/lsn';

const half = fc.nat({ max: 0xffffffff });
const lsnOf = (high: number, low: number): string =>
  `${high.toString(16).toUpperCase()}/${low.toString(16).toUpperCase()}`;

describe('a position in the log', () => {
  it('is known from what is none', () => {
    for (const lsn of ['0/0', '0/16B3748', 'FFFFFFFF/FFFFFFFF', '00/0A']) expect(isLsn(lsn)).toBe(true);
    for (const text of ['', '0', '/', '0/', '/0', '0/g', '0/16b3748', '100000000/0', '0/0/0', ' 0/0']) {
      expect(isLsn(text)).toBe(false);
    }
  });

  it('counts bytes across its two halves', () => {
    expect(lsnBytes('0/10')).toBe(16n);
    expect(lsnBytes('1/0')).toBe(2n ** 32n);
    expect(lsnBytes('FFFFFFFF/FFFFFFFF')).toBe(2n ** 64n - 1n);
    expect(bytesBetween('0/FFFFFFFF', '1/0')).toBe(1n);
    expect(bytesBetween('1/0', '0/FFFFFFFF')).toBe(-1n);
  });

  it('is refused with its text where it is none', () => {
    expect(() => lsnBytes('16B3748')).toThrow(new RangeError('16B3748 is no position like 0/16B3748.'));
    expect(() => bytesBetween('0/0', 'x')).toThrow(RangeError);
  });

  it('is ordered as PostgreSQL orders it: by the first half, then by the second', () => {
    fc.assert(
      fc.property(half, half, half, half, (a, b, c, d) => {
        const bytes = bytesBetween(lsnOf(a, b), lsnOf(c, d));
        const expected = c === a ? d - b : c - a;
        expect(bytes > 0n).toBe(expected > 0);
        expect(bytes < 0n).toBe(expected < 0);
      }),
    );
  });
});
