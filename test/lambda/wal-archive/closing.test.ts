import './support/zlib-at-once';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Rig } from './support/rig';

/** What a run leaves to be read again by the next one. */

const MUCH = 9 << 20;
let rig: Rig;

beforeEach(async () => {
  rig = new Rig();
  await rig.drain();
});

afterEach(async () => {
  expect(rig.violations).toEqual([]);
  expect(await rig.differences()).toEqual({ missing: [], wrong: [] });
});

const heartbeats = (): number => rig.server.log.filter(({ ofApplication }) => !ofApplication).length;
/** Bytes of the log. */
const readAgain = (): bigint => rig.server.lsn - (rig.server.slot?.restart ?? 0n);
/** A commit behind so much of the log. */
const write = (bytes: number): void => {
  rig.server.grow(bytes);
  rig.server.commit();
};

describe('the end of a drain', () => {
  it('is one more heartbeat later where much would be read again', async () => {
    write(MUCH);
    const before = heartbeats();
    const { sentence, metrics } = await rig.drain();
    expect(sentence).toContain('All that was there is archived.');
    expect(metrics.lagSeconds).toBeLessThan(3);
    expect(heartbeats()).toBe(before + 2);
    expect(readAgain()).toBeLessThan(1_000n);
    expect(rig.server.slot?.confirmed).toBe(rig.server.lsn);
  });

  it('needs none where little would be', async () => {
    write(MUCH / 3);
    const before = heartbeats();
    await rig.drain();
    expect(heartbeats()).toBe(before + 1);
  });

  it('waits no longer than three seconds for a region that is slow', async () => {
    write(MUCH);
    const archiver = rig.start();
    await rig.clock.advance(2_000);
    rig.near.fault({ operation: 'put', trouble: { kind: 'slow', milliseconds: 7_000 } });
    const begun = rig.clock.monotonic();
    await rig.clock.run(archiver.done);
    expect(archiver.failure).toBeUndefined();
    expect(rig.clock.monotonic() - begun).toBeLessThan(12_000);
    rig.near.clearFaults();
    await rig.drain();
  });

  it('comes behind the acknowledgement of all that came before, without which the position stays', async () => {
    rig.server.commit();
    rig.server.mark();
    write(MUCH);
    rig.near.fault({ operation: 'put', trouble: { kind: 'slow', milliseconds: 1_500 }, times: 1 });
    await rig.drain();
    expect(readAgain()).toBeLessThan(1_000n);
  });

  it.each([
    ['shuts down', () => rig.server.endStream(), false],
    ['goes away', () => rig.server.stopAtOnce(), true],
  ])('comes at once when the database %s meanwhile', async (_what, happens, fails) => {
    write(MUCH);
    const archiver = rig.start();
    const before = heartbeats();
    while (heartbeats() < before + 2) await rig.clock.advance(50);
    happens();
    await rig.clock.run(archiver.done);
    expect(archiver.failure !== undefined).toBe(fails);
    await rig.drain();
  });
});

describe('the end of a stream', () => {
  it.each([
    [MUCH, 3],
    [0, 2],
  ])(
    'behind %i bytes of log has sent %i heartbeats, and archives what is committed meanwhile',
    async (bytes, sent) => {
      const before = heartbeats();
      const archiver = rig.start({ mode: 'stream', seconds: 8 });
      await rig.clock.advance(4_000);
      write(bytes);
      await rig.clock.advance(4_100);
      expect(archiver.ended).toBe(sent === 2);
      rig.server.commit();
      const confirmed = rig.server.lsn;
      await rig.clock.run(archiver.done);
      expect(archiver.reports.at(-1)?.sentence).toContain('The time of the run is up.');
      expect(heartbeats()).toBe(before + sent);
      expect(readAgain()).toBeLessThan(2_000n);
      if (sent === 3) expect(rig.server.slot?.confirmed).toBeGreaterThanOrEqual(confirmed);
      else await rig.drain();
    },
  );
});

describe('a run that is told to stop', () => {
  it('sends one more heartbeat, too', async () => {
    const stop = new AbortController();
    const archiver = rig.start({ mode: 'stream', seconds: 60, signal: stop.signal });
    await rig.clock.advance(4_000);
    write(MUCH);
    await rig.clock.advance(3_000);
    const before = heartbeats();
    stop.abort();
    await rig.clock.run(archiver.done);
    expect(archiver.reports.at(-1)?.sentence).toContain('It was told to stop.');
    expect(heartbeats()).toBe(before + 1);
    expect(rig.server.slot?.confirmed).toBe(rig.server.lsn);
  });
});

describe('a run that ends in the middle of a huge transaction', () => {
  it('sends none: that one holds the position back', async () => {
    rig.server.grow(MUCH);
    rig.server.commit(2_000, 100);
    rig.near.fault({ operation: 'put', trouble: { kind: 'slow', milliseconds: 200 } });
    const before = heartbeats();
    const archiver = rig.start({ mode: 'stream', seconds: 4 });
    await rig.clock.run(archiver.done);
    rig.near.clearFaults();
    expect((await rig.archived())[0]?.segments.at(-1)?.header.continued).not.toBeNull();
    expect(heartbeats()).toBe(before + 1);
    await rig.drain();
  });
});
