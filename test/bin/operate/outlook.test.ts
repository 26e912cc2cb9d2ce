import { describe, expect, it } from '@jest/globals';
import { outlook } from '../../../bin/operate/outlook';
import { lookAt } from '../../../bin/operate/situation';
import type { LeadershipRecord } from '../../../lambda/leader/record';
import { platform } from '../support/ports';
import { FakePlatform } from './fakes';
import {
  HOME,
  instance,
  moved,
  NOW,
  operation,
  primary,
  replicaTurn,
  STANDBY,
  serving,
  turn,
} from './records';

const demo = platform();

async function seen(
  record: LeadershipRecord | undefined | Error,
  change: (world: FakePlatform) => void = () => {},
) {
  const world = new FakePlatform(record);
  change(world);
  return outlook(await lookAt(demo, world, NOW));
}

describe('the verdict', () => {
  it('of a platform that is well names who leads, and that the other one can', async () => {
    expect(await seen(serving())).toEqual({
      verdict: 'us-east-1 leads and takes writes; us-west-2 can take over.',
      ifHolderDied:
        'us-west-2 would take writes within 105 s and the time of the promotion; what was written in the last 0.4 s would be missing until it is salvaged.',
      problems: [],
    });
  });

  it.each<[string, LeadershipRecord | undefined | Error, string]>([
    [
      'no answer of the table',
      new Error('Nothing.'),
      'Nobody can say from here who leads: the leadership table does not answer.',
    ],
    ['no record', undefined, 'Nobody leads: the leadership table holds no record.'],
    [
      'a frozen platform',
      serving({ frozen: true }),
      'us-east-1 leads and takes writes; frozen: us-west-2 will not take over.',
    ],
    [
      'a takeover',
      moved('PROMOTING'),
      'us-west-2 is taking over (PROMOTING, epoch 2); nobody takes writes until it serves.',
    ],
    [
      'a switchover',
      serving({ state: 'DRAINING', operation: operation('switchover', STANDBY) }),
      'us-east-1 is handing over to us-west-2 (DRAINING) and takes no writes.',
    ],
    [
      'a move that left a side behind',
      moved('SERVING'),
      'us-west-2 leads but takes NO writes; us-east-1 CANNOT take over.',
    ],
  ])('of %s', async (_, record, verdict) => {
    expect((await seen(record)).verdict).toBe(verdict);
  });

  it('shouts if the holder takes no writes, and says why', async () => {
    const closed = turn({
      database: primary({ lease: { epoch: 1, version: 41, limitMs: NOW, closed: true, timeline: 1 } }),
    });
    const found = await seen(serving(), (world) => {
      world.turns[HOME] = [closed];
    });
    expect(found.verdict).toContain('us-east-1 leads but takes NO writes');
    expect(found.problems).toContain('The lease in us-east-1 is closed: its database refuses writes.');
  });

  it('counts a lease that has run out since the last turn as closed', async () => {
    const old = turn({ atMs: NOW - 90_000 });
    const found = await seen(serving(), (world) => {
      world.turns[HOME] = [old];
    });
    expect(found.verdict).toContain('takes NO writes');
  });
});

describe('what would happen if the holder died', () => {
  it.each<[string, LeadershipRecord, (world: FakePlatform) => void, string]>([
    [
      'a limit',
      serving(),
      (world) => {
        world.turns[STANDBY] = [replicaTurn({ limitation: 'The replica is 90 s behind; the gate is 60 s.' })];
      },
      'us-west-2 would NOT take over. The replica is 90 s behind; the gate is 60 s.',
    ],
    [
      'a silent agent',
      serving(),
      (world) => {
        world.turns[STANDBY] = [replicaTurn({ atMs: NOW - 121_000 })];
      },
      'us-west-2 would NOT take over. The agent in us-west-2 is silent.',
    ],
    [
      'a freeze',
      serving({ frozen: true }),
      () => {},
      'us-west-2 would NOT take over. The platform is frozen; only `npx holdfast thaw` lets a region take over.',
    ],
    [
      'a side that was left',
      moved('SERVING'),
      () => {},
      'us-east-1 would NOT take over. us-east-1 was left in a move and is not rebuilt; say: npx holdfast failback',
    ],
    [
      'a takeover under way',
      moved('CLAIMED'),
      () => {},
      'The platform would stay closed: us-west-2 has not finished taking over, and the other side was left.',
    ],
  ])('beside %s', async (_, record, change, sentence) => {
    expect((await seen(record, change)).ifHolderDied).toBe(sentence);
  });
});

describe('what is wrong', () => {
  it('names each source that failed and goes on with the others', async () => {
    const found = await seen(serving(), (world) => {
      world.turns[HOME] = new Error('logs:FilterLogEvents in us-east-1 gave no answer in time.');
      world.instances[HOME] = new Error('rds:DescribeDBInstances in us-east-1 gave no answer in time.');
    });
    expect(found.verdict).toBe(
      'us-east-1 leads (whether it takes writes cannot be seen from here); us-west-2 can take over.',
    );
    expect(found.problems).toEqual([
      'The agent in us-east-1 cannot be seen: logs:FilterLogEvents in us-east-1 gave no answer in time.',
      'rds:DescribeDBInstances in us-east-1 gave no answer in time.',
    ]);
  });

  it('sees a replica that was promoted by hand, an enforcing job that stands still and a database that is away', async () => {
    const { problems } = await seen(serving({ outageSeconds: 35 }), (world) => {
      world.instances[STANDBY] = instance();
      world.turns[HOME] = [turn({ database: primary({ enforcedAgoSeconds: 31 }) })];
    });
    expect(problems).toEqual([
      'The database of us-east-1 has not answered for 35 s.',
      'The enforcing job in us-east-1 last ran 31 s ago: the agent stops to renew.',
      'RDS calls the database in us-west-2 a primary; it should be a replica.',
    ]);
  });

  it('says that a record names a region of another platform', async () => {
    const { problems } = await seen(serving({ holder: 'eu-west-1' }));
    expect(problems[0]).toBe('The record names eu-west-1, which is no region of this platform.');
  });
});

describe('an agent that cannot be seen', () => {
  it('is told as unknown, never as unfit, and once', async () => {
    const found = await seen(serving(), (world) => {
      world.turns[STANDBY] = new Error('No answer.');
    });
    expect(found).toEqual({
      verdict: 'us-east-1 leads and takes writes; whether us-west-2 can take over cannot be seen from here.',
      ifHolderDied: 'Not known. The agent in us-west-2 cannot be seen from here: No answer.',
      problems: ['The agent in us-west-2 cannot be seen: No answer.'],
    });
  });
});

describe('a holder that cannot be seen and does not renew', () => {
  it('is told by the first line, with its seconds', async () => {
    const late = serving({ databaseTime: new Date(NOW - 44_000).toISOString() });
    const found = await seen(late, (world) => {
      world.turns[HOME] = new Error('No answer.');
    });
    expect(found.verdict).toBe(
      'us-east-1 leads but has not renewed its lease for 44 s; us-west-2 can take over.',
    );
    expect(found.problems).toContain('us-east-1 has not renewed its lease for 44 s.');
  });
});
