import { describe, expect, it } from '@jest/globals';
import type { LeadershipRecord } from '../../../lambda/leader/record';
import { draining } from '../../../lambda/leader/steps';
import type { FencedDatabase } from '../../../lambda/region-agent/ports';
import type { Wrap } from '../support/agents';
import { HOME, STANDBY } from '../support/places';
import { movedAway, standbyServes, useStory } from '../support/story';

/** Bugs that are put in on purpose: what the other tests here look at must show each of them. */

describe('an agent that hands over without having closed', () => {
  const seemsClosed: Wrap = (world) => {
    const { managed } = world;
    if (!managed) return world;
    let closed = false;
    const database: FencedDatabase = {
      ...managed.database,
      close: async () => {
        closed = true;
        return true;
      },
      observe: async () => {
        const seen = await managed.database.observe();
        return closed ? { ...seen, fencedSessions: 0, lease: { ...seen.lease, closed } } : seen;
      },
    };
    return { ...world, managed: { ...managed, database } };
  };
  const story = useStory(
    'handed over without closing',
    async (scene) => {
      scene.begins();
      await scene.table.change((record) =>
        draining(record, { kind: 'switchover', id: 'test', to: STANDBY, sentence: 'A person asks for it.' }),
      );
      await movedAway(scene);
    },
    { wrap: { [HOME]: seemsClosed } },
  );

  it('is seen by acknowledged writes that are lost', () => {
    expect(story().account.lost.length).toBeGreaterThan(0);
  });
});

describe('an agent of home that goes on with the record it saw last', () => {
  let stale: LeadershipRecord | undefined;
  const believing: Wrap = (world) => ({
    ...world,
    leadership: {
      read: async () => {
        const record = await world.leadership.read().catch(() => stale);
        if (record?.holder === HOME && (stale?.version ?? 0) < record.version) stale = record;
        return stale;
      },
      replace: async (current, next) => {
        stale = next;
        return world.leadership
          .replace(current, next)
          .catch(() => ({ written: true, record: next }) as const);
      },
    },
  });
  const story = useStory(
    'believes a stale record',
    async (scene) => {
      scene.begins();
      scene.table.cutOff(HOME);
      await standbyServes(scene);
      await scene.writesTo(scene.home);
    },
    { wrap: { [HOME]: believing } },
  );

  it('is seen by two open servers', () => {
    expect(story().account.changesOfOpenServer).toBeGreaterThan(1);
  });
});
