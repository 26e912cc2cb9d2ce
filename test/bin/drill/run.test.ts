import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Expectation } from '../../../lib/drill/model';
import { HOME, moved, operation, STANDBY, serving } from '../operate/records';
import { platform } from '../support/ports';
import { type FakeAccount, failure } from './fakes';
import { account, drilled } from './support';

const NAME = 'demo-db-promotion-drill-20260101t000000';
const OTHER_DAY = '20251230t120000';
const brokenIn = (expectations: readonly Expectation[] = []) =>
  expectations.flatMap(({ name, held, found }) => (held ? [] : [`${name}: ${found}`]));

describe('a drill in an account', () => {
  it('promotes a replica of its own as the agent would, deletes it, and follows a restore', async () => {
    const world = account();
    const { ended, report } = await drilled(world);
    expect(world.called.filter((one) => one !== 'invoke go on')).toEqual([
      `invoke start in ${HOME}`,
      'make it',
      'setParameters it',
      'restart it',
      'promote it',
      'remove it',
    ]);
    expect(world.made).toEqual([
      expect.objectContaining({
        identifier: NAME,
        drill: '20260101t000000',
        source: `arn:aws:rds:${HOME}:123456789012:db:demo-db`,
        model: expect.objectContaining({ securityGroup: 'sg-quarantine' }),
      }),
    ]);
    expect([ended.outcome, report?.verdict, brokenIn(report?.expectations)]).toEqual(['done', 'passed', []]);
    expect(world.left).toEqual([]);
  });

  it('says what P makes of the time that synth promised', async () => {
    const { ended, report } = await drilled(account());
    expect(report?.figures).toEqual({
      promotionSeconds: 75,
      boundSeconds: 105,
      writableWithinSeconds: 180,
      restoreRtoSeconds: 2100,
      restoreRpoSeconds: 42,
    });
    expect(ended.sentences[1]).toBe(
      'P is 75 s: after the loss of a region it is writable within 105 s + P = 180 s.',
    );
    expect(report?.expectations[1]?.found).toMatch(
      /^synth promises 105 s and P, which makes 180 s; the objective of 900 s leaves 795 s for P/,
    );
  });

  it('tells each step as it comes, with its time', async () => {
    const { out } = await drilled(account());
    const lines = out.split('\n').map((line) => line.trimEnd());
    expect(lines).toEqual(
      expect.arrayContaining([
        `     0 s  ${NAME} is being made in ${STANDBY}, as a replica of the database in ${HOME}.`,
        `     0 s  ${NAME}: creating`,
        `  1200 s  ${NAME}: available`,
        `  1215 s  ${NAME}: modifying`,
        `  1275 s  ${NAME}: rebooting`,
        `  1320 s  The promotion of ${NAME} is asked for; P begins.`,
        `  1395 s  ${NAME} is promoted: P is 75 s.`,
        `  1515 s  ${NAME} is deleted.`,
        '  1815 s  The restore drill 20260101t0000: filling',
        'demo: done. demo passed aws.',
      ]),
    );
  });

  it('changes nothing in a dry run, and says each call and its price', async () => {
    const world = account();
    const { ended, out } = await drilled(world, { dryRun: true, request: { switchover: true } });
    expect([ended.outcome, world.called, world.left]).toEqual(['would', [], []]);
    for (const line of [
      /rds:CreateDBInstanceReadReplica in us-west-2: .* a replica of the database in us-east-1: db.m7g.large, 100 GiB for 1 h, .* 2\.18 USD\./,
      /rds:PromoteReadReplica in us-west-2: .* Free\./,
      /lambda:InvokeFunction in us-east-1: demo-restore-drill makes 2 copies .* 0\.74 USD\./,
      /dynamodb:PutItem in us-east-1: us-east-1 is rebuilt; .* 6\.41 USD\./,
      /About 15\.74 USD in all, by prices of /,
    ])
      expect(out).toMatch(line);
  });

  it('fails if the promotion takes longer than the objective leaves for it', async () => {
    const world = account();
    world.takes.promotion = 900;
    const { ended, report } = await drilled(world);
    expect(ended.outcome).toBe('failed');
    expect(brokenIn(report?.expectations)).toEqual([
      expect.stringMatching(
        /^With it the platform is writable again within its objective: .* which makes 1005 s;/,
      ),
    ]);
    expect(world.left).toEqual([]);
  });

  it('has nothing to do for a platform without a database of its own', async () => {
    const of = { ...platform() };
    Reflect.deleteProperty(of, 'database');
    expect((await drilled(account(), { of })).ended.outcome).toBe('refused');
  });
});

describe('what goes wrong with the replica', () => {
  it.each<[string, (world: FakeAccount) => void, string]>([
    [
      'the quota is reached',
      (world) => {
        world.before = (call) => {
          if (call === 'make') throw failure('InstanceQuotaExceeded', 'rds:CreateDBInstanceReadReplica');
        };
      },
      'The account may have no more database instances there: raise the quota',
    ],
    [
      'AWS has none free',
      (world) => {
        world.before = (call) => {
          if (call === 'make') throw failure('InsufficientDBInstanceCapacityFault');
        };
      },
      'AWS has no such instance free there now',
    ],
    [
      'it is never available',
      (world) => {
        world.takes.making = 86_400;
      },
      `${NAME} was not available after 180 min`,
    ],
    [
      'RDS gives it up',
      (world) => {
        world.status = 'incompatible-network';
      },
      `RDS gave ${NAME} up (incompatible-network)`,
    ],
    [
      'somebody deletes it',
      (world) => {
        world.before = (call, count) => {
          if (call === 'list' && count === 40) world.instances.clear();
        };
      },
      `Somebody has deleted ${NAME}`,
    ],
    [
      'the promotion is refused',
      (world) => {
        world.before = (call) => {
          if (call === 'promote') throw failure('InvalidSubnet', 'rds:PromoteReadReplica');
        };
      },
      'rds:PromoteReadReplica in us-west-2 failed: InvalidSubnet',
    ],
    [
      'the promotion never ends',
      (world) => {
        world.takes.promotion = 86_400;
      },
      `The promotion of ${NAME} had not ended after 60 min`,
    ],
    [
      'a permission is missing',
      (world) => {
        world.before = (call) => {
          if (call === 'restart') throw failure('AccessDenied', 'rds:RebootDBInstance');
        };
      },
      'The permission rds:RebootDBInstance is missing in us-west-2; docs/iam-drill-policy.json',
    ],
  ])('leaves nothing and names itself: %s', async (_, spoil, sentence) => {
    const world = account();
    spoil(world);
    const { ended, report } = await drilled(world);
    expect([ended.outcome, world.left]).toEqual(['failed', []]);
    const [broken, another] = brokenIn(report?.expectations);
    expect([broken, another]).toEqual([expect.stringContaining(sentence), undefined]);
    expect(broken).toMatch(/^The time of a promotion was measured: /);
    expect(report?.figures.restoreRtoSeconds).toBe(2100);
  });

  it('does not end for a question that gets no answer once', async () => {
    const world = account();
    world.before = (call, count) => {
      if (call === 'list' && count % 3 === 0) throw failure('ECONNRESET', 'rds:DescribeDBInstances');
    };
    const { ended, out } = await drilled(world);
    expect([ended.outcome, world.left]).toEqual(['done', []]);
    expect(out).toContain('rds:DescribeDBInstances in us-west-2 could not be reached');
  });

  it('counts P from the request that RDS has accepted', async () => {
    const world = account();
    world.before = (call, count) => {
      if (call === 'promote' && count <= 4) throw failure('InvalidDBInstanceStateFault');
    };
    expect((await drilled(world)).report?.figures.promotionSeconds).toBe(75);
  });

  it('counts P from a request whose answer was lost', async () => {
    const world = account();
    world.before = (call, count) => {
      if (call !== 'promote') return;
      world.before = () => {};
      if (count === 1) {
        void world.throwAways.promote(STANDBY, NAME, { days: 7, window: '' });
        world.before = (again) => {
          if (again === 'promote') throw failure('InvalidDBInstanceState');
        };
        throw failure('TimedOut');
      }
    };
    expect((await drilled(world)).report?.figures.promotionSeconds).toBe(75);
  });

  it('tries to delete until RDS does', async () => {
    const world = account();
    world.before = (call, count) => {
      if (call === 'remove' && count <= 5) throw failure('InvalidDBInstanceState', 'rds:DeleteDBInstance');
    };
    const { ended, out } = await drilled(world);
    expect([ended.outcome, world.left]).toEqual(['done', []]);
    expect(out.match(/is not deleted yet/g)).toHaveLength(1);
  });

  it('says what is left, and how to delete it, if it cannot', async () => {
    const world = account();
    world.before = (call) => {
      if (call === 'remove') throw failure('AccessDenied', 'rds:DeleteDBInstance');
    };
    const { ended, report } = await drilled(world);
    expect([ended.outcome, world.left]).toEqual(['unknown', [NAME]]);
    expect(brokenIn(report?.expectations)[0]).toMatch(
      /^Nothing that the drill made is left: .*The permission rds:DeleteDBInstance is missing.*drill --aws --clean-up/,
    );
  });

  it('gives everything up once the credentials have expired, and says what is left', async () => {
    const world = account();
    world.before = (_, count) => {
      if (count > 30) throw failure('ExpiredToken', 'rds:DescribeDBInstances');
    };
    const { ended, report } = await drilled(world);
    expect([ended.outcome, world.left]).toEqual(['unknown', [NAME]]);
    const broken = brokenIn(report?.expectations).join('\n');
    expect(broken).toContain('the credentials have expired');
    expect(broken).toContain('--clean-up');
    expect(broken).toContain('it goes on by itself, and was not followed');
  });

  it('is told by its name, or is gone, whatever fails and whenever', async () => {
    const calls = fc.constantFrom('list', 'make', 'setParameters', 'restart', 'promote', 'remove');
    const names = fc.constantFrom(
      'ExpiredToken',
      'TimedOut',
      'InvalidDBInstanceState',
      'AccessDenied',
      'Oddity',
    );
    const times = fc.integer({ min: 1, max: 12 });
    await fc.assert(
      fc.asyncProperty(calls, names, fc.nat(20), times, async (which, name, from, count) => {
        const world = account();
        world.before = (call, number) => {
          if (call === which && number > from && number <= from + count) throw failure(name);
        };
        const { ended, out } = await drilled(world);
        const told = out.includes(NAME) && out.includes('--clean-up') && ended.outcome === 'unknown';
        // What is listed before anything is made fails by itself.
        expect(world.left.length === 0 || told).toBe(true);
      }),
      { numRuns: 20 },
    );
  });
});

describe('Ctrl-C', () => {
  const pressedAt = (seconds: number, world: FakeAccount): AbortSignal => {
    const stop = new AbortController();
    const { clock } = world;
    const before = clock.now();
    const inner = world.before;
    world.before = (call, count) => {
      if (clock.now() - before >= seconds * 1000) stop.abort();
      inner(call, count);
    };
    return stop.signal;
  };

  it.each([60, 1_260, 1_380])('deletes the replica first, pressed after %i s', async (seconds) => {
    const world = account();
    const { ended, out } = await drilled(world, { stop: pressedAt(seconds, world) });
    expect([ended.outcome, world.left]).toEqual(['failed', []]);
    expect(out).toContain(`${NAME} is being deleted. Ctrl-C again would leave it.`);
    expect(ended.sentences.join(' ')).toContain('A restore drill that was started goes on by itself');
  });

  it('says what is left if that fails', async () => {
    const world = account();
    world.before = (call) => {
      if (call === 'remove') throw failure('ExpiredToken', 'rds:DeleteDBInstance');
    };
    const { ended } = await drilled(world, { stop: pressedAt(60, world) });
    expect(ended.outcome).toBe('unknown');
    expect(ended.sentences[0]).toMatch(new RegExp(`^${NAME} in us-west-2 may be left.*--clean-up`));
  });

  it('ends the wait for the restore, which goes on', async () => {
    const world = account();
    const { ended } = await drilled(world, { stop: pressedAt(1_700, world) });
    expect([ended.outcome, world.left]).toEqual(['unknown', []]);
  });
});

describe('a platform that is not as it should be', () => {
  it.each([
    ['frozen', serving({ frozen: true }), 'The platform is frozen. npx holdfast thaw'],
    ['in a failover', moved('PROMOTING'), 'The record is in PROMOTING. npx holdfast status --watch'],
    ['left by a failover', moved('SERVING'), 'The side that was left is not rebuilt. npx holdfast failback'],
    [
      'in a switchover',
      serving({ operation: operation('switchover', STANDBY) }),
      'An operation is under way: switchover to us-west-2. npx holdfast status --watch',
    ],
    ['out of sight', new Error('The table does not answer.'), 'The table does not answer.'],
  ])('is left alone: %s', async (_, record, sentence) => {
    const world = account(record);
    const { ended } = await drilled(world);
    expect([ended.outcome, world.called]).toEqual(['refused', []]);
    expect(ended.sentences).toContain(sentence);
  });
});

describe('what an earlier drill has left', () => {
  it('is deleted first if it is old', async () => {
    const world = account();
    const name = world.leave(HOME, OTHER_DAY);
    const { ended, out } = await drilled(world);
    expect([ended.outcome, world.left, world.called[0]]).toEqual(['done', [], 'remove it']);
    expect(out).toContain(`An earlier drill has left ${name}.`);
  });

  it('is left to another drill that may be at work with it', async () => {
    const world = account();
    const name = world.leave(STANDBY, '20251231t223000');
    const { ended } = await drilled(world);
    expect([ended.outcome, world.called, world.left]).toEqual(['refused', [], [name]]);
    expect(ended.sentences[0]).toContain('If nobody holds one: npx holdfast drill --aws --clean-up');
  });

  it('is deleted on demand in both regions, also in the middle of a failover, and nothing else is done', async () => {
    const world = account(moved('PROMOTING'));
    world.leave(STANDBY, '20251231t235900');
    world.leave(HOME, OTHER_DAY);
    const cleaning = { request: { cleanUp: true } };
    const planned = await drilled(world, { ...cleaning, dryRun: true });
    expect([planned.ended.outcome, world.left.length]).toEqual(['would', 2]);
    expect((await drilled(world, cleaning)).ended.outcome).toBe('done');
    expect([world.called, world.left]).toEqual([['remove it', 'remove it'], []]);
    expect((await drilled(world, cleaning)).ended.sentences).toEqual(['No drill has left anything.']);
  });

  it('stops a new drill if it cannot be deleted', async () => {
    const world = account();
    world.leave(HOME, OTHER_DAY);
    world.before = (call) => {
      if (call === 'remove') throw failure('AccessDenied', 'rds:DeleteDBInstance', HOME);
    };
    const { ended } = await drilled(world);
    expect([ended.outcome, world.called]).toEqual(['unknown', ['remove it']]);
  });
});

describe('the restore', () => {
  it('is followed if one is under way', async () => {
    const world = account();
    world.beginRestore('20251231t2355');
    const { ended, out } = await drilled(world);
    expect([ended.outcome, world.called.includes(`invoke start in ${HOME}`)]).toEqual(['done', false]);
    expect(out).toContain(
      'A restore drill is under way in us-east-1 (20251231t2355, restoring): following it.',
    );
  });

  it.each<[string, (world: FakeAccount) => void, string]>([
    [
      'it finds a difference',
      (world) => {
        world.restore = 'failed';
      },
      'public.orders differs; RTO 35 min',
    ],
    [
      'it never begins',
      (world) => {
        world.restore = 'never';
      },
      'has begun no drill within 15 min',
    ],
    [
      'it is not deployed',
      (world) => {
        world.before = (call) => {
          if (call === 'invoke') throw failure('ResourceNotFoundException', 'lambda:InvokeFunction', HOME);
        };
      },
      'It is not deployed there: npx holdfast deploy',
    ],
  ])('fails the drill, and P is measured all the same: %s', async (_, spoil, sentence) => {
    const world = account();
    spoil(world);
    const { ended, report } = await drilled(world);
    expect([ended.outcome, report?.figures.promotionSeconds]).toEqual(['failed', 75]);
    expect(brokenIn(report?.expectations)).toEqual([expect.stringContaining(sentence)]);
  });

  it('is asked to go on each minute only while it waits for RDS', async () => {
    const world = account();
    world.takes.making = 1;
    await drilled(world);
    const asked = world.called.filter((one) => one === 'invoke go on').length;
    // It is followed from the fifth minute on; it waits until the thirtieth, and ten minutes at its end.
    expect(asked).toBeGreaterThan(30);
    expect(asked).toBeLessThan(38);
  });
});

describe('a switchover and back', () => {
  const request = { switchover: true, agreed: true };

  it('is asked for by the name of the platform, and nothing is made before', async () => {
    const world = account();
    const asked: string[] = [];
    const ask = async (question: string) => {
      asked.push(question);
      return 'demmo';
    };
    const { ended, out } = await drilled(world, { request: { switchover: true }, ask });
    expect([ended.outcome, world.called, asked]).toEqual([
      'refused',
      [],
      ['Type the name of the platform to go on (demo): '],
    ]);
    expect(out).toContain(
      'switchover (us-west-2), failback (us-east-1), switchover (us-east-1), failback (us-west-2)',
    );
    const silent = await drilled(world, { request: { switchover: true } });
    expect(silent.ended.sentences[0]).toContain('say --yes');
  });

  it('moves, rebuilds, moves back and rebuilds, and measures how long nobody took writes', async () => {
    const world = account();
    const { ended, report } = await drilled(world, { request });
    expect(world.called.slice(-4)).toEqual([
      `switchover ${STANDBY}`,
      `failback ${HOME}`,
      `switchover ${HOME}`,
      `failback ${STANDBY}`,
    ]);
    expect([ended.outcome, report?.figures.gapSeconds]).toEqual(['done', [40, 40]]);
    expect(world.record).toMatchObject({ holder: HOME, state: 'PROTECTED', epoch: 3 });
  });

  it('goes no further than the first move that does not end well', async () => {
    const world = account();
    world.takes.draining = 3600;
    const { ended } = await drilled(world, { request });
    expect([ended.outcome, world.called.at(-1)]).toEqual(['unknown', `switchover ${STANDBY}`]);
  });

  it('is left out after something that makes it senseless', async () => {
    const world = account();
    world.before = (_, count) => {
      if (count > 30) throw failure('ExpiredToken');
    };
    await drilled(world, { request });
    expect(world.called.some((one) => one.startsWith('switchover'))).toBe(false);
  });
});
