import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Genesis } from '../../../../lambda/archive/format/segment';
import { type Base, type Coverage, chooseBase, type Wish } from '../../../../lambda/archive/restore/base';
import { type ChainOutline, erasOf, headOf, historyOf } from '../../../../lambda/archive/restore/lineage';
import { BadTarget, parseTarget, targetText } from '../../../../lambda/archive/restore/target';
import { microsecondsOf, timeText } from '../../../../lambda/archive/restore/time';

const HOME = 'us-east-1';
const STANDBY = 'us-west-2';
const at = (seconds: number): bigint => BigInt(seconds) * 1_000_000n;
const position = (seconds: number) => ({
  endLsn: `0/${(seconds * 16).toString(16).toUpperCase()}`,
  commitTimeUs: String(at(seconds)),
});
const chain = (epoch: number, part = 0) => ({ system: '7', database: 'shop', epoch, part });

function outline(
  epoch: number,
  first: number,
  head: number,
  genesis: Partial<Genesis> = {},
  part = 0,
): ChainOutline {
  return {
    chain: chain(epoch, part),
    genesis: { startLsn: '0/1', why: 'first', follows: null, gap: null, ...genesis },
    first: position(first),
    head: position(head),
  };
}
const follows = (epoch: number, last: number) => ({ chain: chain(epoch), sequence: 9, last: position(last) });

describe('a target', () => {
  it('is read as it is written', () => {
    const target = fc.oneof(
      fc
        .bigInt({ min: 0n, max: 4_000_000_000_000_000n })
        .map((timeUs) => ({ kind: 'time' as const, timeUs })),
      fc.nat().map((bytes) => ({ kind: 'lsn' as const, lsn: `0/${bytes.toString(16).toUpperCase()}` })),
      fc.constant({ kind: 'latest' as const }),
    );
    fc.assert(fc.property(target, (one) => expect(parseTarget(targetText(one))).toEqual(one)));
  });

  it.each(['2026-01-31', '2026-01-31T12:00', '2026-02-31T12:00:00Z', 'yesterday', '0/XYZ', ''])(
    'is not %j: without a zone nobody knows which hour is meant',
    (text) => expect(() => parseTarget(text)).toThrow(BadTarget),
  );

  it('knows zones and microseconds', () => {
    expect(microsecondsOf('2026-01-31 13:00:00.000001+01:00')).toBe(
      microsecondsOf('2026-01-31T12:00:00.000001Z'),
    );
    expect(timeText(-1n)).toBe('1969-12-31T23:59:59.999999Z');
  });
});

describe('the history', () => {
  it('leaves out what the old side wrote after the new epoch had begun', () => {
    const history = historyOf([
      outline(1, 10, 100),
      outline(2, 110, 200, { why: 'epoch', follows: follows(1, 90) }),
    ]);
    expect(history.stretches.map(({ until, head }) => [until, head])).toEqual([
      [position(90), position(90)],
      [null, position(200)],
    ]);
    expect(history.broken).toBeNull();
  });

  it('ends at a gap, and says so', () => {
    const history = historyOf([
      outline(1, 10, 100),
      outline(1, 150, 300, { why: 'gap', gap: 'The slot was lost.', follows: follows(1, 100) }, 1),
    ]);
    expect(history.stretches.map(({ chain: { part } }) => part)).toEqual([1]);
    expect(history.broken).toContain('The slot was lost.');
  });

  it('reaches as far as its last chain that has a transaction', () => {
    const empty = { ...outline(2, 0, 0, { why: 'epoch', follows: follows(1, 90) }), first: null, head: null };
    expect(headOf(historyOf([outline(1, 10, 100), empty]))).toEqual(position(90));
    expect(historyOf([])).toEqual({ stretches: [], broken: null });
  });
});

const DAY = 86_400;
const pitr = (region: string, earliest: number, latest: number): Base => ({
  kind: 'point-in-time',
  region,
  origin: HOME,
  source: { identifier: 'shop-db' },
  earliestMs: earliest * 1000,
  latestMs: latest * 1000,
});
const snapshot = (region: string, name: string, taken: number, origin = region): Base => ({
  kind: 'snapshot',
  region,
  origin,
  name,
  takenMs: taken * 1000,
});
const wish = (changes: Partial<Wish>): Wish => ({
  target: { kind: 'latest' },
  lsnTimeUs: null,
  region: undefined,
  leader: HOME,
  ...changes,
});
const coverage = (since: number, head: number): Coverage => ({
  sinceUs: at(since),
  headUs: at(head),
  broken: null,
});
const NONE: Coverage = { sinceUs: null, headUs: null, broken: null };
const choose = (changes: Partial<Wish>, bases: readonly Base[], archive: Coverage) =>
  chooseBase(wish(changes), bases, archive, [], new Map());

describe('the base', () => {
  const bases = [
    pitr(HOME, DAY, 8 * DAY),
    snapshot(HOME, 'old', DAY / 2),
    snapshot(STANDBY, 'copy', 7 * DAY, HOME),
  ];

  it('for the latest state is the youngest at the leader, and the archive adds the rest', () => {
    expect(choose({}, bases, coverage(0, 8 * DAY + 290))).toMatchObject({
      possible: true,
      base: { kind: 'point-in-time', region: HOME },
      restoreTimeMs: 8 * DAY * 1000,
      topUp: true,
    });
  });

  it('for a time before the window of the automated backups is a snapshot', () => {
    const target = { kind: 'time' as const, timeUs: at(DAY - 60) };
    expect(choose({ target }, bases, coverage(0, 8 * DAY))).toMatchObject({
      base: { name: 'old' },
      topUp: true,
    });
    expect(choose({ target: { kind: 'time', timeUs: at(60) } }, bases, coverage(0, 8 * DAY))).toMatchObject({
      possible: false,
      sentence: expect.stringContaining('No backup was taken before'),
    });
  });

  it('is one of the other region where that is asked for, or all that is left', () => {
    expect(choose({ region: STANDBY }, bases, coverage(0, 8 * DAY))).toMatchObject({
      base: { name: 'copy' },
    });
    expect(choose({}, bases.slice(2), coverage(0, 8 * DAY))).toMatchObject({
      base: { name: 'copy' },
      sentences: expect.arrayContaining([expect.stringContaining('in the other region')]),
    });
  });

  it('that is not there is told with what to do', () => {
    const sentence = (region: string | undefined, there: readonly Base[]) => choose({ region }, there, NONE);
    expect(sentence(STANDBY, bases.slice(0, 2))).toEqual({
      possible: false,
      sentence: expect.stringContaining(`There is one in ${HOME}: name that region, or none.`),
    });
    for (const region of [undefined, STANDBY])
      expect(sentence(region, [])).toEqual({
        possible: false,
        sentence: expect.stringContaining('docs/runbooks/ransomware.md'),
      });
  });

  it('says what is missing where the archive does not connect', () => {
    const target = { kind: 'time' as const, timeUs: at(DAY - 60) };
    expect(choose({ target }, bases, NONE)).toMatchObject({
      topUp: false,
      sentences: expect.arrayContaining([expect.stringContaining('is in no backup')]),
    });
  });

  it('for a position stays clear of its second, and needs the archive', () => {
    const target = { kind: 'lsn' as const, lsn: '0/99' };
    const found = choose({ target, lsnTimeUs: at(2 * DAY) + 5n }, bases, coverage(0, 8 * DAY));
    expect(found).toMatchObject({ restoreTimeMs: (2 * DAY - 1) * 1000, topUp: true });
    expect(choose({ target }, bases, NONE)).toMatchObject({ possible: false });
  });

  it('is never a copy of what an old primary went on to write after it was left', () => {
    const eras = erasOf([
      outline(1, 0, DAY),
      outline(2, DAY, 2 * DAY, { why: 'epoch', follows: follows(1, DAY) }),
    ]);
    const holders = new Map([
      [1, HOME],
      [2, STANDBY],
    ]);
    const stray = snapshot(HOME, 'stray', DAY + 60);
    const good = snapshot(HOME, 'good', DAY - 60);
    const choice = chooseBase(wish({ leader: STANDBY }), [stray, good], coverage(0, 2 * DAY), eras, holders);
    expect(choice).toMatchObject({ base: { name: 'good' } });
  });

  it('is never younger than the target, and a position is only promised with the archive', () => {
    const base = fc.oneof(
      fc
        .record({ from: fc.nat(5_000), length: fc.nat(5_000) })
        .map(({ from, length }) => pitr(HOME, from, from + length)),
      fc.nat(10_000).map((taken) => snapshot(STANDBY, `s${taken}`, taken, HOME)),
    );
    const archive = fc.option(
      fc
        .record({ since: fc.nat(10_000), length: fc.nat(10_000) })
        .map(({ since, length }) => coverage(since, since + length)),
      { nil: NONE },
    );
    fc.assert(
      fc.property(fc.array(base, { maxLength: 6 }), archive, fc.nat(12_000), (all, known, goal) => {
        const choice = choose({ target: { kind: 'time', timeUs: at(goal) } }, all, known);
        if (!choice.possible) return;
        const baseMs =
          choice.base.kind === 'snapshot' ? choice.base.takenMs : (choice.restoreTimeMs ?? Number.NaN);
        expect(baseMs).toBeLessThanOrEqual(goal * 1000);
        if (choice.topUp) expect(known.sinceUs).toBeLessThanOrEqual(BigInt(baseMs) * 1000n);
        if (choice.base.kind === 'point-in-time')
          expect(baseMs).toBeGreaterThanOrEqual(choice.base.earliestMs);
      }),
    );
  });
});
