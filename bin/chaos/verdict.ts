import type { LeadershipRecord } from '../../lambda/leader/record';
import type { Scenario } from '../../lib/chaos/scenarios';
import { outlook, takesWrites } from '../operate/outlook';
import type { Situation } from '../operate/situation';

/** How a platform stands after an experiment. */
export interface Verdict {
  /** `yet`: it may still become what it must be. */
  readonly state: 'held' | 'broken' | 'yet';
  readonly sentence: string;
}

/**
 * Did what must come of an experiment come of it?
 * @param before the record with which it began
 * @param region where it acted
 */
export function verdictOn(
  situation: Situation,
  before: LeadershipRecord,
  scenario: Scenario,
  region: string,
): Verdict {
  const record = situation.record.known ? situation.record.value : undefined;
  if (!record)
    return {
      state: 'yet',
      sentence: situation.record.known ? 'There is no leadership record.' : situation.record.sentence,
    };
  const led = before.holder === region;
  return scenario.moves && led ? moved(situation, before, record) : stayed(situation, before, record);
}

const serves = ({ state }: LeadershipRecord): boolean =>
  state === 'SERVING' || state === 'REBUILDING' || state === 'PROTECTED';

function moved(situation: Situation, before: LeadershipRecord, record: LeadershipRecord): Verdict {
  if (record.holder === before.holder)
    return { state: 'yet', sentence: `${before.holder} still leads; the other region did not take over.` };
  if (!serves(record) || takesWrites(situation, record) === 'no')
    return { state: 'yet', sentence: `${record.holder} took over and takes no writes (${record.state}).` };
  return {
    state: 'held',
    sentence: `${record.holder} took over with epoch ${record.epoch} and serves. Rebuild the side that was left: npx holdfast failback`,
  };
}

function stayed(situation: Situation, before: LeadershipRecord, record: LeadershipRecord): Verdict {
  if (record.holder !== before.holder || record.epoch !== before.epoch)
    return {
      state: 'broken',
      sentence: `The lead moved, and should not have: ${before.holder} with epoch ${before.epoch} before, ${record.holder} with epoch ${record.epoch} now.`,
    };
  const { problems } = outlook(situation);
  return problems.length === 0
    ? { state: 'held', sentence: `${record.holder} leads as before, and nothing wrong can be seen.` }
    : { state: 'yet', sentence: `${record.holder} leads as before. ${problems.join(' ')}` };
}
