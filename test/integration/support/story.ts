import { beforeAll, expect, it } from '@jest/globals';
import { type PairOptions, play, type Scene, type Story } from './incident';
import { STANDBY, until } from './places';

const STORY_MS = 180_000;

/** Tells the story once, for all tests of a block. */
export function useStory(
  name: string,
  work: (scene: Scene) => Promise<void>,
  options?: PairOptions,
): () => Story {
  let story: Story | undefined;
  beforeAll(async () => {
    story = await play(name, work, options);
  }, STORY_MS);
  return () => {
    if (!story) throw new Error('The story has not been told.');
    return story;
  };
}

export const standbyServes = ({ table }: Scene): Promise<void> =>
  until('standby serves', () => table.record.holder === STANDBY && table.record.state === 'SERVING');

/** The standby has finished its takeover, and clients write there. */
export async function movedAway(scene: Scene): Promise<void> {
  await standbyServes(scene);
  await scene.writesTo(scene.standby);
}

export function itNeverHasTwoWriters(story: () => Story, moves: number): void {
  it('commits nothing under a wrong epoch and nothing late', () => {
    expect(story().account).toMatchObject({ wrongEpoch: 0, late: [] });
  });

  it(`finds the two servers open one after the other, ${moves} change(s) in all`, () => {
    expect(story().account.changesOfOpenServer).toBe(moves);
  });
}
