import { isProtected, type LeadershipRecord } from '../../lambda/leader/record';
import type { Scenario } from '../../lib/chaos/scenarios';
import { obstacle, takesWrites } from '../operate/outlook';
import type { Situation } from '../operate/situation';

/** Why no experiment may begin now; undefined: nothing stands against it. */
export function unfit(
  situation: Situation,
  record: LeadershipRecord,
  scenario: Scenario,
): string | undefined {
  if (record.frozen) return 'The platform is frozen: npx holdfast thaw';
  if (record.operation)
    return `An operation is under way (${record.operation.kind} to ${record.operation.to}): npx holdfast status --watch`;
  if (record.state !== 'SERVING' && record.state !== 'PROTECTED')
    return `The lead is moving (${record.state}): npx holdfast status --watch`;
  if (!isProtected(record))
    return 'The side that was left is not rebuilt, so there is nothing to fall back on: npx holdfast failback';
  if (takesWrites(situation, record) === 'no')
    return `${record.holder} leads and takes no writes: npx holdfast status`;
  const against = scenario.moves ? obstacle(situation, record) : undefined;
  return against === undefined
    ? undefined
    : `The other region could not take over, and this takes the one that leads away. ${against.sentence}`;
}
