import { describe, expect, it } from '@jest/globals';
import { HOME, moved, operation, STANDBY, serving } from '../operate/records';
import { platform } from '../support/ports';
import { type FakeAccount, failure } from './fakes';
import { account, brokenIn, drilled, NAME } from './support';

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
