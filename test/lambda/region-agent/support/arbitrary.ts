import fc from 'fast-check';
import type { State } from '../../../../lambda/leader/record';
import type { Observation } from '../../../../lambda/region-agent/observation';
import type { DatabaseStatus } from '../../../../lambda/region-agent/ports';
import type { Situation } from '../../../../lambda/region-agent/situation';
import { drawn } from './arbitrary-parts';
import { theOther } from './records';
import { NOW_MS, secondsAgo } from './situation';

/**
 * Any situation at all. What is drawn part by part seldom fits together so well that anything is decided, so that some
 * draws are bent towards a claim, a handing over, a lease or a promotion.
 */

function withDatabase(seen: Observation, change: (status: DatabaseStatus) => DatabaseStatus): Observation {
  return seen.database?.known
    ? { ...seen, database: { known: true, value: change(seen.database.value) } }
    : seen;
}

/** Watched for long enough for everything. */
const LONG_AGO = secondsAgo(400);

/** Only one draw in many has all that a claim needs, so some are given a full watch of a holder that is silent. */
const silent = drawn.map((one): Situation => {
  const { record: present, memory: remembered, settings } = one;
  return {
    ...one,
    record: { ...present, frozen: false },
    settings: { ...settings, own: theOther(present.holder), other: present.holder },
    memory: {
      ...remembered,
      otherAnswers: undefined,
      watch: {
        version: present.version,
        renewed: true,
        firstMs: LONG_AGO,
        sinceMs: LONG_AGO,
        seenMs: NOW_MS,
      },
    },
  };
});

/** Others are handed the lead by a holder that is still alive, and have replayed all of it or not quite. */
const handed = silent.map((one): Situation => {
  const { record: present, memory: remembered, settings, seen } = one;
  const operation = { kind: 'switchover', id: '1', to: settings.own, sentence: 'Somebody asked.' } as const;
  const heartbeatMs = present.databaseTime === null ? null : Date.parse(present.databaseTime);
  return {
    ...one,
    record: { ...present, state: 'HANDOFF', operation },
    seen: withDatabase(seen, (status) => ({ ...status, inRecovery: true, timeline: null, heartbeatMs })),
    memory: { ...remembered, watch: undefined, state: undefined },
  };
});

/** Or lead with a primary that nothing is wrong with but, here and there, its lease. */
const leading = fc
  .tuple(drawn, fc.constantFrom<State>('SERVING', 'PROTECTED', 'REBUILDING', 'PROMOTING'))
  .map(([one, state]): Situation => {
    const { record: present, settings, seen } = one;
    return {
      ...one,
      record: { ...present, state },
      settings: { ...settings, own: present.holder, other: theOther(present.holder) },
      seen: withDatabase(seen, (status) => ({
        ...status,
        inRecovery: false,
        timeline: status.timeline ?? 1,
        enforcedAgoSeconds: 1,
      })),
    };
  });

/** Or have claimed the lead with a replica that answers. */
const claiming = drawn
  .filter(({ record: { state } }) => state === 'CLAIMED' || state === 'PROMOTING')
  .map((one): Situation => {
    const { record: present, settings, seen } = one;
    return {
      ...one,
      settings: { ...settings, own: present.holder, other: theOther(present.holder) },
      seen: withDatabase(seen, (status) => ({ ...status, inRecovery: true, timeline: null })),
    };
  });

export const anySituation: fc.Arbitrary<Situation> = fc.oneof(
  { weight: 3, arbitrary: drawn },
  { weight: 2, arbitrary: silent },
  { weight: 1, arbitrary: handed },
  { weight: 2, arbitrary: leading },
  { weight: 1, arbitrary: claiming },
);
