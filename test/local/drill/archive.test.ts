import { describe, expect, it } from '@jest/globals';
import { addedByTheArchive, archivedUntilMs, untilArchived } from '../../../local/drill/archive';
import { withinOneSecond } from '../../../local/drill/fresh-second';
import { FakeStage } from './fake-stage';

describe('what commands say about the archive', () => {
  it('is the commit of the last transaction of all chains', () => {
    const chain = (us: number) => ({ first: { commitTimeUs: '1000' }, last: { commitTimeUs: String(us) } });
    expect(archivedUntilMs(JSON.stringify([chain(9_000_000), chain(5_000_000)], null, 2))).toBe(9_000);
    expect(archivedUntilMs('[{ "first": null, "last": null }]')).toBe(0);
  });

  it('is how many transactions each invocation added', () => {
    const said =
      '3 s  12 transactions with 40 changes were added; more.\n9 s  1 transactions with 1 changes were added.';
    expect([addedByTheArchive(said), addedByTheArchive('There is no archive of this database.')]).toEqual([
      13, 0,
    ]);
  });
});

describe('a moment that the archive is to have', () => {
  const time = new Date(5_000).toISOString();

  it('is waited for, also while there is no archive yet', async () => {
    const world = new FakeStage();
    let asked = 0;
    world.prints = () => {
      asked += 1;
      if (asked === 1) throw new Error('There is none.');
      return `"commitTimeUs": "${asked * 2_000_000}"`;
    };
    await untilArchived(world.stage, time);
    expect(world.done.filter((one) => one.startsWith('pass'))).toEqual(['pass 15', 'pass 15']);
  });

  it('ends the scenario if it never comes', async () => {
    await expect(untilArchived(new FakeStage().stage, time)).rejects.toThrow(`has not reached ${time}`);
  });
});

describe('work within a second', () => {
  it('begins after the whole second and ends before the next, and the time is later than all of it', async () => {
    const { done, time } = await withinOneSecond(async () => Date.now());
    const [at = 0] = done;
    expect(at % 1000).toBeGreaterThanOrEqual(15);
    expect(Math.floor(at / 1000)).toBe(Math.floor(Date.parse(time) / 1000));
    expect(Date.parse(time)).toBeGreaterThan(at);
  });
});
