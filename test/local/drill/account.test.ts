import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { accountFor, acknowledged, doubled, lacking } from '../../../local/drill/account';
import type { RequestRecord } from '../../../local/drill/model';
import { NOTHING_SALVAGED, salvageIn } from '../../../local/drill/salvage';
import { BEGAN, failed, write } from './evidence';

const withoutEpoch = ({ epoch, ...rest }: RequestRecord): RequestRecord => rest;
const ids = (records: readonly RequestRecord[]) => records.map(({ id }) => id);
const standby = { epoch: 2, by: 'standby' } as const;

describe('what was acknowledged', () => {
  it('is each write that was answered well, once, in the order of the answers', () => {
    const read: RequestRecord = { ...write('r', 0), kind: 'read' };
    const again = write('b', 30, { retried: true });
    expect(
      ids(acknowledged([write('c', 50), read, failed('b', 20), again, write('a', 0), failed('d', 9)])),
    ).toEqual(['a', 'b', 'c']);
  });
});

describe('what a database lacks', () => {
  it('is what was acknowledged before its rows were read, and not among them', async () => {
    const records = [write('a', 0), write('b', 10)];
    const lacked = await lacking(
      () => acknowledged(records),
      async () => {
        records.push(write('c', 20, standby));
        return new Set(['a']);
      },
    );
    expect(ids(lacked)).toEqual(['b']);
  });
});

describe('a write that two sides took', () => {
  const found = (...records: RequestRecord[]) => ids(doubled(acknowledged(records)));

  it('is one under an old epoch that began after one under the new epoch had been acknowledged', () => {
    expect(found(write('a', 0), write('b', 100, standby), write('c', 111), write('d', 300))).toEqual([
      'c',
      'd',
    ]);
  });

  it('is not one that was under way when the new epoch began', () => {
    expect(found(write('a', 0), write('b', 100, standby), write('c', 105, { endedMs: BEGAN + 900 }))).toEqual(
      [],
    );
  });

  it('is one in another region than the one in which its epoch began', () => {
    expect(found(write('a', 0), write('b', 100, { by: 'standby' }), write('c', 200))).toEqual(['b']);
  });

  it('is none that failed, and none in a row of epochs', () => {
    expect(
      found(write('a', 0), write('b', 100, standby), failed('c', 200), write('d', 300, { epoch: 3 })),
    ).toEqual([]);
  });
});

describe('the list of salvage', () => {
  const list = (summary: object) =>
    salvageIn(
      JSON.stringify({ summary, transactions: [{ rows: [{ key: { id: 'b' } }] }] }),
      new Set(['a', 'b']),
      9_000,
    );

  it('is read as the writes that it names, where the archive ends, and what may be lost behind it', () => {
    const head = { commitTimeUs: '5000900' };
    expect(list({ head, beyond: { fromUs: '5000900', untilUs: '6000100' } })).toEqual({
      ids: new Set(['b']),
      beyond: { fromMs: 5_000, untilMs: 6_001 },
      headMs: 5_000,
    });
  });

  it('has an interval up to now if nobody knows its end, and none if the old side was read', () => {
    expect(list({ head: null, beyond: { fromUs: 1, untilUs: null } }).beyond).toEqual({
      fromMs: 0,
      untilMs: 9_000,
    });
    expect(list({ head: null, beyond: null })).toEqual({ ids: new Set(['b']), beyond: undefined });
  });
});

describe('the account', () => {
  const of = (
    records: readonly RequestRecord[],
    present: string[],
    salvage = NOTHING_SALVAGED,
    epochNow = 2,
  ) => accountFor(records, new Set(present), salvage, epochNow);

  it('knows a write as present, salvaged, listed as lost, or unexplained', () => {
    const records = ['a', 'b', 'c', 'd'].map((id, number) => write(id, number * 1000));
    const beyond = { fromMs: BEGAN + 1_900, untilMs: BEGAN + 2_500 };
    const account = of(records, ['a'], { ids: new Set(['b']), beyond });
    expect(account).toMatchObject({
      acknowledged: 4,
      present: 1,
      salvaged: 1,
      lost: 1,
      unexplained: 1,
      doubled: 0,
    });
    expect(account.missing.map(({ id, became }) => [id, became])).toEqual([
      ['b', 'salvaged'],
      ['c', 'lost'],
      ['d', 'unexplained'],
    ]);
  });

  it('tells what became of all that are missing, with their epochs', () => {
    const records = Array.from({ length: 30 }, (_, number) => write(`w${number}`, number));
    const { missing } = of(records, []);
    expect([missing.length, missing[29]]).toEqual([
      30,
      { id: 'w29', atMs: BEGAN + 39, epoch: 1, became: 'unexplained' },
    ]);
  });

  it('calls none lost that was taken under the epoch that leads: nothing was left behind of it', () => {
    const beyond = { fromMs: BEGAN, untilMs: BEGAN + 9_000 };
    const records = [write('a', 100), write('b', 200, standby), withoutEpoch(write('c', 300))];
    const { missing } = of(records, [], { ids: new Set(), beyond });
    expect(missing.map(({ became }) => became)).toEqual(['lost', 'unexplained', 'unexplained']);
  });

  const anyRecord = fc
    .record({
      number: fc.nat(30),
      sentMs: fc.nat(10_000),
      took: fc.nat(500),
      epoch: fc.integer({ min: 1, max: 3 }),
      good: fc.boolean(),
    })
    .map(({ number, sentMs, took, epoch, good }) =>
      good
        ? write(`w${number}`, sentMs, {
            epoch,
            endedMs: BEGAN + sentMs + took,
            by: epoch === 2 ? 'standby' : 'home',
          })
        : failed(`w${number}`, sentMs),
    );
  const someIds = fc.array(fc.nat(30).map((number) => `w${number}`));

  it('has each acknowledged write in exactly one place', () => {
    fc.assert(
      fc.property(
        fc.array(anyRecord),
        someIds,
        someIds,
        fc.nat(10_000),
        (records, present, salvaged, from) => {
          const beyond = { fromMs: BEGAN + from, untilMs: BEGAN + from + 2_000 };
          const account = of(records, present, { ids: new Set(salvaged), beyond });
          const { acknowledged: all, lost, unexplained } = account;
          expect(account.present + account.salvaged + lost + unexplained).toBe(all);
          expect(all).toBe(acknowledged(records).length);
        },
      ),
    );
  });

  it('calls no write present that the database lacks, and none missing that it has', () => {
    fc.assert(
      fc.property(fc.array(anyRecord), someIds, (records, present) => {
        const { missing, present: counted } = of(records, present);
        expect(missing.filter(({ id }) => present.includes(id))).toEqual([]);
        expect(counted).toBe(acknowledged(records).filter(({ id = '' }) => present.includes(id)).length);
      }),
    );
  });

  it('finds no write taken twice where each epoch ends before the next begins', () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 6 });
    fc.assert(
      fc.property(lengths, (epochs) => {
        let atMs = 0;
        const records = epochs.flatMap((count, index) =>
          Array.from({ length: count }, (_, number) => {
            atMs += 20;
            return write(`${index}-${number}`, atMs, {
              epoch: index + 1,
              by: index % 2 === 0 ? 'home' : 'standby',
            });
          }),
        );
        expect(doubled(acknowledged(records))).toEqual([]);
      }),
    );
  });
});
