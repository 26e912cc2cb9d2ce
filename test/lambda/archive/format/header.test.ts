import { describe, expect, it } from '@jest/globals';
import { parseHeader } from '../../../../lambda/archive/format/header';
import type { SegmentHeader } from '../../../../lambda/archive/format/segment';
import { CHAIN } from '../support/chain';

const HASH = 'b'.repeat(64);
const POSITION = { endLsn: '16/B374D848', commitTimeUs: '1790000000000000' };
const CUT = { xid: 5, commitLsn: '16/B374D000', changes: 12, digest: HASH };
const header: SegmentHeader = {
  chain: CHAIN,
  sequence: 4,
  timeline: 2,
  codec: 'zstd',
  rawBytes: 100,
  fingerprint: 'f',
  previous: HASH,
  first: POSITION,
  last: POSITION,
  continues: CUT,
  continued: CUT,
};
const genesis: SegmentHeader = {
  ...header,
  sequence: 0,
  rawBytes: 0,
  previous: null,
  first: null,
  last: null,
  continues: null,
  continued: null,
  genesis: {
    startLsn: '0/0',
    why: 'gap',
    follows: { chain: CHAIN, sequence: 3, last: POSITION },
    gap: 'The slot was lost.',
  },
};

describe('a header', () => {
  it('is read as it was written, with and without what may be absent', () => {
    expect(parseHeader(JSON.stringify(header))).toEqual(header);
    expect(parseHeader(JSON.stringify(genesis))).toEqual(genesis);
  });

  it('may hold what this version does not know', () => {
    expect(parseHeader(JSON.stringify({ ...header, later: 1 }))).toEqual(header);
  });

  it.each<[string, unknown]>([
    ['header', []],
    ['chain', { ...header, chain: 1 }],
    ['chain.system', { ...header, chain: { ...CHAIN, system: 'x' } }],
    ['chain.database', { ...header, chain: { ...CHAIN, database: 1 } }],
    ['chain.epoch', { ...header, chain: { ...CHAIN, epoch: -1 } }],
    ['sequence', { ...header, sequence: 1.5 }],
    ['timeline', { ...header, timeline: '1' }],
    ['codec', { ...header, codec: 'lz4' }],
    ['rawBytes', { ...header, rawBytes: 2 ** 60 }],
    ['fingerprint', { ...header, fingerprint: null }],
    ['previous', { ...header, previous: 'abc' }],
    ['first.endLsn', { ...header, first: { ...POSITION, endLsn: '1' } }],
    ['last.commitTimeUs', { ...header, last: { ...POSITION, commitTimeUs: '1.5' } }],
    ['continues.xid', { ...header, continues: { ...CUT, xid: null } }],
    ['continued.digest', { ...header, continued: { ...CUT, digest: HASH.toUpperCase() } }],
    ['genesis.why', { ...genesis, genesis: { ...genesis.genesis, why: 'else' } }],
    ['genesis.follows.sequence', { ...genesis, genesis: { ...genesis.genesis, follows: { chain: CHAIN } } }],
    ['genesis.gap', { ...genesis, genesis: { ...genesis.genesis, gap: undefined } }],
  ])('is refused for its field %s', (field, value) => {
    expect(() => parseHeader(JSON.stringify(value))).toThrow(`${field} of its header is not`);
  });

  it('is refused if it is not JSON, or has a first transaction and no last', () => {
    expect(() => parseHeader('{')).toThrow('its header is not JSON');
    expect(() => parseHeader(JSON.stringify({ ...header, last: null }))).toThrow('not both');
  });
});
