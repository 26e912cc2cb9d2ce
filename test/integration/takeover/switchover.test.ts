import { describe, expect, it } from '@jest/globals';
import { draining } from '../../../lambda/leader/steps';
import { STANDBY } from '../support/places';
import { itNeverHasTwoWriters, movedAway, useStory } from '../support/story';

/** The lead moves because a person says so; as in `takeover.test.ts`. */

describe('an operator moves the lead under load', () => {
  const story = useStory('switchover', async (scene) => {
    await scene.writesTo(scene.home);
    scene.begins();
    await scene.table.change((record) =>
      draining(record, { kind: 'switchover', id: 'test', to: STANDBY, sentence: 'A person asks for it.' }),
    );
    await movedAway(scene);
  });
  itNeverHasTwoWriters(story, 1);

  it('keeps every acknowledged write', () => {
    expect(story().account.lost).toEqual([]);
  });
});
