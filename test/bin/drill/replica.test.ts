import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { STANDBY } from '../operate/records';
import { type FakeAccount, failure } from './fakes';
import { account, brokenIn, drilled, NAME } from './support';

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
