import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { HOME, STANDBY, until } from '../support/places';
import { itNeverHasTwoWriters, movedAway, useStory } from '../support/story';

/** A home that was away and comes back after the standby has taken over, or before; as in `takeover.test.ts`. */
const SECOND = 1_000;

describe("home's server stands still until the standby has taken over, and goes on", () => {
  let stopped = 0;
  let wentOn = 0;
  const story = useStory('home stands still', async (scene) => {
    scene.begins();
    scene.home.server.server.pause();
    stopped = Date.now();
    await movedAway(scene);
    wentOn = Date.now();
    scene.home.server.server.continue();
    await until('home is closed', async () => (await scene.home.server.agent.observe()).lease.closed);
    await wait(SECOND);
  });

  it('commits nothing under a wrong epoch, and late at most what had passed its last check before', () => {
    const { wrongEpoch, late } = story().account;
    expect(wrongEpoch).toBe(0);
    expect(late.filter(({ beganMs }) => beganMs >= stopped)).toEqual([]);
  });

  it('begins no write after it has gone on', () => {
    expect(story().rows.home.filter(({ beganMs }) => beganMs >= wentOn)).toEqual([]);
  });

  it('loses only what the replica had not received', () => {
    expect(story().account).toMatchObject({ changesOfOpenServer: 1, unexplained: 0 });
  });
});

describe('home flaps', () => {
  const story = useStory('home flaps', async (scene) => {
    const { home, table } = scene;
    const down = async (milliseconds: number): Promise<void> => {
      table.cutOff(HOME);
      await home.server.server.halt('immediate');
      await wait(milliseconds);
    };
    const up = async (): Promise<void> => {
      await home.server.server.start();
      table.connect(HOME);
    };
    for (let times = 0; times < 2; times += 1) {
      await down(SECOND);
      await up();
      await scene.writesTo(home);
    }
    expect(table.record.epoch).toBe(1);
    scene.begins();
    await down(0);
    await movedAway(scene);
    for (let times = 0; times < 2; times += 1) {
      await up();
      await wait(SECOND);
      await down(SECOND);
    }
    await up();
    await until('home is closed', async () => (await home.server.agent.observe()).lease.closed);
    expect(table.record).toMatchObject({ epoch: 2, holder: STANDBY });
  });
  itNeverHasTwoWriters(story, 1);

  it('loses only what the replica had not received', () => {
    expect(story().account.unexplained).toBe(0);
  });
});
