import { describe, expect, it } from '@jest/globals';
import type { LeadershipRecord } from '../../../lambda/leader/record';
import type { AgentSettings } from '../../../lambda/region-agent/contract';
import { type Memory, NOTHING, sawRecord } from '../../../lambda/region-agent/memory';
import { takeTurn } from '../../../lambda/region-agent/turn';
import { FakeClock } from '../../support/fake-clock';
import { PRIMARY, REPLICA } from './support/databases';
import { FakeWorld } from './support/fake-world';
import { HOME, operation, record, STANDBY, takenOver } from './support/records';
import { SETTINGS, WATCH_SECONDS } from './support/situation';

const AT_STANDBY: AgentSettings = { ...SETTINGS, own: STANDBY, other: HOME };

/** A world seen from one region, at some second of its clock. */
class Stage {
  readonly clock = new FakeClock();
  memory: Memory = NOTHING;

  constructor(
    readonly fake: FakeWorld,
    readonly settings: AgentSettings = SETTINGS,
  ) {}

  /** As if the record had been read so many seconds ago, and since. */
  static async knowing(
    fake: FakeWorld,
    seconds: number,
    settings: AgentSettings = SETTINGS,
    present: LeadershipRecord | undefined = fake.record,
  ): Promise<Stage> {
    const stage = new Stage(fake, settings);
    if (!present) return stage;
    stage.memory = sawRecord(NOTHING, present, 0);
    for (let second = 5; second <= seconds; second += 5) {
      await stage.clock.advance(5_000);
      stage.memory = sawRecord(stage.memory, present, second * 1000);
    }
    return stage;
  }

  async turn() {
    const { turn, memory } = await this.clock.run(
      takeTurn(this.fake.world, this.settings, this.clock, this.memory),
    );
    this.memory = memory;
    return turn;
  }
}

const standby = (changes: Partial<LeadershipRecord> = {}): FakeWorld => {
  const fake = new FakeWorld();
  fake.database = REPLICA;
  fake.record = record(changes);
  return fake;
};

describe('a turn', () => {
  it('looks, writes the record, and only then gives the lease', async () => {
    const fake = new FakeWorld();
    const stage = await Stage.knowing(fake, 5);
    const turn = await stage.turn();
    expect(fake.calls.map(({ call }) => call)).toEqual([
      'leadership.read',
      'database.observe',
      'leadership.replace',
      'database.renew',
    ]);
    expect(turn.record?.version).toBe(101);
    expect(turn.sentence).toBe('us-east-1 leads epoch 1 and renews its lease for 60 s.');
    expect(turn.failures).toEqual([]);
    expect(stage.memory.wrote).toBe(101);
  });

  it('tells how old the record was when it was read, and starts anew with each version', async () => {
    const fake = standby();
    const stage = await Stage.knowing(fake, 20, AT_STANDBY);
    expect((await stage.turn()).leaseAgeSeconds).toBe(20);
    fake.record = record({ version: 101 });
    expect((await stage.turn()).leaseAgeSeconds).toBe(0);
  });

  it('knows no age of a record that could not be read', async () => {
    const fake = standby();
    fake.fail('leadership.read', 'no answer');
    expect((await new Stage(fake, AT_STANDBY).turn()).leaseAgeSeconds).toBeUndefined();
  });

  it('tells a person last, about what the record says then', async () => {
    const fake = standby({ ...takenOver({ state: 'CLAIMED' }) });
    const turn = await new Stage(fake, AT_STANDBY).turn();
    expect(fake.deeds).toEqual(['leadership.replace', 'instance.promote', 'pager.page']);
    expect(fake.given('pager.page')).toEqual(['us-west-2 PROMOTING', turn.sentence]);
    expect(turn.again).toBe(true);
  });

  it('remembers what it did and when', async () => {
    const fake = standby({ ...takenOver({ state: 'CLAIMED' }) });
    const stage = new Stage(fake, AT_STANDBY);
    await stage.clock.advance(3_000);
    await stage.turn();
    expect([[...stage.memory.done], stage.memory.triedMs]).toEqual([['promote'], { promote: 3_000 }]);
  });

  it('hands on what the alarms and a person should know', async () => {
    const stage = await Stage.knowing(standby({ frozen: true }), WATCH_SECONDS, AT_STANDBY);
    const turn = await stage.turn();
    expect(turn.signals).toEqual(['gateRefused', 'leaseNotRenewed']);
    expect(turn.limitation).toContain('frozen');
    expect(turn.seen.database).toEqual({ known: true, value: REPLICA });
  });
});

describe('a turn that loses the race for the record', () => {
  const lose = async () => {
    const fake = standby();
    const stage = await Stage.knowing(fake, WATCH_SECONDS, AT_STANDBY);
    fake.answer = { answers: false, sentence: 'HTTP 503.' };
    fake.beforeReplace = () => {
      fake.record = record({ version: 101 });
    };
    return { fake, stage, turn: await stage.turn() };
  };

  it('does nothing and tells nobody', async () => {
    const { fake, turn } = await lose();
    expect(fake.deeds).toEqual(['leadership.replace']);
    expect([turn.record?.version, turn.again, turn.failures]).toEqual([101, false, []]);
  });

  it('begins to watch the version that won', async () => {
    const { stage } = await lose();
    expect(stage.memory.watch).toMatchObject({ version: 101, sinceMs: WATCH_SECONDS * 1000 });
    expect(stage.memory.wrote).toBeUndefined();
  });

  it('does not say that it claims anything', async () => {
    const { turn } = await lose();
    expect(turn.sentence).not.toContain('claims epoch');
  });
});

describe('a turn in which something fails', () => {
  it('does nothing when the record cannot be read, and the watch starts again', async () => {
    const fake = standby();
    const stage = await Stage.knowing(fake, WATCH_SECONDS - 5, AT_STANDBY);
    fake.fail('leadership.read', 'no route to host');
    const failed = await stage.turn();
    expect(failed.sentence).toBe(
      'Nothing is known about leadership: the lease runs out by itself, and nobody takes over.',
    );
    expect([failed.failures, failed.record]).toEqual([['no route to host'], undefined]);
    fake.recover('leadership.read');
    await stage.clock.advance(5_000);
    await stage.turn();
    expect(fake.deeds).toEqual([]);
  });

  it('ends the sessions in a database that has closed by time, also when the record cannot be read', async () => {
    const fake = new FakeWorld();
    fake.fail('leadership.read', 'no route to host');
    fake.database = { ...PRIMARY, fencedSessions: 2, lease: { ...PRIMARY.lease, limitMs: 1 } };
    await new Stage(fake).turn();
    expect(fake.deeds).toEqual(['database.endSessions']);
    fake.database = { ...PRIMARY, fencedSessions: 2 };
    await new Stage(fake).turn();
    expect(fake.deeds).toEqual(['database.endSessions']);
  });

  it('never makes a record where there is none', async () => {
    const fake = standby();
    const stage = await Stage.knowing(fake, WATCH_SECONDS, AT_STANDBY);
    fake.record = undefined;
    const turn = await stage.turn();
    expect(turn.failures).toEqual([
      'The leadership table holds no record: only the first deployment of home makes one.',
    ]);
    expect(stage.memory.watch).toBeUndefined();
    expect(fake.deeds).toEqual([]);
  });

  it('gives no lease when it is not known what became of the write', async () => {
    const fake = new FakeWorld();
    const stage = await Stage.knowing(fake, 5);
    fake.fail('leadership.replace', 'whether it was written is not known');
    const turn = await stage.turn();
    expect(fake.deeds).toEqual(['leadership.replace']);
    expect([turn.failures, turn.again]).toEqual([['whether it was written is not known'], false]);
    expect(stage.memory.wrote).toBeUndefined();
  });

  it('says that the fence refused', async () => {
    const fake = new FakeWorld();
    fake.willing = false;
    const turn = await (await Stage.knowing(fake, 5)).turn();
    expect(turn.failures).toEqual(['The fence refused to renew the lease: it holds a later version.']);
  });

  it('pages about a record that was written, although the action after it failed', async () => {
    const fake = standby({ ...takenOver({ state: 'CLAIMED' }) });
    fake.fail('instance.promote', 'Rate exceeded');
    const stage = new Stage(fake, AT_STANDBY);
    const turn = await stage.turn();
    expect(turn.failures).toEqual(['Rate exceeded']);
    expect(fake.deeds.at(-1)).toBe('pager.page');
    expect([[...stage.memory.done], stage.memory.triedMs]).toEqual([[], { promote: 0 }]);
  });

  it('says when nobody could be paged', async () => {
    const fake = standby({ ...takenOver({ state: 'CLAIMED' }) });
    fake.fail('instance.promote', 'Rate exceeded');
    fake.fail('pager.page', 'the topic is gone');
    const turn = await new Stage(fake, AT_STANDBY).turn();
    expect(turn.failures).toEqual(['Rate exceeded', 'the topic is gone']);
  });

  it('keeps the record when its database cannot be seen', async () => {
    const fake = new FakeWorld();
    fake.fail('database.observe', 'connection refused');
    const turn = await (await Stage.knowing(fake, 5)).turn();
    expect(fake.deeds).toEqual(['leadership.replace']);
    expect(fake.record?.outageSeconds).toBe(5);
    expect(turn.sentence).toContain('connection refused');
  });
});

describe('a turn in which something hangs', () => {
  const took = async (stage: Stage) => {
    const begun = stage.clock.monotonic();
    const turn = await stage.turn();
    return { turn, ms: stage.clock.monotonic() - begun };
  };

  it('waits 4 s for all looks together', async () => {
    const fake = standby();
    const stage = await Stage.knowing(fake, WATCH_SECONDS, AT_STANDBY);
    fake.hang('database.observe', 'instance.describe', 'prober.fromHere', 'prober.fromWitness');
    const { turn, ms } = await took(stage);
    expect(ms).toBe(4_000);
    expect(turn.seen.database).toEqual({ known: false, why: 'The database gave no answer within 4 s.' });
  });

  it('waits 8 s for an action, and looks in the next turn what became of it', async () => {
    const fake = new FakeWorld();
    const stage = await Stage.knowing(fake, 5);
    fake.hang('database.renew');
    const { turn, ms } = await took(stage);
    expect(ms).toBe(8_000);
    expect(turn.failures).toEqual(['The action renew gave no answer within 8 s.']);
  });

  it('does not wait for a pager for ever', async () => {
    const fake = standby({ ...takenOver({ state: 'CLAIMED' }) });
    fake.hang('pager.page');
    const stage = new Stage(fake, AT_STANDBY);
    let failures: readonly string[] = [];
    void takeTurn(fake.world, AT_STANDBY, stage.clock, NOTHING).then(({ turn }) => {
      failures = turn.failures;
    });
    await stage.clock.advance(8_000);
    expect(failures).toHaveLength(1);
  });
});

describe('turns one after another', () => {
  it('carry a takeover from the last renewal to the first lease', async () => {
    const fake = standby();
    const stage = new Stage(fake, AT_STANDBY);
    fake.answer = { answers: false, sentence: 'HTTP 503.' };
    for (let turn = 0; turn < 20 && fake.record?.state !== 'PROMOTING'; turn += 1) {
      const { again } = await stage.turn();
      if (!again) await stage.clock.advance(5_000);
    }
    expect(stage.clock.monotonic()).toBe(WATCH_SECONDS * 1000);
    fake.database = { ...PRIMARY, timeline: 2 };
    await stage.turn();
    expect(fake.record?.state).toBe('PROMOTING');
    fake.database = { ...PRIMARY, timeline: 2, lease: { ...PRIMARY.lease, epoch: 2, timeline: 2 } };
    await stage.turn();
    expect(fake.record).toMatchObject({ state: 'SERVING', holder: STANDBY, epoch: 2 });
    expect(fake.deeds.filter((deed) => deed !== 'leadership.replace' && deed !== 'pager.page')).toEqual([
      'instance.promote',
      'database.open',
      'database.renew',
    ]);
  });

  it('drain a database and hand over what it held', async () => {
    const fake = new FakeWorld();
    fake.record = record({ state: 'DRAINING', operation: operation('switchover', STANDBY) });
    const stage = new Stage(fake);
    await stage.turn();
    expect(fake.given('database.close')).toEqual([{ epoch: 1, version: 100 }]);
    fake.database = { ...PRIMARY, fencedSessions: 0, lease: { ...PRIMARY.lease, closed: true } };
    await stage.turn();
    await stage.clock.advance(1_000);
    await stage.turn();
    expect(fake.record).toMatchObject({ state: 'HANDOFF', walLsn: '0/6000' });
  });
});
