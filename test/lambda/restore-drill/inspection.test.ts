import { beforeEach, describe, expect, it } from '@jest/globals';
import { type ChainId, segmentKey } from '../../../lambda/archive/contract';
import { lsnText } from '../../../lambda/archive/format/positions';
import { eitherOf } from '../../../lambda/archive/restore/either';
import { ageSeconds, findingsOf, type Inspected, inspect } from '../../../lambda/restore-drill/inspection';
import { inspectionRecords } from '../../../lambda/restore-drill/inspection-records';
import { measureInspection } from '../../../lambda/restore-drill/measure';
import { createLog } from '../../../lambda/runtime/log';
import { FakeClock } from '../../support/fake-clock';
import { CHAIN, writeChain } from '../archive/support/chain';
import { flipped, type MemoryStore, memoryStore } from '../archive/support/memory-store';
import type { TestTransaction } from '../archive/support/transactions';

const DAY_MS = 86_400_000;
const BEGIN_MS = Date.UTC(2026, 0, 31);
const NEXT: ChainId = { ...CHAIN, epoch: CHAIN.epoch + 2 };

/** Of an hour before so many days. */
const transaction = (number: number, daysAgo: number): TestTransaction => {
  const endLsn = 0x1_00_00n + BigInt(number) * 0x100n;
  const commitTimeUs = BigInt(BEGIN_MS - daysAgo * DAY_MS - 3_600_000) * 1000n + BigInt(number);
  const body = [
    { kind: 'message', transactional: true, lsn: endLsn, prefix: 'p', content: Buffer.from('x') },
  ] as const;
  return { xid: 700 + number, commitLsn: endLsn - 0x30n, endLsn, commitTimeUs, body };
};
/** One a day, the oldest first; the last one is of this day. */
const OLD = Array.from({ length: 10 }, (_, n) => transaction(n, 20 - n));
const YOUNG = Array.from({ length: 10 }, (_, n) => transaction(10 + n, n < 9 ? 10 - n : 0));

let near: MemoryStore;
let far: MemoryStore;
let clock: FakeClock;
beforeEach(async () => {
  near = memoryStore('near');
  far = memoryStore('far');
  clock = new FakeClock(BEGIN_MS);
  await writeChain(near, CHAIN, OLD, { transactions: 1 });
  const last = OLD.at(-1);
  const follows = {
    chain: CHAIN,
    sequence: OLD.length,
    last: { endLsn: lsnText(last?.endLsn ?? 0n), commitTimeUs: String(last?.commitTimeUs) },
  };
  await writeChain(near, NEXT, YOUNG, { transactions: 1, genesis: { why: 'epoch', follows } });
  for (const [key, bytes] of near.objects) far.objects.set(key, bytes);
});

/** One start of the function. @param segments that it has time for */
function start(segments = Number.POSITIVE_INFINITY, own = near, other = far): Promise<Inspected> {
  let left = segments;
  const hasTime = (): boolean => {
    left -= 1;
    return left > 0;
  };
  const ports = {
    records: inspectionRecords(own, eitherOf([own, other])),
    stores: { near: own, far: other },
    clock,
  };
  return inspect(ports, { everyDays: 30, keepDays: 35, hasTime });
}

/** Starts, a quarter of an hour after the other, until a round has ended. */
async function round(segments: number): Promise<readonly Inspected[]> {
  const all: Inspected[] = [];
  while (all.at(-1)?.inspection?.endedMs == null && all.length < 50) {
    all.push(await start(segments));
    await clock.advance(15 * 60_000);
  }
  return all;
}

const damage = (store: MemoryStore, chain: ChainId, sequence: number): string => {
  const key = segmentKey(chain, sequence);
  const bytes = store.objects.get(key) ?? new Uint8Array();
  store.objects.set(key, flipped(bytes, bytes.length - 40));
  return key;
};

describe('an inspection of the archive', () => {
  it('reads every segment of both regions that is a day old, a few at each start, and begins anew when it is due', async () => {
    const starts = await round(4);
    expect(starts.length).toBeGreaterThan(4);
    // Two segments of the beginning, and all transactions but the one of this day.
    expect(starts.at(-1)).toMatchObject({
      inspection: { segments: 21, findings: 0, last: { beganMs: BEGIN_MS, findings: 0 } },
      sentence: 'The inspection has read 21 segments; 0 objects are not as they must be.',
    });
    const read = new Set(far.asked.filter((one) => one.startsWith('get v1/')));
    expect([...far.objects.keys()].filter((key) => !read.has(`get ${key}`))).toEqual([]);
    expect((await start()).sentence).toBe('No inspection of the archive is due.');
    await clock.advance(30 * DAY_MS);
    expect((await start()).inspection?.beganMs).toBeGreaterThan(BEGIN_MS + 29 * DAY_MS);
  });

  it.each(['near', 'far'] as const)(
    'finds and names a flipped byte of an old segment, once (%s)',
    async (where) => {
      const key = damage(where === 'near' ? near : far, CHAIN, 4);
      const starts = await round(3);
      expect(starts.flatMap(({ found }) => found)).toEqual([
        expect.objectContaining({ key, store: where, kind: 'corrupt' }),
      ]);
      const { inspection } = starts.at(-1) ?? {};
      expect(inspection && findingsOf(inspection)).toBe(1);
    },
  );

  it('finds a segment that one region lacks, and one that both lack', async () => {
    far.objects.delete(segmentKey(CHAIN, 3));
    for (const store of [near, far]) store.objects.delete(segmentKey(NEXT, 5));
    const found = (await round(4)).flatMap((one) => one.found);
    expect(found.map(({ key, kind }) => [key, kind])).toEqual([
      [segmentKey(CHAIN, 3), 'missing'],
      [segmentKey(NEXT, 5), 'missing'],
    ]);
  });

  describe('of a chain that another one follows', () => {
    const last = segmentKey(CHAIN, OLD.length);
    const lose = (...stores: MemoryStore[]): void => {
      for (const store of stores) for (const at of [9, 10]) store.objects.delete(segmentKey(CHAIN, at));
    };

    it('finds that both regions have lost its end', async () => {
      lose(near, far);
      const found = (await round(4)).flatMap((one) => one.found);
      expect(found).toEqual([
        {
          key: last,
          store: 'near',
          kind: 'missing',
          sentence: `${last} in near: the chain ended with it when the next one began, and ends before it now.`,
        },
      ]);
    });

    it('finds that both have lost all of it', async () => {
      for (const store of [near, far])
        for (let at = 0; at <= OLD.length; at += 1) store.objects.delete(segmentKey(CHAIN, at));
      expect((await round(4)).flatMap((one) => one.found)).toMatchObject([{ key: last, kind: 'missing' }]);
    });

    it('finds that one has, and says so of each segment', async () => {
      lose(near);
      const found = (await round(4)).flatMap((one) => one.found);
      expect(found.map(({ key, store }) => [key, store])).toEqual([
        [segmentKey(CHAIN, 9), 'near'],
        [last, 'near'],
      ]);
    });

    it('takes an end that may have expired for no damage', async () => {
      await clock.advance(26 * DAY_MS);
      for (const store of [near, far])
        for (let at = 0; at <= OLD.length; at += 1) store.objects.delete(segmentKey(CHAIN, at));
      expect((await round(4)).flatMap((one) => one.found)).toEqual([]);
    });

    it('waits if the other region does not tell', async () => {
      await start(OLD.length + 1);
      lose(near);
      const ofLast = (key: string): boolean => key === `v1/${CHAIN.system}/shop/${last.split('/')[3]}/`;
      far.fault({ operation: 'list', key: ofLast, trouble: { kind: 'fails' } });
      await clock.advance(900_000);
      const waiting = await start();
      expect([waiting.found, waiting.sentence]).toEqual([
        [],
        expect.stringContaining('The inspection waits: '),
      ]);
      far.clearFaults();
      await clock.advance(900_000);
      expect((await start()).inspection).toMatchObject({ endedMs: clock.now(), findings: 0 });
    });
  });

  it('takes for no damage what has expired, and what is not in the other region yet', async () => {
    await clock.advance(25 * DAY_MS);
    for (const sequence of [0, 1, 2, 3]) far.objects.delete(segmentKey(CHAIN, sequence));
    for (const sequence of [0, 1]) near.objects.delete(segmentKey(CHAIN, sequence));
    await writeChain(near, { ...NEXT, epoch: 99 }, [
      { ...transaction(30, 0), commitTimeUs: BigInt(clock.now()) * 1000n },
    ]);
    expect((await round(4)).flatMap((one) => one.found)).toEqual([]);
  });

  it.each(['list', 'get'] as const)(
    'waits while the other region does not answer (%s), and goes on where it was',
    async (operation) => {
      await start(5);
      far.fault({ operation, trouble: { kind: 'fails' } });
      await clock.advance(900_000);
      const waiting = await start();
      expect(waiting).toMatchObject({ found: [], inspection: { endedMs: null, segments: 5 } });
      expect(waiting.sentence).toContain('The inspection waits: ');
      far.clearFaults();
      await clock.advance(900_000);
      expect((await start()).inspection).toMatchObject({ segments: 21, findings: 0 });
    },
  );

  it('goes on in the other region when the lead moves', async () => {
    await start(5);
    await clock.advance(900_000);
    const moved = await start(Number.POSITIVE_INFINITY, far, near);
    expect(moved.inspection).toMatchObject({ beganMs: BEGIN_MS, segments: 21, findings: 0 });
  });

  it('tells how old the knowledge is, and goes on telling of damage until a round finds none', async () => {
    damage(far, CHAIN, 2);
    await round(50);
    await clock.advance(30 * DAY_MS);
    for (const [key, bytes] of near.objects) if (key.startsWith('v1/')) far.objects.set(key, bytes);
    const { inspection: under } = await start(2);
    expect(under && [findingsOf(under), ageSeconds(under, clock.now())]).toEqual([1, 30 * 86_400 + 900]);
    const { inspection: after } = (await round(50)).at(-1) ?? {};
    expect(after && findingsOf(after)).toBe(0);
  });

  it('is told where CloudWatch finds it, each finding by its name', async () => {
    const key = damage(far, CHAIN, 2);
    const lines: string[] = [];
    const log = createLog((line) => lines.push(line));
    measureInspection('shop', await start(), clock, log);
    measureInspection('shop', undefined, clock, log);
    expect(lines[0]).toContain(key);
    expect(JSON.parse(lines[1] ?? '')).toMatchObject({
      Platform: 'shop',
      VerifyFindings: 1,
      VerifyAgeSeconds: 0,
    });
    expect(JSON.parse(lines[2] ?? '')).toMatchObject({ VerifyFindings: 0, VerifyAgeSeconds: 0 });
  });

  it('has nothing to say where there is no archive', async () => {
    const none = await start(1, memoryStore(), memoryStore());
    expect(none).toEqual({ inspection: undefined, found: [], sentence: 'There is no archive to inspect.' });
  });
});
