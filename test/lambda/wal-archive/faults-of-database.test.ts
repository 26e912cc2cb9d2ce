import './support/zlib-at-once';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type ChainId, segmentKey } from '../../../lambda/archive/contract';
import { StoreFailed } from '../../../lambda/archive/store';
import { lsnBytes } from '../../../lambda/runtime/lsn';
import { LoginRefused } from '../../../lambda/runtime/postgres/session';
import { DATABASE, Rig } from './support/rig';

/** What can go wrong with the database, one thing at a time. */
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

describe('the server', () => {
  it('is stopped at once after a put and before its confirmation: nothing is archived twice', async () => {
    await rig.drain();
    rig.server.commit();
    rig.near.fault({ operation: 'put', trouble: { kind: 'slow', milliseconds: 2_000 }, times: 1 });
    const archiver = rig.start();
    await rig.clock.advance(2_000);
    rig.server.stopAtOnce();
    await rig.clock.run(archiver.done);
    await rig.drain();
    expect(await missing()).toBe(0);
  });

  it('is stopped at once after a confirmation, so that the slot goes back: what comes again is dropped', async () => {
    rig.server.checkpoint();
    for (let count = 0; count < 5; count += 1) {
      rig.server.commit(2);
      await rig.drain();
    }
    const end = confirmed();
    rig.server.stopAtOnce();
    expect(confirmed()).toBeLessThan(end);
    rig.server.commit();
    await rig.drain();
    expect(await missing()).toBe(0);
    expect(confirmed()).toBeGreaterThan(end);
  });

  it('goes away in the middle of a stream: what has come until then is archived by this run', async () => {
    await rig.drain();
    const archiver = rig.start({ mode: 'stream', seconds: 300 });
    await rig.clock.advance(3_000);
    rig.server.commit();
    await rig.clock.advance(250);
    rig.server.stopAtOnce();
    await rig.clock.advance(20_000);
    expect(await missing()).toBeLessThanOrEqual(1);
    const index = (await rig.archived()).flatMap((one) => one.index);
    expect(index.some(({ changes }) => changes === 1)).toBe(true);
    await rig.clock.run(archiver.done);
  });

  it('does not accept the credential: the run fails and says why', async () => {
    rig.server.refuses = new LoginRefused('holdfast_archive_a');
    await expect(rig.drain()).rejects.toThrow('does not accept the credential of holdfast_archive_a');
  });

  it('is not the writer: nothing is read or written', async () => {
    rig.server.notWriter = 'The database is a replica.';
    const { sentence, metrics } = await rig.drain();
    expect(sentence).toBe('Archived nothing new. The database is a replica.');
    expect(metrics).toEqual({ runs: 1 });
    expect(rig.near.asked).toEqual([]);
  });

  it('gets another lease while it is archived: the run ends, and the next one begins the chain of that epoch', async () => {
    await rig.drain();
    const archiver = rig.start({ mode: 'stream', seconds: 60 });
    await rig.clock.advance(3_000);
    rig.server.epoch = 3;
    rig.server.commit();
    await rig.clock.run(archiver.done);
    expect(archiver.reports[0]?.sentence).toContain('The lease is of another epoch now.');
    await rig.drain();
    const chains = await rig.archived();
    expect(chains.map(({ chain }) => chain.epoch)).toEqual([1, 3]);
    expect(chains[1]?.segments[0]?.header.genesis?.gap).toBeNull();
    expect(await missing()).toBe(0);
  });
});

describe('a huge transaction', () => {
  it('is cut into parts, which are one transaction', async () => {
    rig.server.commit(2);
    rig.server.commit(200, 100);
    rig.server.commit(3);
    await rig.drain();
    const [chain] = await rig.archived();
    expect(chain?.segments.filter(({ header }) => header.continues).length).toBeGreaterThan(5);
    expect(await missing()).toBe(0);
  });

  it('is gone on with behind the parts that are durable, whichever of them was the last', async () => {
    for (let last = 1; last <= 8; last += 1) {
      rig = new Rig();
      rig.server.commit(200, 60);
      rig.near.fault({ operation: 'put', key: (one) => one > key(last), trouble: { kind: 'fails' } });
      await expect(rig.drain()).rejects.toThrow(StoreFailed);
      expect((await rig.archived())[0]?.segments.at(-1)?.header.sequence).toBe(last);
      rig.near.clearFaults();
      await rig.drain();
      expect(await rig.differences()).toEqual({ missing: [], wrong: [] });
    }
  });

  it('that the server sends with other changes than the archive has stops the archive', async () => {
    rig.server.commit(200, 60);
    rig.near.fault({ operation: 'put', key: (one) => one > key(3), trouble: { kind: 'fails' } });
    await expect(rig.drain()).rejects.toThrow(StoreFailed);
    rig.near.clearFaults();
    const [huge] = rig.server.log;
    const changed = huge?.messages[0];
    if (changed) changed[changed.length - 1] = 0x79;
    await expect(rig.drain()).rejects.toThrow('it with other changes');
    expect((await rig.archived())[0]?.segments.at(-1)?.header.sequence).toBe(3);
  });
});

describe('the slot', () => {
  const lost = async (): Promise<readonly bigint[]> =>
    (await rig.differences()).missing.map(({ endLsn }) => endLsn);

  it('was dropped: a new one, a new chain, and the gap is told', async () => {
    await rig.drain();
    const gone = rig.server.commit();
    rig.server.dropSlot();
    const { sentence, metrics } = await rig.drain();
    rig.server.commit();
    await rig.drain();
    expect(sentence).toContain(
      'The slot was missing or lost, and was made anew. Transactions that ended behind',
    );
    expect(metrics.gaps).toBe(1);
    expect(await lost()).toEqual([gone.endLsn]);
    const genesis = (await rig.archived())[1]?.segments[0]?.header.genesis;
    expect(lsnBytes(genesis?.startLsn ?? '0/0')).toBeGreaterThanOrEqual(gone.endLsn);
  });

  it('was dropped and made again by somebody: the gap is told', async () => {
    await rig.drain();
    const gone = rig.server.commit();
    rig.server.dropSlot();
    rig.server.makeSlot();
    const { metrics } = await rig.drain();
    expect(metrics.gaps).toBe(1);
    expect(await lost()).toEqual([gone.endLsn]);
  });

  it('was advanced by somebody: the gap is told, also within a huge transaction', async () => {
    await rig.drain();
    rig.server.commit(200, 60);
    rig.near.fault({ operation: 'put', key: (one) => one > key(4), trouble: { kind: 'fails' } });
    await expect(rig.drain()).rejects.toThrow(StoreFailed);
    rig.near.clearFaults();
    rig.server.advanceSlot();
    rig.server.commit();
    const { metrics } = await rig.drain();
    expect(metrics.gaps).toBe(1);
    expect((await rig.archived()).map(({ chain }) => chain.part)).toEqual([0, 1]);
  });

  it('is lost: it is made anew, and the gap is told', async () => {
    await rig.drain();
    const gone = rig.server.commit();
    rig.server.loseSlot();
    const { sentence } = await rig.drain();
    expect(sentence).toContain('made anew');
    expect(await lost()).toEqual([gone.endLsn]);
  });
});

describe('the chain of a new epoch', () => {
  const genesis = async () => (await rig.archived()).at(-1)?.segments[0]?.header.genesis;

  it('follows what the database has of the chain before, and has no gap if it lacks some of it', async () => {
    const ends: bigint[] = [];
    for (let count = 0; count < 6; count += 1) {
      ends.push(rig.server.commit(10, 100).endLsn);
      await rig.drain();
    }
    rig.server.epoch = 2;
    rig.server.timeline = 2;
    rig.server.presentUpTo = ends[2];
    rig.server.slot = undefined;
    rig.server.makeSlot(true);
    await rig.drain();
    const found = await genesis();
    expect(found).toMatchObject({ why: 'epoch', gap: null });
    expect(lsnBytes(found?.follows?.last?.endLsn ?? '0/0')).toBe(ends[2]);
  });

  it('tells what may be missing between, if the database may have more than the chain before', async () => {
    await rig.drain();
    const unseen = rig.server.commit();
    rig.server.epoch = 2;
    rig.server.slot = undefined;
    rig.server.makeSlot(true);
    const { metrics } = await rig.drain();
    const found = await genesis();
    expect(metrics.gaps).toBe(1);
    expect(found?.gap).toContain('may be in the database and in no chain');
    expect(lsnBytes(found?.startLsn ?? '0/0')).toBeGreaterThanOrEqual(unseen.endLsn);
  });

  it('tells that nobody knows, if the database has forgotten', async () => {
    await rig.drain();
    rig.server.epoch = 2;
    rig.server.presentUpTo = 'unknown';
    await rig.drain();
    expect(await genesis()).toMatchObject({
      follows: { last: null },
      gap: 'What of it this database has is unknown: it has forgotten.',
    });
  });

  it('follows the further copy of the chain before, which may be in the other region', async () => {
    rig.server.commit();
    await rig.drain();
    const last = rig.server.commit().endLsn;
    await rig.drain();
    // This region was the other one then, and lacks the end.
    for (const one of [...rig.near.objects.keys()].sort().slice(2)) rig.near.objects.delete(one);
    rig.server.epoch = 2;
    await rig.drain();
    expect(lsnBytes((await genesis())?.follows?.last?.endLsn ?? '0/0')).toBeGreaterThanOrEqual(last);
  });
});
