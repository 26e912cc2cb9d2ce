import { describe, expect, it } from '@jest/globals';
import type { AgentSettings } from '../../../lambda/region-agent/contract';
import { run } from '../../../lambda/region-agent/run';
import type { Turn } from '../../../lambda/region-agent/turn';
import { FakeClock } from '../../support/fake-clock';
import { REPLICA } from './support/databases';
import { FakeWorld } from './support/fake-world';
import { HOME, operation, record, STANDBY } from './support/records';
import { SETTINGS } from './support/situation';

const AT_STANDBY: AgentSettings = { ...SETTINGS, own: STANDBY, other: HOME };

async function runs(
  fake: FakeWorld,
  deadlineMs: number,
  settings = AT_STANDBY,
  afterTurn: (turns: number) => void = () => {},
  onRead: (ms: number) => void = () => {},
) {
  const clock = new FakeClock();
  const turns: Turn[] = [];
  const begun: number[] = [];
  const reads: number[] = [];
  const { world } = fake;
  const read = async () => {
    reads.push(clock.monotonic());
    onRead(clock.monotonic());
    return world.leadership.read();
  };
  const watched = { ...world, leadership: { ...world.leadership, read } };
  await clock.run(
    run(watched, settings, clock, deadlineMs, (turn) => {
      turns.push(turn);
      // A turn begins with a read; those between turns are looks.
      begun.push(reads.at(-1) ?? Number.NaN);
      afterTurn(turns.length);
    }),
  );
  return { turns, begun, reads, endedMs: clock.monotonic() };
}

const watching = (): FakeWorld => {
  const fake = new FakeWorld();
  fake.database = REPLICA;
  return fake;
};

/** Draining never ends here: it is closed and looks open, so that each turn wants the next one at once. */
const restless = (): FakeWorld => {
  const fake = new FakeWorld();
  fake.record = record({ state: 'DRAINING', operation: operation('switchover', STANDBY) });
  return fake;
};

describe('a run', () => {
  it('polls in the distance that was set and reports each turn', async () => {
    const { turns, begun } = await runs(watching(), 32_000);
    expect(begun).toEqual([0, 5_000, 10_000, 15_000, 20_000]);
    expect(turns).toHaveLength(5);
  });

  it('keeps that distance when turns take long', async () => {
    const fake = watching();
    fake.hang('database.observe');
    const { begun } = await runs(fake, 32_000);
    expect(begun).toEqual([0, 5_000, 10_000, 15_000, 20_000]);
  });

  it('begins at once when a turn took longer than a poll', async () => {
    const fake = new FakeWorld();
    fake.record = record({ pending: ['take-base'] });
    fake.hang('database.observe', 'database.renew');
    const slow = { ...SETTINGS, pollSeconds: 3 };
    const { begun } = await runs(fake, 24_000, slow);
    expect(begun).toEqual([0, 4_000, 8_000, 12_000]);
  });

  it('claims as soon as its watch is full, also between two polls', async () => {
    const uneven = { ...AT_STANDBY, marginSeconds: AT_STANDBY.marginSeconds + 2 };
    const fake = watching();
    fake.answer = { answers: false, sentence: 'HTTP 503.' };
    const { turns, begun } = await runs(fake, 120_000, uneven);
    const claimed = turns.findIndex(({ sentence }) => sentence.includes('claims epoch 2'));
    const watchMs = (60 + 2 * 5 + uneven.marginSeconds) * 1000;
    // The first turn sees the version, the one at its full age claims; polls are at multiples of five seconds.
    expect(begun[claimed]).toBe(watchMs);
    expect(watchMs % 5_000).not.toBe(0);
  });

  it('does not wait for the next poll between the steps of its own claim', async () => {
    const fake = watching();
    fake.record = record({ state: 'CLAIMED', holder: STANDBY, epoch: 2 });
    fake.fail('instance.promote', 'Not yet.');
    const { begun } = await runs(fake, 18_000);
    const steps = begun.slice(1).map((ms, index) => ms - (begun[index] ?? 0));
    expect(steps.slice(1, 6)).toEqual([50, 100, 200, 400, 800]);
    expect(Math.max(...steps)).toBe(1_000);
  });

  it('hurries anew once its replica is a primary', async () => {
    const fake = watching();
    fake.record = record({ state: 'PROMOTING', holder: STANDBY, epoch: 2 });
    const unenforced = { ...REPLICA, inRecovery: false, enforcedAgoSeconds: null };
    const { begun } = await runs(fake, 18_000, AT_STANDBY, (turns) => {
      if (turns === 6) fake.database = unenforced;
    });
    const steps = begun.slice(1).map((ms, index) => ms - (begun[index] ?? 0));
    expect(steps.slice(4, 9)).toEqual([400, 800, 50, 100, 200]);
  });

  it('remembers from turn to turn, and so takes over', async () => {
    const fake = watching();
    fake.answer = { answers: false, sentence: 'HTTP 503.' };
    const { turns } = await runs(fake, 90_000);
    expect(turns.some(({ sentence }) => sentence.includes('claims epoch 2'))).toBe(true);
    expect(fake.deeds).toContain('instance.promote');
  });

  it('forgets everything at its end', async () => {
    const fake = watching();
    await runs(fake, 80_000);
    await runs(fake, 80_000);
    expect(fake.deeds).toEqual([]);
  });
});

describe('the looks of who watches another holder', () => {
  /** The holder renews for the last time between the first poll and the second one, and is seen to claim at its end. */
  const claimedMs = async (atMs: number, disturb: (ms: number, fake: FakeWorld) => void = () => {}) => {
    const fake = watching();
    fake.answer = { answers: false, sentence: 'HTTP 503.' };
    const { turns, begun } = await runs(fake, 120_000, AT_STANDBY, undefined, (ms) => {
      if (ms >= atMs && fake.record?.epoch === 1) fake.record = record({ version: 101 });
      disturb(ms, fake);
    });
    return begun[turns.findIndex(({ sentence }) => sentence.includes('claims epoch 2'))];
  };
  const WATCH_MS = (60 + 2 * 5 + AT_STANDBY.marginSeconds) * 1000;

  it('see a renewal within a quarter of a second, and the watch lasts from then on', async () => {
    expect(await claimedMs(1_430)).toBe(1_500 + WATCH_MS);
  });

  it('are spared until the holder is due to renew', async () => {
    const fake = watching();
    const { begun, reads } = await runs(fake, 22_000, AT_STANDBY, undefined, (ms) => {
      if (ms === 2_000) fake.record = record({ version: 101 });
    });
    const looks = reads.filter((ms) => !begun.includes(ms));
    expect(looks.filter((ms) => ms <= 2_000)).toHaveLength(8);
    expect(looks.filter((ms) => ms > 2_000 && ms < 6_000)).toEqual([]);
    expect(looks.filter((ms) => ms >= 6_000 && ms < 7_000)).toHaveLength(4);
  });

  it('may fail without breaking the watch', async () => {
    const failing = (ms: number, fake: FakeWorld): void => {
      if (ms % 5_000 === 0) fake.recover('leadership.read');
      else fake.fail('leadership.read', 'No answer.');
    };
    expect(await claimedMs(0, failing)).toBe(WATCH_MS);
  });

  it('hold no turn up when they hang', async () => {
    const fake = watching();
    const { begun } = await runs(fake, 32_000, AT_STANDBY, undefined, (ms) => {
      if (ms % 5_000 === 0) fake.recover('leadership.read');
      else fake.hang('leadership.read');
    });
    expect(begun).toEqual([0, 5_000, 10_000, 15_000, 20_000]);
  });

  it('are not made by the holder', async () => {
    const { begun, reads } = await runs(new FakeWorld(), 32_000, SETTINGS);
    expect(reads).toEqual(begun);
  });
});

describe('a run with too little time', () => {
  it('begins no turn that it could not finish', async () => {
    expect((await runs(watching(), 11_999)).turns).toEqual([]);
    expect((await runs(watching(), 12_000)).turns).toHaveLength(1);
  });

  it('ends before its deadline when every look and every action hangs', async () => {
    const fake = new FakeWorld();
    fake.record = record({ state: 'DRAINING', operation: operation('switchover', STANDBY) });
    fake.hang('instance.describe', 'prober.fromHere', 'database.close', 'fleet.scaleUp', 'fleet.scaleDown');
    for (const deadline of [12_000, 40_000, 61_000]) {
      expect((await runs(fake, deadline, SETTINGS)).endedMs).toBeLessThanOrEqual(deadline);
    }
  });
});

describe('turns that follow each other at once', () => {
  it('are bounded, so that what never ends becomes no storm', async () => {
    const { begun } = await runs(restless(), 22_000, SETTINGS);
    const first = begun.filter((ms) => ms < 5_000).length;
    expect(first).toBeGreaterThan(1);
    expect(first).toBeLessThanOrEqual(7);
    // Having been restless once, it keeps to its polls until it has come to rest.
    expect(begun.filter((ms) => ms >= 5_000 && ms < 10_000)).toHaveLength(1);
  });

  it('may do so again after a rest', async () => {
    const fake = restless();
    const draining = fake.record;
    // The eighth turn finds nothing to do; the ninth is as restless as the first.
    const { begun } = await runs(fake, 27_000, SETTINGS, (turns) => {
      fake.record = turns === 7 ? record({ version: 101 }) : draining;
    });
    expect(begun.filter((ms) => ms === 10_000).length).toBeGreaterThan(1);
  });
});
