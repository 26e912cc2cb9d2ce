import { describe, expect, it } from '@jest/globals';
import { fastestCodec } from '../../../../lambda/archive/format/codec';
import { TransactionDigest } from '../../../../lambda/archive/format/digest';
import { FrameBuffer } from '../../../../lambda/archive/format/frames';
import { openSegment } from '../../../../lambda/archive/format/open';
import {
  compressBody,
  type SegmentBody,
  type SegmentStart,
  seal,
} from '../../../../lambda/archive/format/seal';
import type { IndexEntry } from '../../../../lambda/archive/format/segment';
import type { Message } from '../../../../lambda/archive/pgoutput/message';
import { CHAIN } from '../support/chain';
import { wireOf } from '../support/wire';

/** Segments whose hashes are right and whose writer was wrong. */

const COMMIT_US = 1_790_000_000_000_001n;
const begin: Message = { kind: 'begin', xid: 7, commitLsn: 0x100n, commitTimeUs: COMMIT_US };
const commit: Message = { kind: 'commit', commitLsn: 0x100n, endLsn: 0x130n, commitTimeUs: COMMIT_US };
const relation: Message = {
  kind: 'relation',
  id: 9,
  schema: 'public',
  name: 't',
  identity: 'd',
  columns: [{ name: 'id', key: true, type: 23, modifier: -1 }],
};
const insert: Message = { kind: 'insert', relation: 9, row: ['1'] };
const whole = [begin, relation, insert, commit];

function digestOf(...changes: readonly Message[]): string {
  const digest = new TransactionDigest({ xid: 7, commitLsn: 0x100n, commitTimeUs: COMMIT_US });
  for (const change of changes) digest.add(wireOf(change));
  return digest.hex();
}
const ENTRY: IndexEntry = {
  xid: 7,
  endLsn: '0/130',
  commitTimeUs: String(COMMIT_US),
  offset: 0,
  changes: 1,
  digest: digestOf(insert),
};
const CUT = { xid: 7, commitLsn: '0/100', changes: 1, digest: digestOf(insert) };

const START: SegmentStart = {
  chain: CHAIN,
  sequence: 2,
  timeline: 1,
  fingerprint: '',
  previous: 'a'.repeat(64),
  continues: null,
  continued: null,
};

interface Wrong {
  readonly messages?: readonly Message[];
  readonly raw?: Uint8Array;
  readonly index?: readonly IndexEntry[];
  readonly start?: Partial<SegmentStart>;
  readonly body?: Partial<SegmentBody>;
}

async function opened({ messages = whole, raw, index = [ENTRY], start, body }: Wrong) {
  const frames = new FrameBuffer();
  for (const message of messages) frames.append(wireOf(message));
  const packed = await compressBody(raw ?? frames.view(), index, fastestCodec());
  const { key, bytes } = seal({ ...START, ...start }, { ...packed, ...body });
  return openSegment(key, bytes);
}

const WRONG: readonly [string, Wrong, string][] = [
  ['a change outside of a transaction', { messages: [insert, ...whole] }, 'in no transaction'],
  ['a commit outside of a transaction', { messages: [...whole, commit] }, 'in no transaction'],
  ['a begin within a transaction', { messages: [begin, ...whole] }, 'begins within another'],
  ['a relation that is not described', { messages: [begin, insert, commit] }, 'not described before'],
  [
    'a truncated relation that is not described',
    {
      messages: [begin, { kind: 'truncate', cascade: false, restartIdentity: false, relations: [8] }, commit],
    },
    'relation 8, not described before',
  ],
  [
    'a commit of another transaction',
    { messages: [begin, { ...commit, commitLsn: 1n }] },
    'of another transaction',
  ],
  [
    'a cut that the header does not tell',
    { messages: [begin, relation, insert], index: [] },
    'does not say so',
  ],
  ['a cut that is none', { start: { continued: CUT } }, 'its header says that it is cut'],
  [
    'a cut with another number of changes',
    { messages: [begin, relation, insert], index: [], start: { continued: { ...CUT, changes: 2 } } },
    'another cut',
  ],
  [
    'a cut with another digest',
    { messages: [begin, relation, insert], index: [], start: { continued: { ...CUT, digest: digestOf() } } },
    'the digest at its cut',
  ],
  ['a transaction that is not in the index', { index: [] }, 'not in the index'],
  [
    'an entry without a transaction',
    { index: [ENTRY, { ...ENTRY, endLsn: '0/140' }] },
    '2 transactions, it 1',
  ],
  ['another number', { index: [{ ...ENTRY, xid: 8 }] }, 'the number of 7'],
  ['another offset', { index: [{ ...ENTRY, offset: 1 }] }, 'the offset of 7'],
  ['another position', { index: [{ ...ENTRY, endLsn: '0/131' }] }, 'the position of 7'],
  ['another time', { index: [{ ...ENTRY, commitTimeUs: '5' }] }, 'the commit time of 7'],
  ['another number of changes', { index: [{ ...ENTRY, changes: 2 }] }, 'the number of changes of 7'],
  ['another digest', { index: [{ ...ENTRY, digest: digestOf() }] }, 'the digest of 7'],
  [
    'commits out of order',
    { messages: [...whole, ...whole], index: [ENTRY, { ...ENTRY, offset: 106 }] },
    'not in the order of commits',
  ],
  ['frames that end in one', { raw: Uint8Array.from([0, 0, 0, 9, 66]), index: [] }, 'has no message'],
  ['a frame without a message', { raw: new Uint8Array(4), index: [] }, 'has no message'],
  [
    'a message of another protocol',
    { messages: [begin], raw: undefinedMessage(), index: [] },
    'no known message',
  ],
  ['a header with fewer bytes of frames', { body: { rawBytes: 3 } }, 'cannot be decompressed'],
  ['a header with more bytes of frames', { body: { rawBytes: 9_999 } }, 'its header says 9999'],
  [
    'a header with another first transaction',
    { body: { first: { endLsn: '0/1', commitTimeUs: '1' } } },
    'another first transaction',
  ],
  [
    'a header with another last transaction',
    { body: { last: { endLsn: '0/1', commitTimeUs: '1' } } },
    'another last transaction',
  ],
];

/** A Begin and a message that only a later version of the protocol has. */
function undefinedMessage(): Uint8Array {
  const frames = new FrameBuffer();
  frames.append(wireOf(begin));
  frames.append(Buffer.from('S\0\0\0\x01\x01'));
  return frames.view();
}

describe('a segment whose writer was wrong', () => {
  it('would be opened if it were right', async () => {
    await expect(opened({})).resolves.toMatchObject({ index: [ENTRY] });
    const cut = { messages: [begin, relation, insert], index: [], start: { continued: CUT } };
    await expect(opened(cut)).resolves.toMatchObject({ header: { continued: CUT } });
  });

  it.each(WRONG)('is refused for %s', async (_, wrong, sentence) => {
    await expect(opened(wrong)).rejects.toThrow(sentence);
  });

  it('goes on with a transaction without its digest, which only a reader of the chain can check', async () => {
    const rest = { messages: [relation, insert, commit], start: { continues: CUT } };
    const index = [{ ...ENTRY, changes: 2, digest: digestOf(insert, insert) }];
    await expect(opened({ ...rest, index })).resolves.toMatchObject({ index });
    await expect(opened({ ...rest, index: [ENTRY] })).rejects.toThrow('the number of changes of 7');
  });
});

describe('a header that contradicts itself', () => {
  const sealed = (start: Partial<SegmentStart>) => opened({ start });
  it.each<[string, Partial<SegmentStart>]>([
    ['only the genesis has no segment before it', { previous: null }],
    [
      'only segment 0 is the genesis',
      { genesis: { startLsn: '0/1', why: 'first', follows: null, gap: null } },
    ],
    ['it continues a segment without transactions', { sequence: 1, continues: CUT }],
  ])('is not sealed: %s', async (sentence, start) => {
    await expect(sealed(start)).rejects.toThrow(`cannot be sealed: ${sentence}`);
  });

  it('is not sealed: its genesis holds frames', async () => {
    const genesis = { startLsn: '0/1', why: 'first', follows: null, gap: null } as const;
    await expect(sealed({ sequence: 0, previous: null, genesis })).rejects.toThrow(
      'its genesis holds frames',
    );
  });
});
