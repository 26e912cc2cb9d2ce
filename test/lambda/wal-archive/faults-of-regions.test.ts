import './support/zlib-at-once';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ChainId, segmentKey } from '../../../lambda/archive/contract';
import { StoreFailed } from '../../../lambda/archive/store';
import { DATABASE, Rig } from './support/rig';

/** What can go wrong with the two regions and with other archivers, one thing at a time. */
const CHAIN: ChainId = { ...DATABASE, epoch: 1, part: 0 };
const key = (sequence: number): string => segmentKey(CHAIN, sequence);

let rig: Rig;

beforeEach(() => {
  rig = new Rig();
});

/** Whatever a test has done: nothing was confirmed that is not durable, and nothing is there twice. */
afterEach(async () => {
  rig.near.clearFaults();
  expect(rig.violations).toEqual([]);
  expect((await rig.differences()).wrong).toEqual([]);
});

const missing = async (): Promise<number> => (await rig.differences()).missing.length;
const confirmed = (): bigint => rig.server.slot?.confirmed ?? 0n;

describe('the near region', () => {
  it('refuses a put: nothing is confirmed, and the next run archives it', async () => {
    await rig.drain();
    const before = confirmed();
    rig.near.fault({ operation: 'put', trouble: { kind: 'fails' } });
    rig.server.commit(3);
    await expect(rig.drain()).rejects.toThrow(StoreFailed);
    expect(confirmed()).toBe(before);
    rig.near.clearFaults();
    await rig.drain();
    expect(await missing()).toBe(0);
  });

  it('refuses a put twice, as with 409 or 503: the run tries again and archives it', async () => {
    await rig.drain();
    rig.near.fault({ operation: 'put', trouble: { kind: 'fails' }, times: 2 });
    rig.server.commit();
    await rig.drain();
    expect(await missing()).toBe(0);
  });

  it('does a put and loses the answer: the run finds its own segment and goes on behind it', async () => {
    await rig.drain();
    rig.near.fault({ operation: 'put', trouble: { kind: 'answer-lost' }, times: 1 });
    rig.server.commit();
    const { sentence } = await rig.drain();
    rig.server.commit();
    await rig.drain();
    expect(sentence).toContain('All that was there is archived.');
    expect(await missing()).toBe(0);
  });

  it('does a put and loses the answer for good: the next run finds it archived and confirms it', async () => {
    await rig.drain();
    const committed = rig.server.commit();
    rig.near.fault({ operation: 'put', trouble: { kind: 'answer-lost' } });
    rig.near.fault({ operation: 'get', trouble: { kind: 'fails' } });
    await expect(rig.drain()).rejects.toThrow(StoreFailed);
    expect(confirmed()).toBeLessThan(committed.endLsn);
    rig.near.clearFaults();
    await rig.drain();
    expect(await missing()).toBe(0);
    expect(confirmed()).toBeGreaterThanOrEqual(committed.endLsn);
  });

  it('is slow: what comes meanwhile waits, in order', async () => {
    await rig.drain();
    rig.near.fault({ operation: 'put', trouble: { kind: 'slow', milliseconds: 4_000 } });
    for (let count = 0; count < 30; count += 1) rig.server.commit(10, 50);
    await rig.drain({ seconds: 300 });
    expect(await missing()).toBe(0);
  });

  it('loses its bucket: what the far region has is brought back, and the chain goes on behind it', async () => {
    await rig.drain();
    rig.server.commit(30, 50);
    await rig.drain();
    const before = [...rig.near.objects];
    expect(before.length).toBeGreaterThan(2);
    rig.near.objects.clear();
    rig.server.commit();
    const { metrics } = await rig.drain();
    expect(metrics).toMatchObject({ gaps: 0 });
    expect([...rig.near.objects.keys()].slice(0, before.length).sort()).toEqual(
      before.map(([one]) => one).sort(),
    );
    for (const [one, bytes] of before) expect(rig.near.objects.get(one)).toEqual(bytes);
    expect(await missing()).toBe(0);
  });

  it('forbids everything, as with expired credentials or a key that is denied: the run says so', async () => {
    rig.near.fault({ trouble: { kind: 'fails' } });
    const archiver = rig.start();
    await rig.clock.run(archiver.done);
    expect(archiver.failure).toBeInstanceOf(StoreFailed);
    expect(archiver.reports[0]).toMatchObject({ metrics: { failures: 1 } });
    expect(archiver.reports[0]?.sentence).toContain('It failed: list of v1/');
  });
});

describe('the far region', () => {
  it('is away for an hour: the near one goes on, which is said, and it is repaired when it is back', async () => {
    await rig.drain();
    rig.far.fault({ trouble: { kind: 'fails' } });
    const archiver = rig.start({ mode: 'stream', seconds: 3_600 });
    for (let minute = 0; minute < 55; minute += 1) {
      rig.server.commit();
      await rig.clock.advance(60_000);
    }
    expect(await missing()).toBeLessThanOrEqual(2);
    expect(confirmed()).toBeGreaterThan(rig.server.lsn - 3_000n);
    const told = archiver.reports.at(-1);
    expect(told?.sentence).toContain('durable in this region only (');
    expect(told?.metrics).toMatchObject({ farBehind: 1 });
    expect(told?.metrics.farLagSeconds).toBeGreaterThan(3_000);
    rig.far.clearFaults();
    await rig.clock.advance(90_000);
    expect([...rig.far.objects.keys()].length).toBeGreaterThan(50);
    await rig.clock.run(archiver.done);
    expect([...rig.far.objects]).toEqual([...rig.near.objects]);
  });

  it('is away in one run: the next one repairs it', async () => {
    rig.far.fault({ trouble: { kind: 'fails' } });
    for (let count = 0; count < 5; count += 1) {
      const { endLsn } = rig.server.commit(10, 100);
      const { sentence } = await rig.drain();
      expect(sentence).toContain('durable in this region only (');
      expect(confirmed()).toBeGreaterThanOrEqual(endLsn);
    }
    expect(rig.far.objects.size).toBe(0);
    rig.far.clearFaults();
    const { metrics } = await rig.drain();
    expect(metrics).toMatchObject({ farBehind: 0, farLagSeconds: 0 });
    expect([...rig.far.objects]).toEqual([...rig.near.objects]);
  });

  it('is slow: confirmations wait for it, up to its patience', async () => {
    await rig.drain();
    rig.far.fault({ operation: 'put', trouble: { kind: 'slow', milliseconds: 3_000 } });
    const { endLsn } = rig.server.commit();
    const archiver = rig.start();
    await rig.clock.advance(2_500);
    expect(rig.near.objects.has(key(2))).toBe(true);
    expect(confirmed()).toBeLessThan(endLsn);
    await rig.clock.run(archiver.done);
    expect(confirmed()).toBeGreaterThanOrEqual(endLsn);
  });

  it('has lost an object: it is copied there again', async () => {
    for (let count = 0; count < 6; count += 1) {
      rig.server.commit(10, 100);
      await rig.drain();
    }
    rig.far.objects.delete(segmentKey(CHAIN, [...rig.far.objects].length - 1));
    await rig.drain();
    expect([...rig.far.objects.keys()].sort()).toEqual([...rig.near.objects.keys()].sort());
  });

  it('lacks the end of the chain before: it is copied there too', async () => {
    rig.far.fault({ trouble: { kind: 'fails' } });
    rig.server.commit();
    await rig.drain();
    rig.far.clearFaults();
    rig.server.epoch = 2;
    rig.server.commit();
    await rig.drain();
    expect([...rig.far.objects.keys()].sort()).toEqual([...rig.near.objects.keys()].sort());
  });
});

describe('two archivers', () => {
  it('at once: the second ends quietly, and does nothing', async () => {
    const first = rig.start({ mode: 'stream', seconds: 30 });
    await rig.clock.advance(2_000);
    const asked = rig.near.asked.length;
    const second = rig.start();
    await rig.clock.advance(10);
    expect(second.ended).toBe(true);
    expect(second.reports[0]).toEqual({
      sentence: 'Archived nothing new. Another run reads the slot.',
      metrics: {},
    });
    expect(rig.near.asked.length).toBe(asked);
    await rig.clock.run(first.done);
  });

  it('at once: the second waits if it shall take over, and does so within a second', async () => {
    const first = rig.start({ mode: 'stream', seconds: 20 });
    await rig.clock.advance(2_000);
    const second = rig.start({ mode: 'stream', seconds: 90, handoverSeconds: 55 });
    await rig.clock.run(first.done);
    rig.server.commit();
    await rig.clock.advance(4_000);
    expect(await missing()).toBe(0);
    await rig.clock.run(second.done);
  });

  it('of which one was frozen with a put under way and resumes after 15 minutes: the chain has everything once', async () => {
    await rig.drain();
    const zombie = rig.start({ mode: 'stream', seconds: 60 });
    await rig.clock.advance(2_000);
    rig.server.commit(4);
    await rig.clock.advance(500);
    zombie.freeze();
    rig.server.slot?.reader?.lose();
    rig.server.commit(2);
    await rig.drain();
    await rig.clock.advance(15 * 60_000);
    zombie.thaw();
    await rig.clock.run(zombie.done);
    rig.server.commit();
    await rig.drain();
    expect(await missing()).toBe(0);
    expect([...rig.far.objects]).toEqual([...rig.near.objects]);
  });

  it('of which one is frozen before its put: the other has written that segment, and it leaves nothing anywhere', async () => {
    await rig.drain();
    let release = (): void => undefined;
    const until = new Promise<void>((resolve) => {
      release = resolve;
    });
    rig.near.fault({ operation: 'put', key: key(2), trouble: { kind: 'held', until }, times: 1 });
    const zombie = rig.start({ mode: 'stream', seconds: 60 });
    await rig.clock.advance(2_500);
    zombie.freeze();
    rig.server.slot?.reader?.lose();
    rig.server.commit(2);
    await rig.drain();
    const before = rig.near.objects.get(key(2));
    release();
    zombie.thaw();
    await rig.clock.run(zombie.done);
    expect(rig.near.objects.get(key(2))).toBe(before);
    expect(await missing()).toBe(0);
    expect([...rig.far.objects]).toEqual([...rig.near.objects]);
  });

  it('of which another has written the next segment with other transactions: position is found anew', async () => {
    await rig.drain();
    rig.server.commit();
    const winner = await withSameHistory(rig);
    rig.near.fault({
      operation: 'put',
      key: key(2),
      trouble: { kind: 'overtaken', bytes: winner },
      times: 1,
    });
    rig.server.commit(5);
    const { sentence } = await rig.drain();
    expect(sentence).toContain('All that was there is archived.');
    expect(await missing()).toBe(0);
  });
});

/** @returns the segment that an archiver writes which sees no more than has been committed now */
async function withSameHistory(of: Rig): Promise<Uint8Array> {
  const near = new Map(of.near.objects);
  const far = new Map(of.far.objects);
  const slot = of.server.slot && { ...of.server.slot };
  await of.drain();
  const bytes = of.near.objects.get(key(2));
  if (!bytes) throw new Error('It wrote no segment.');
  for (const [store, before] of [
    [of.near, near],
    [of.far, far],
  ] as const) {
    for (const one of [...store.objects.keys()]) if (!before.has(one)) store.objects.delete(one);
  }
  if (slot && of.server.slot) of.server.slot.confirmed = slot.confirmed;
  return bytes;
}
