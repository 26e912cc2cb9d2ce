import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decode, MalformedMessage } from '../../../../lambda/archive/pgoutput/decode';
import type { Message } from '../../../../lambda/archive/pgoutput/message';
import { beginAt, endLsnAt, idAt, kindAt, truncatedAt } from '../../../../lambda/archive/pgoutput/peek';
import { arbitraryTransactions, rawMessages } from '../support/transactions';
import { wireOf } from '../support/wire';

const messages = arbitraryTransactions.map((all) =>
  all.flatMap((one): Message[] => [
    { kind: 'begin', xid: one.xid, commitLsn: one.commitLsn, commitTimeUs: one.commitTimeUs },
    ...one.body,
    { kind: 'commit', commitLsn: one.commitLsn, endLsn: one.endLsn, commitTimeUs: one.commitTimeUs },
  ]),
);

function problemOf(bytes: Uint8Array): MalformedMessage | undefined {
  try {
    decode(bytes);
    return undefined;
  } catch (error) {
    if (error instanceof MalformedMessage) return error;
    throw error;
  }
}

describe('decoding', () => {
  it('gives back every message as it was written', () => {
    fc.assert(
      fc.property(messages, (all) => {
        for (const message of all) expect(decode(wireOf(message))).toEqual(message);
      }),
      { numRuns: 50 },
    );
  });

  it('finds every message that is cut short or goes on, and names a byte within it', () => {
    fc.assert(
      fc.property(arbitraryTransactions, fc.nat(), (all, where) => {
        for (const raw of all.flatMap(rawMessages)) {
          const cut = problemOf(raw.subarray(0, where % raw.length));
          expect(cut).toBeDefined();
          expect(cut?.offset).toBeLessThanOrEqual(raw.length);
          expect(problemOf(Buffer.concat([raw, Buffer.of(0)]))?.offset).toBe(raw.length);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('throws nothing else, whatever it is given', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...'BCORYIUDTM'),
        fc.uint8Array({ maxLength: 60 }),
        (kind, rest) => void problemOf(Buffer.concat([Buffer.from(kind), rest])),
      ),
    );
  });

  it('says what is wrong and where', () => {
    const insert = Buffer.from(wireOf({ kind: 'insert', relation: 7, row: ['a'] }));
    insert[8] = 'b'.charCodeAt(0);
    expect(problemOf(insert)?.message).toBe(
      'An insert is malformed at byte 8: the format of a value is "b".',
    );
    expect(problemOf(Buffer.from('S'))?.message).toBe(
      'A message is malformed at byte 0: "S" is no kind of message.',
    );
    expect(problemOf(Buffer.alloc(0))?.message).toContain('it is empty');
  });

  it('shares no memory with what it was given', () => {
    const raw = Buffer.from(
      wireOf({ kind: 'message', transactional: true, lsn: 1n, prefix: 'p', content: Buffer.from('abc') }),
    );
    const decoded = decode(raw);
    raw.fill(0);
    expect(decoded).toMatchObject({ content: Uint8Array.from(Buffer.from('abc')) });
  });
});

describe('reading in place', () => {
  it('agrees with the decoder, wherever the message stands', () => {
    fc.assert(
      fc.property(messages, fc.nat({ max: 9 }), (all, before) => {
        for (const message of all) {
          const raw = Buffer.concat([Buffer.alloc(before), wireOf(message), Buffer.alloc(3)]);
          const to = raw.length - 3;
          expect(String.fromCharCode(kindAt(raw, before, to))).toBe(String.fromCharCode(raw[before] ?? 0));
          if (message.kind === 'begin') {
            const { kind: _, ...fields } = message;
            expect(beginAt(raw, before, to)).toEqual(fields);
          }
          if (message.kind === 'commit') expect(endLsnAt(raw, before, to)).toBe(message.endLsn);
          if (message.kind === 'insert') expect(idAt(raw, before, to)).toBe(message.relation);
          if (message.kind === 'relation') expect(idAt(raw, before, to)).toBe(message.id);
          if (message.kind === 'truncate') expect(truncatedAt(raw, before, to)).toEqual(message.relations);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('refuses a message that is too short for its kind', () => {
    const bytes = Buffer.from('BCT..............................');
    expect(() => beginAt(bytes, 0, 20)).toThrow(
      'A begin is malformed at byte 20: it has 20 bytes and not 21.',
    );
    expect(() => endLsnAt(bytes, 1, 20)).toThrow(MalformedMessage);
    expect(() => idAt(bytes, 0, 4)).toThrow(MalformedMessage);
    expect(() => truncatedAt(bytes, 2, 8)).toThrow(MalformedMessage);
    expect(() => kindAt(bytes, 4, 4)).toThrow('it is empty');
  });
});
