import { describe, expect, it } from '@jest/globals';
import { TASKS } from '../../../../lambda/leader/record';
import { decide } from '../../../../lambda/region-agent/decide';
import { noInstance, primary, promoted, replica, running, unknown } from '../support/databases';
import { HOME, recordAfter, takenOver } from '../support/records';
import { atStandby, WALL_MS } from '../support/situation';

const claim = takenOver({ state: 'CLAIMED' });

describe('a region that has claimed the lead', () => {
  it('records where its replica stands and asks for the promotion in the same turn', () => {
    const { next, action, sentence, page, again } = decide(atStandby({ record: claim }));
    expect(next).toMatchObject({
      state: 'PROMOTING',
      epoch: 2,
      promotedFrom: { receiveLsn: '0/5800', replayLsn: '0/5000' },
    });
    expect(action).toEqual({ kind: 'promote' });
    expect(sentence).toBe(
      'us-west-2 has claimed epoch 2; its replica has received 0/5800 and replayed 0/5000: it is promoted.',
    );
    expect([page, again]).toEqual([sentence, true]);
  });

  it('promotes a replica that has received nothing since its start', () => {
    const { sentence, action } = decide(
      atStandby({ record: claim, seen: { database: replica({ receiveLsn: null }) } }),
    );
    expect(sentence).toContain('has received nothing since its start and replayed 0/5000');
    expect(action?.kind).toBe('promote');
  });

  it('waits while an operator has frozen the platform', () => {
    const { next, action, sentence } = decide(atStandby({ record: { ...claim, frozen: true } }));
    expect([next, action]).toEqual([undefined, undefined]);
    expect(sentence).toBe(
      'us-west-2 has claimed epoch 2, and an operator has frozen the platform: it waits.',
    );
  });

  it.each([
    [
      'its database does not answer',
      { database: unknown('refused') },
      'but its database does not answer. refused.',
    ],
    ['RDS does not answer', { instance: unknown('throttled') }, 'but RDS does not answer. throttled.'],
    [
      'its replica is not available',
      { instance: running({ status: 'backing-up' }) },
      'its replica is backing-up, and RDS promotes only what is available: it waits.',
    ],
  ])('waits and says why while %s', (_, seen, words) => {
    const { next, action, sentence, limitation, signals } = decide(atStandby({ record: claim, seen }));
    expect([next, action]).toEqual([undefined, undefined]);
    expect(sentence).toContain(words);
    expect(limitation).toBe(sentence);
    expect(signals).toContain('gateRefused');
  });

  it.each([
    ['there is no instance', { instance: noInstance }, 'has no replica to promote; it gives the claim back.'],
    [
      'its instance replicates nothing',
      { instance: running({ source: null }) },
      'has no replica to promote; it gives the claim back.',
    ],
    [
      'it was left in an earlier move',
      { database: primary() },
      'has a side that was left, not a replica; it gives the claim back.',
    ],
  ])('gives the claim back when %s', (_, seen, words) => {
    const { next, action, sentence, page } = decide(atStandby({ record: claim, seen }));
    expect(next).toMatchObject({ state: 'SERVING', holder: HOME, epoch: 3, operation: null });
    expect(action).toBeUndefined();
    expect(sentence).toContain(words);
    expect(page).toBe(sentence);
  });

  it('gives it back to a protected platform as protected as it was', () => {
    const again = recordAfter(['takeover', 'switchover', 'takeover'], { state: 'CLAIMED' });
    const { next } = decide(atStandby({ record: again, seen: { instance: noInstance } }));
    expect(next).toMatchObject({ state: 'PROTECTED', holder: HOME, epoch: 5 });
  });

  it('goes on with a replica that a person has promoted meanwhile, and asks for nothing', () => {
    const { next, action, sentence, again } = decide(
      atStandby({ record: claim, seen: { database: promoted() } }),
    );
    expect(next).toMatchObject({ state: 'PROMOTING', promotedFrom: { receiveLsn: null, replayLsn: null } });
    expect(action).toBeUndefined();
    expect(sentence).toBe('us-west-2 has claimed epoch 2; its replica is promoted already, by a person.');
    expect(again).toBe(true);
  });

  it('does not take an older side on another timeline for its replica', () => {
    const database = promoted({ lease: { epoch: 0 } });
    expect(decide(atStandby({ record: claim, seen: { database } })).next?.state).toBe('SERVING');
  });

  it('serves at once where there is no managed database, and scales up', () => {
    const { next, action, page, sentence, again } = decide(
      atStandby({ record: claim, managed: false, seen: {} }),
    );
    expect(next).toMatchObject({
      state: 'SERVING',
      pending: TASKS,
      servingSince: new Date(WALL_MS).toISOString(),
    });
    expect(action).toEqual({ kind: 'scale-up' });
    expect(sentence).toBe('us-west-2 leads epoch 2; there is no database to promote.');
    expect([page, again]).toEqual([sentence, true]);
  });
});
