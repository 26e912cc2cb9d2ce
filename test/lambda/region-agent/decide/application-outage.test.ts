import { describe, expect, it } from '@jest/globals';
import { decide } from '../../../../lambda/region-agent/decide';
import { answer, noInstance, unknown } from '../support/databases';
import { HOME, operation, record, recordAfter, STANDBY } from '../support/records';
import { atStandby, type Parts, secondsAgo } from '../support/situation';

const automatic = { failOverOnApplicationOutage: true };
const OUTAGE_SECONDS = 120;

/** The standby while the application of home has been silent for so long and its agent renews. */
const down = (seconds: number, parts: Parts = {}) =>
  decide(
    atStandby({
      settings: automatic,
      ...parts,
      memory: { silentSinceMs: secondsAgo(seconds) },
      seen: { ownSide: answer(true), ...parts.seen },
    }),
  );

describe('an application that is down while its agent renews', () => {
  it('is nothing to speak of for two minutes', () => {
    const { next, signals, sentence } = down(OUTAGE_SECONDS - 0.1);
    expect(next).toBeUndefined();
    expect(signals).toEqual([]);
    expect(sentence).not.toContain('application');
  });

  it('is told to a person, who decides, unless the platform file says otherwise', () => {
    const { next, signals, sentence, limitation } = down(OUTAGE_SECONDS, { settings: {} });
    expect(next).toBeUndefined();
    expect(signals).toEqual(['applicationOutage']);
    expect(limitation).toBeUndefined();
    expect(sentence).toBe(
      'us-east-1 leads epoch 1 (SERVING). us-west-2 could take over. Its application has not answered for 120 s. The platform file leaves that to a person.',
    );
  });

  it('moves the lead by a drain if the platform file says so and this side would do better', () => {
    const { next, action, page, sentence } = down(OUTAGE_SECONDS);
    expect(next).toMatchObject({ state: 'DRAINING', holder: HOME, epoch: 1 });
    expect(next?.operation).toMatchObject({
      kind: 'application-outage',
      id: 'application-outage-100',
      to: STANDBY,
    });
    expect(action).toBeUndefined();
    expect(page).toBe('The application in us-east-1 is down and that in us-west-2 answers: the lead moves.');
    expect(sentence.endsWith(page ?? '?')).toBe(true);
  });

  it('moves the lead out of PROTECTED too', () => {
    const moved = recordAfter(['takeover', 'switchover'], { state: 'PROTECTED' });
    expect(down(OUTAGE_SECONDS, { record: moved }).next?.state).toBe('DRAINING');
  });

  it.each([
    ['does not answer either', answer(false, 'HTTP 503.'), 'HTTP 503.'],
    ['is not known', unknown(), 'It is not known whether this side would do better.'],
  ])('stays where it is if the own side %s', (_, ownSide, words) => {
    const { next, sentence, signals } = down(OUTAGE_SECONDS, { seen: { ownSide } });
    expect(next).toBeUndefined();
    expect(sentence).toContain(words);
    expect(signals).toContain('applicationOutage');
  });

  it.each([
    ['this side could not take over', { seen: { instance: noInstance } }],
    ['a move is under way', { record: record({ operation: operation('switchover', STANDBY) }) }],
    ['the holder drains already', { record: record({ state: 'DRAINING' as const }) }],
    ['the platform is frozen', { record: record({ frozen: true }) }],
    [
      'the last move without a person was less than an hour ago',
      {
        record: recordAfter(['takeover', 'switchover', 'takeover', 'application-outage'], {
          state: 'PROTECTED',
          servingSince: record().databaseTime,
        }),
      },
    ],
  ])('begins no move while %s', (_, parts) => {
    const { next, signals } = down(OUTAGE_SECONDS, parts);
    expect(next).toBeUndefined();
    expect(signals).toContain('applicationOutage');
  });

  it('moves the lead also if the holder renewed right after the last turn, and this one is a little late', () => {
    expect(down(OUTAGE_SECONDS, { watchedSeconds: 5.2 }).next?.state).toBe('DRAINING');
  });

  it.each([
    ['has not renewed since the last turn', { watchedSeconds: 6 }],
    ['was never seen to renew', { renewed: false }],
  ])('is left to the watch if the holder %s', (_, parts) => {
    const { next, signals, sentence } = down(OUTAGE_SECONDS, parts);
    expect(next).toBeUndefined();
    expect(signals).toEqual([]);
    expect(sentence).not.toContain('application');
  });

  it('says why this side could not take over', () => {
    const { limitation } = down(OUTAGE_SECONDS, { seen: { instance: noInstance } });
    expect(limitation).toBe('There is no database instance in us-west-2.');
  });
});
