import { describe, expect, it } from '@jest/globals';
import type { Terminal } from '../../../bin/commands/terminal';
import { type Manner, operate } from '../../../bin/operate/operation';
import type { Request } from '../../../bin/operate/plan';
import { LeadershipUnreachable } from '../../../lambda/leader/read';
import type { LeadershipRecord } from '../../../lambda/leader/record';
import { OutcomeUnknown } from '../../../lambda/leader/replace';
import {
  claimed,
  handedOff,
  promoting,
  renewed,
  serving as servingStep,
  withdrawn,
} from '../../../lambda/leader/steps';
import { FakeClock } from '../../support/fake-clock';
import { platform } from '../support/ports';
import { FakePlatform, terminal } from './fakes';
import { HOME, moved, NOW, operation, replicaTurn, STANDBY, serving, turn } from './records';

const demo = platform();
const STEP_MS = 5_000;

interface Case {
  readonly record: LeadershipRecord | undefined | Error;
  readonly command: Request['command'];
  readonly manner?: Partial<Manner>;
  readonly change?: (world: FakePlatform) => void;
  /** What the agents do after each look, in turn. */
  readonly agents?: readonly ((world: FakePlatform, record: LeadershipRecord, atMs: number) => void)[];
  readonly terminal?: Partial<Terminal>;
}

async function run({ record, command, manner = {}, change, agents = [], terminal: changes = {} }: Case) {
  const world = new FakePlatform(record);
  change?.(world);
  const clock = new FakeClock(NOW);
  let step = 0;
  const sleep = clock.sleep.bind(clock);
  clock.sleep = (milliseconds, signal) => {
    if (milliseconds === STEP_MS && world.record && !(world.record instanceof Error)) {
      agents[step]?.(world, world.record, clock.now() + STEP_MS);
      step += 1;
    }
    return sleep(milliseconds, signal);
  };
  const { end, said } = terminal(changes);
  const stop = new AbortController();
  const result = await clock.run(
    operate(demo, { command, id: 'two', sentence: 'anna asked for it.' }, world, end, {
      json: false,
      dryRun: false,
      waits: true,
      agreed: false,
      clock,
      stop: stop.signal,
      ...manner,
    }),
  );
  return { result, world, out: said.out };
}

/** What the agents write of a switchover that goes well. */
const becomes =
  (next: (record: LeadershipRecord) => LeadershipRecord, region = STANDBY, sentence = '') =>
  (world: FakePlatform, record: LeadershipRecord, atMs: number): void => {
    world.record = next(record);
    if (sentence !== '') world.turns[region] = [replicaTurn({ atMs, sentence })];
  };
const WELL = [
  becomes((record) => handedOff(record, '0/5000100'), HOME, 'No session is left; handed over at 0/5000100.'),
  becomes(
    (record) => claimed(record, STANDBY, 'switchover', 'us-east-1 handed over.'),
    STANDBY,
    'Replayed 0/5000100; claims epoch 2.',
  ),
  becomes((record) => promoting(record, { receiveLsn: null, replayLsn: '0/5000100' })),
  becomes(
    (record) =>
      servingStep(record, {
        databaseTime: '2026-01-01T00:01:00.000Z',
        walLsn: '0/5000200',
        ttlSeconds: 60,
        enforceSeconds: 5,
      }),
    STANDBY,
    'Writes begin at epoch 2.',
  ),
];

describe('a switchover', () => {
  it('is written, followed, and told as it happens', async () => {
    const { result, world, out } = await run({ record: serving(), command: 'switchover', agents: WELL });
    expect(result.outcome).toBe('done');
    expect(world.written).toMatchObject([
      { state: 'DRAINING', operation: { kind: 'switchover', to: STANDBY } },
    ]);
    expect(
      out,
    ).toBe(`demo: this moves the lead from us-east-1 to us-west-2; writes stop until us-west-2 serves, and none is lost.
Ctrl-C ends the wait, not the operation.
     5 s  us-east-1: No session is left; handed over at 0/5000100.
     5 s  HANDOFF: us-east-1, epoch 1
    10 s  us-west-2: Replayed 0/5000100; claims epoch 2.
    10 s  CLAIMED: us-west-2, epoch 2
    15 s  PROMOTING: us-west-2, epoch 2
    20 s  us-west-2: Writes begin at epoch 2.
    20 s  SERVING: us-west-2, epoch 2
demo: done. us-west-2 leads at epoch 2. Not protected until the other side is rebuilt: npx holdfast failback
`);
  });

  it('that the agents give up ends as a failure that says who leads', async () => {
    const agents = [
      becomes((record) => handedOff(record, '0/5000100')),
      becomes((record) => claimed(record, STANDBY, 'switchover', 'us-east-1 handed over.')),
      becomes((record) => withdrawn(record, 'The replica in us-west-2 is gone.')),
    ];
    const { result } = await run({ record: serving(), command: 'switchover', agents });
    expect(result).toMatchObject({
      outcome: 'failed',
      sentence: 'it was abandoned: us-east-1 leads at epoch 3 (SERVING). The replica in us-west-2 is gone.',
    });
  });

  it('is not begun towards a side that could not take over', async () => {
    const { result, world } = await run({
      record: serving(),
      command: 'switchover',
      change: (one) => {
        one.turns[STANDBY] = [replicaTurn({ limitation: 'The replica is 90 s behind; the gate is 60 s.' })];
      },
    });
    expect(result).toMatchObject({
      outcome: 'refused',
      sentence: 'The replica is 90 s behind; the gate is 60 s.',
    });
    expect(world.written).toEqual([]);
  });

  it('goes on waiting after an interruption, without a second write', async () => {
    const record = serving({ state: 'DRAINING', operation: operation('switchover', STANDBY) });
    const { result, world } = await run({ record, command: 'switchover', agents: WELL });
    expect([result.outcome, world.written]).toEqual(['done', []]);
  });

  it('ends its wait at Ctrl-C with an unknown outcome, and says that it goes on', async () => {
    const { result } = await run({
      record: serving(),
      command: 'switchover',
      manner: { stop: AbortSignal.abort() },
    });
    expect(result).toMatchObject({
      outcome: 'unknown',
      sentence:
        'The wait was ended; the switchover goes on (DRAINING). Say the same command again to go on waiting.',
    });
  });

  it('ends its wait by itself when nothing comes of it', async () => {
    const { result } = await run({ record: serving(), command: 'switchover' });
    expect(result.outcome).toBe('unknown');
    expect(result.sentence).toContain('It takes long; the switchover goes on (DRAINING).');
  });

  it('goes on waiting while the table does not answer, and says so once', async () => {
    let kept: LeadershipRecord | undefined;
    const agents = [
      (world: FakePlatform, record: LeadershipRecord) => {
        kept = record;
        world.record = new LeadershipUnreachable('read', []);
      },
    ];
    const back = async () => {
      const world = new FakePlatform(serving());
      const clock = new FakeClock(NOW);
      const { end, said } = terminal();
      const running = operate(demo, { command: 'switchover', id: 'two', sentence: 'a.' }, world, end, {
        json: false,
        dryRun: false,
        waits: true,
        agreed: false,
        clock,
        stop: new AbortController().signal,
      });
      await clock.advance(STEP_MS);
      agents[0]?.(world, world.record as LeadershipRecord);
      await clock.advance(3 * STEP_MS);
      world.record = kept && { ...moved('SERVING', {}, 'switchover') };
      return { result: await clock.run(running), out: said.out };
    };
    const { result, out } = await back();
    expect(result.outcome).toBe('done');
    expect(out.match(/could not be read/g)).toHaveLength(1);
  });
});

describe('the write', () => {
  it('is planned again with the record that came before it', async () => {
    let renewals = 0;
    const { result, world } = await run({
      record: serving(),
      command: 'freeze',
      change: (one) => {
        one.beforeWrite = (current) => {
          renewals += 1;
          if (renewals < 4) one.record = renewed(current, { outageSeconds: 0 });
        };
      },
    });
    expect([result.outcome, renewals, world.written[0]?.version]).toEqual(['done', 4, 45]);
  });

  it('is not repeated when nobody knows what became of it', async () => {
    let writes = 0;
    const { result } = await run({
      record: serving(),
      command: 'freeze',
      change: (one) => {
        one.beforeWrite = () => {
          writes += 1;
          throw new OutcomeUnknown(42, []);
        };
      },
    });
    expect([result.outcome, writes]).toEqual(['unknown', 1]);
    expect(result.sentence).toContain('Look before you say it again: npx holdfast status');
  });

  it('is not tried where the record cannot be read, or is not there', async () => {
    const unreachable = await run({ record: new LeadershipUnreachable('read', []), command: 'thaw' });
    expect(unreachable.result).toMatchObject({
      outcome: 'failed',
      sentence: expect.stringContaining('nothing was changed.'),
    });
    expect((await run({ record: undefined, command: 'thaw' })).result.outcome).toBe('refused');
  });

  it.each(['switchover', 'failover', 'freeze'] as const)(
    'is left out by a dry run of %s',
    async (command) => {
      const { result, world, out } = await run({ record: serving(), command, manner: { dryRun: true } });
      expect([result.outcome, world.written]).toEqual(['would', []]);
      expect(out).toMatch(/^demo: nothing was changed. It would (move|make|forbid) /);
    },
  );
});

describe('a forced failover', () => {
  it('says what it costs, asks, and does nothing for another answer than the name', async () => {
    const { result, world, out } = await run({
      record: serving(),
      command: 'failover',
      terminal: { ask: async () => 'yes' },
    });
    expect(out).toBe(`demo: this makes us-west-2 take over from us-east-1.
  - us-east-1 still takes writes. A switchover would lose nothing: npx holdfast switchover
  - us-west-2 is 0.4 s behind, as its agent said 3 s ago.
  - What us-east-1 committed after that position is missing until it is salvaged.
  - The limits on lag and on moves within an hour are ignored; the wait until the other side is fenced is not.
  - There is no way back once the promotion is asked for, and no protection until a failback is done.
demo: refused. What was typed is not the name of the platform; nothing was changed.
`);
    expect([result.outcome, world.written]).toEqual(['refused', []]);
  });

  it('is written for the name, or for --yes', async () => {
    const asked = await run({
      record: serving(),
      command: 'failover',
      manner: { waits: false },
      terminal: { ask: async () => 'demo' },
    });
    const agreed = await run({
      record: serving(),
      command: 'failover',
      manner: { waits: false, agreed: true },
    });
    for (const { result, world } of [asked, agreed]) {
      expect(result.outcome).toBe('started');
      expect(world.written).toMatchObject([{ state: 'SERVING', operation: { kind: 'force', to: STANDBY } }]);
    }
  });

  it('is refused where nobody can type, and in JSON, without --yes', async () => {
    expect((await run({ record: serving(), command: 'failover' })).result.outcome).toBe('refused');
    const json = await run({
      record: serving(),
      command: 'failover',
      manner: { json: true },
      terminal: { ask: async () => 'demo' },
    });
    expect(json.result.outcome).toBe('refused');
    expect(JSON.parse(json.out)).toMatchObject({ command: 'failover', outcome: 'refused', events: [] });
  });

  it('does not hide that nobody knows how far the replica is behind', async () => {
    const { out } = await run({
      record: serving(),
      command: 'failover',
      change: (one) => {
        one.turns = { [HOME]: [turn({ atMs: NOW - 300_000 })], [STANDBY]: new Error('no answer.') };
      },
    });
    expect(out).toContain('us-west-2 is behind by nobody knows how much');
    expect(out).not.toContain('still takes writes');
  });
});
