import { describe, expect, it } from '@jest/globals';
import { decide } from '../../../../lambda/region-agent/decide';
import { primary, replica, unknown } from '../support/databases';
import { HOME, operation, record, recordAfter, STANDBY } from '../support/records';
import { atHome, NOW_MS, secondsAgo } from '../support/situation';

const switchover = operation('switchover', STANDBY);
const DRAINING = record({ state: 'DRAINING', operation: switchover });
const HANDOFF = record({ state: 'HANDOFF', operation: switchover, walLsn: '0/7000' });
const closed = (fencedSessions = 0) =>
  primary({ lease: { closed: true, limitMs: 1 }, fencedSessions, lsn: '0/7000' });
const LONG = 600;

describe('a holder that drains', () => {
  it('closes its database by the version of the record before anything else', () => {
    const { next, action, sentence, again } = decide(atHome({ record: DRAINING }));
    expect(next).toBeUndefined();
    expect(action).toEqual({ kind: 'close', lease: { epoch: 1, version: 100 } });
    expect(sentence).toBe('us-east-1 closes its database for the move to us-west-2.');
    expect(again).toBe(true);
  });

  it('waits for the last session, and stays alive meanwhile', () => {
    const parts = { record: DRAINING, seen: { database: closed(3) } };
    const { next, action, sentence, signals } = decide(atHome({ ...parts, watchedSeconds: 5 }));
    expect(next).toMatchObject({ state: 'DRAINING', version: 101, walLsn: '0/5000' });
    expect(action).toEqual({ kind: 'end-sessions' });
    expect(sentence).toBe('us-east-1 is closed; 3 sessions are being ended.');
    expect(signals).toEqual(expect.arrayContaining(['fenceClosed', 'unsettled']));
    expect(decide(atHome(parts)).next).toBeUndefined();
  });

  it('looks a second time once no session is left, because a commit may fall between two looks', () => {
    for (const drainedSinceMs of [undefined, NOW_MS]) {
      const { next, sentence, again } = decide(
        atHome({ record: DRAINING, seen: { database: closed() }, memory: { drainedSinceMs } }),
      );
      expect(next).toBeUndefined();
      expect(sentence).toBe('us-east-1 is closed and no session is left.');
      expect(again).toBe(true);
    }
  });

  it('then publishes its last position', () => {
    const { next, sentence, page } = decide(
      atHome({
        record: DRAINING,
        seen: { database: closed() },
        memory: { drainedSinceMs: secondsAgo(1) },
      }),
    );
    expect(next).toMatchObject({ state: 'HANDOFF', walLsn: '0/7000', epoch: 1, holder: HOME });
    expect(sentence).toBe('us-east-1 has drained and hands over at 0/7000.');
    expect(page).toBe('us-east-1 takes no writes any more and hands over to us-west-2 at 0/7000.');
  });

  it.each([
    ['does not answer', unknown('refused'), 'The database in us-east-1 cannot be drained. refused.'],
    ['is a replica', replica(), 'The database in us-east-1 cannot be drained.'],
  ])('hands nothing over while its database %s', (_, database, words) => {
    const { next, action, sentence } = decide(
      atHome({
        record: DRAINING,
        seen: { database },
        memory: { drainedSinceMs: secondsAgo(1) },
        watchedSeconds: 5,
      }),
    );
    expect([next?.state, action]).toEqual(['DRAINING', undefined]);
    expect(sentence).toContain(words);
  });

  it('hands over at once where there is no managed database', () => {
    const { next, sentence } = decide(atHome({ record: { ...DRAINING, walLsn: null }, managed: false }));
    expect(next).toMatchObject({ state: 'HANDOFF', walLsn: null });
    expect(sentence).toBe('us-east-1 hands over; there is no database to drain.');
  });

  it('goes on serving when that takes too long', () => {
    const { next, action, sentence, page, again } = decide(
      atHome({ record: DRAINING, seen: { database: closed() }, inStateSeconds: LONG }),
    );
    expect(next).toMatchObject({ state: 'SERVING', operation: null, epoch: 1, version: 101 });
    expect(action).toBeUndefined();
    expect(sentence).toBe('Draining has not come to an end in 600 s: us-east-1 goes on serving.');
    expect([page, again]).toEqual([sentence, true]);
  });

  it('goes back to PROTECTED if the lead has moved before', () => {
    const moved = recordAfter(['takeover', 'switchover'], { state: 'DRAINING', operation: switchover });
    expect(decide(atHome({ record: moved, inStateSeconds: LONG })).next?.state).toBe('PROTECTED');
  });
});

describe('a holder that has handed over', () => {
  it('waits and stays alive', () => {
    const { next, action, sentence, signals } = decide(
      atHome({ record: HANDOFF, seen: { database: closed() }, watchedSeconds: 5 }),
    );
    expect(next).toMatchObject({ state: 'HANDOFF', walLsn: '0/7000', version: 101 });
    expect(action).toBeUndefined();
    expect(sentence).toBe('us-east-1 has handed over at 0/7000 and waits for us-west-2.');
    expect(signals).toContain('fenceClosed');
  });

  it('says so where there is no position', () => {
    const { sentence } = decide(atHome({ record: { ...HANDOFF, walLsn: null }, managed: false }));
    expect(sentence).toBe('us-east-1 has handed over at no position and waits for us-west-2.');
  });

  it('goes on serving when nobody claims the lead', () => {
    const { next, sentence } = decide(atHome({ record: HANDOFF, inStateSeconds: LONG }));
    expect(next?.state).toBe('SERVING');
    expect(sentence).toBe('us-west-2 has not claimed the lead in 600 s: us-east-1 goes on serving.');
  });
});

describe('a handing over that a person has made a forced move', () => {
  const forced = operation('force', STANDBY);

  it.each([
    ['draining', { ...DRAINING, operation: forced }],
    ['handed over', { ...HANDOFF, operation: forced }],
  ])('is not taken back and the holder, %s, falls silent', (_, moving) => {
    const { next, sentence } = decide(
      atHome({ record: moving, seen: { database: closed(1) }, watchedSeconds: 30, inStateSeconds: LONG }),
    );
    expect(next).toBeUndefined();
    expect(sentence).not.toContain('goes on serving');
  });

  it('does not silence a holder that was chosen itself', () => {
    const own = { ...HANDOFF, operation: operation('force', HOME) };
    expect(decide(atHome({ record: own, watchedSeconds: 5 })).next?.version).toBe(101);
  });
});
