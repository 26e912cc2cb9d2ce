import { describe, expect, it } from '@jest/globals';
import { HOME, moved, STANDBY } from '../operate/records';
import { type FakeAccount, failure } from './fakes';
import { account, drilled, NAME } from './support';

const OTHER_DAY = '20251230t120000';

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
