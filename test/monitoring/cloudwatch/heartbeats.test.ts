import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Alarm } from '../../../lib/monitoring/cloudwatch/alarm';
import { heartbeatAlarms, heartbeatSymptom } from '../../../lib/monitoring/cloudwatch/heartbeats';
import { ruleOf } from '../../../lib/monitoring/cloudwatch/symptom';
import { holds } from '../../support/paging';
import { platform } from '../../support/synth';

/**
 * The alarms of one region on the heartbeat of another, minute by minute. The evaluation is CloudWatch's as documented,
 * without its longer look back, which only delays: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
const file = platform('ops-center');
const PEER = 'us-east-1';
const ALARMS = heartbeatAlarms(file, PEER);
const RULE = ruleOf(file, heartbeatSymptom(PEER));

type State = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

/** @param beats heartbeats of each minute since the alarm was made, undefined where there was none */
function states(alarm: Alarm, beats: readonly (number | undefined)[]): State[] {
  let state: State = 'INSUFFICIENT_DATA';
  return beats.map((_, minute) => {
    const window = Array.from({ length: alarm.of }, (_, back) => beats[minute - back]);
    const known = window.filter((value) => value !== undefined);
    const breaches = known.filter((value) =>
      alarm.below ? value < alarm.threshold : value >= alarm.threshold,
    ).length;
    const missing = window.length - known.length;
    if (alarm.silence === 'trouble') state = breaches + missing >= alarm.periods ? 'ALARM' : 'OK';
    else if (missing === 0) state = breaches >= alarm.periods ? 'ALARM' : 'OK';
    return state;
  });
}

/**
 * @param lateBy by how many minutes the alarm on silence is evaluated after the other one: CloudWatch promises no order
 * @returns minutes in which the symptom holds
 */
function paged(beats: readonly (number | undefined)[], lateBy = 0): number[] {
  const all = ALARMS.map((alarm) => ({
    name: `ops-center-${alarm.name}`,
    late: alarm.silence === 'trouble' ? lateBy : 0,
    states: states(alarm, beats),
  }));
  return beats.flatMap((_, minute) =>
    holds(RULE, (wanted) =>
      all.some(({ name, late, states: known }) => name === wanted && known[minute - late] === 'ALARM'),
    )
      ? [minute]
      : [],
  );
}

const minutes = (count: number, value: number | undefined) => Array.from({ length: count }, () => value);

describe('the heartbeat of a region', () => {
  it('pages nobody while that region has not been deployed yet, however long that takes', () => {
    expect(paged(minutes(10_000, undefined))).toEqual([]);
  });

  it('pages nobody when it begins, whenever it does and whichever alarm is evaluated first', () => {
    fc.assert(
      fc.property(fc.nat({ max: 60 }), fc.array(fc.boolean(), { maxLength: 20 }), (before, faltering) => {
        const beats = [
          ...minutes(before, undefined),
          ...faltering.map((one) => (one ? 1 : undefined)),
          ...minutes(30, 1),
        ];
        // A first deployment may falter for four minutes at a time, but not longer.
        fc.pre(!faltering.join().includes('false,false,false,false,false'));
        expect([paged(beats), paged(beats, 1), paged(beats, 2)]).toEqual([[], [], []]);
      }),
    );
  });

  it('pages in the fifth minute of its silence, once it was heard, and until it is heard again', () => {
    const beats = [...minutes(20, 1), ...minutes(300, undefined), ...minutes(20, 1)];
    const during = paged(beats);
    expect(during[0]).toBe(20 + 4);
    expect(during.at(-1)).toBe(20 + 300 - 1);
    expect(during).toHaveLength(300 - 4);
  });

  it('bears four minutes of silence', () => {
    expect(paged([...minutes(20, 1), ...minutes(4, undefined), ...minutes(20, 1)])).toEqual([]);
  });

  it('pages of any silence of five minutes that follows five heard ones', () => {
    fc.assert(
      fc.property(
        fc.array(fc.boolean(), { minLength: 40, maxLength: 80 }),
        fc.integer({ min: 5, max: 50 }),
        (noise, silence) => {
          const beats = [
            ...noise.map((one) => (one ? 1 : undefined)),
            ...minutes(5, 1),
            ...minutes(silence, undefined),
          ];
          const begins = noise.length + 5;
          expect(paged(beats).filter((minute) => minute >= begins)[0]).toBe(begins + 4);
        },
      ),
    );
  });
});
