import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { moves, WITHDRAWN_MAX } from '../../../lambda/leader/history';
import { hasMoved, isProtected, type LeadershipRecord, TASKS } from '../../../lambda/leader/record';
import {
  abandoned,
  claimed,
  promoting,
  protectedAgain,
  rebuilding,
  renewed,
  serving,
  taskDone,
  withdrawn,
  withOperation,
} from '../../../lambda/leader/steps';
import { checkTransition } from '../../../lambda/leader/transitions';
import { asked, HOME, NOW, RECORDS, RENEWAL, STANDBY } from './records';

const { initial, taken, promotion, left, guarded, drained } = RECORDS;

describe('the steps', () => {
  it('keep what the former holder told while a claim is under way', () => {
    const { databaseTime, walLsn, servingSince, ttlSeconds, pending } = claimed(
      guarded,
      HOME,
      'takeover',
      'x',
    );
    expect({ databaseTime, walLsn, servingSince, ttlSeconds, pending }).toEqual({
      databaseTime: NOW,
      walLsn: '0/16B3748',
      servingSince: NOW,
      ttlSeconds: 60,
      pending: TASKS,
    });
  });

  it('leave at a renewal what is not told', () => {
    expect(renewed(initial, { outageSeconds: 9 })).toEqual({ ...initial, outageSeconds: 9, version: 3 });
  });

  it('end a move with all tasks pending, the time of serving, and no operation', () => {
    const forced = withOperation(promotion, asked('force', HOME));
    const next = serving(forced, { ...RENEWAL, databaseTime: '2026-01-01T00:05:00.000Z' });
    expect(next).toMatchObject({
      state: 'SERVING',
      servingSince: '2026-01-01T00:05:00.000Z',
      pending: TASKS,
    });
    expect(next.operation).toBeNull();
  });

  it('keep a failback of the other side that was asked for during the move', () => {
    const failback = asked('failback', HOME);
    expect(serving(withOperation(promotion, failback), RENEWAL).operation).toEqual(failback);
    const outdated = { ...promotion, operation: asked('failback', STANDBY) };
    expect(serving(outdated, RENEWAL).operation).toBeNull();
  });

  it('end a failback when the platform is protected, but no other operation', () => {
    const rebuilt = rebuilding(left, asked('failback', HOME));
    expect(protectedAgain(rebuilt).operation).toBeNull();
    const force = asked('force', HOME);
    expect(protectedAgain(withOperation(rebuilt, force)).operation).toEqual(force);
  });

  it('leave a protected platform protected and a new one new, when a drain is abandoned', () => {
    expect(abandoned(drained)).toMatchObject({ state: 'SERVING', operation: null });
    expect(isProtected(abandoned(drained))).toBe(true);
    expect(abandoned(RECORDS.drainedBack).state).toBe('PROTECTED');
  });

  it('take one task away', () => {
    expect(taskDone(left, 'take-base').pending).toEqual(TASKS.filter((task) => task !== 'take-base'));
  });
});

describe('a claim that is given back', () => {
  it('is no move: a platform that was never moved stays protected', () => {
    const back = withdrawn(taken, 'No replica.');
    expect(back).toMatchObject({ holder: HOME, epoch: 3, state: 'SERVING', operation: null });
    expect(hasMoved(back)).toBe(false);
    expect(isProtected(back)).toBe(true);
  });

  it('leaves a platform protected that was so after a move, with the time of that move', () => {
    const back = withdrawn(claimed(guarded, HOME, 'takeover', 'x'), 'y');
    expect(back).toMatchObject({ holder: STANDBY, state: 'PROTECTED', servingSince: NOW });
    expect(moves(back.history)).toEqual(moves(guarded.history));
  });

  it('does not make a left side fit, when the claim was forced', () => {
    expect(isProtected(withdrawn(RECORDS.forced, 'x'))).toBe(false);
  });
});

describe('the history', () => {
  const attempt = (record: LeadershipRecord): LeadershipRecord =>
    withdrawn(claimed(record, record.holder === HOME ? STANDBY : HOME, 'takeover', 'x'), 'y');
  const moveOver = (record: LeadershipRecord): LeadershipRecord => {
    const to = record.holder === HOME ? STANDBY : HOME;
    const there = promoting(claimed(record, to, 'takeover', 'x'), { receiveLsn: null, replayLsn: null });
    const served = serving(there, RENEWAL);
    return protectedAgain(rebuilding(served, asked('failback', record.holder)));
  };

  it('forgets the oldest claims that were given back, both entries of each, and no move', () => {
    let record: LeadershipRecord = moveOver(initial);
    for (let count = 0; count < WITHDRAWN_MAX + 5; count += 1) record = attempt(record);
    const withdrawals = record.history.filter(({ reason }) => reason === 'withdrawn');
    expect(withdrawals).toHaveLength(WITHDRAWN_MAX);
    expect(record.history).toHaveLength(2 + 2 * WITHDRAWN_MAX);
    expect(record.history.at(-1)?.epoch).toBe(record.epoch);
    expect(moves(record.history)).toMatchObject([{ epoch: 2, holder: STANDBY, reason: 'takeover' }]);
  });

  it('tells moves from claims in any sequence of both, by changes that the table has', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 60 }), (plan) => {
        let record: LeadershipRecord = initial;
        for (const move of plan) {
          const claim = claimed(record, record.holder === HOME ? STANDBY : HOME, 'takeover', 'x');
          expect(checkTransition(record, claim)).toBeUndefined();
          if (!move) expect(checkTransition(claim, withdrawn(claim, 'y'))).toBeUndefined();
          record = move ? moveOver(record) : attempt(record);
        }
        expect(moves(record.history)).toHaveLength(plan.filter(Boolean).length);
        expect(isProtected(record)).toBe(true);
        expect(new Set(record.history.map(({ epoch }) => epoch)).size).toBe(record.history.length);
      }),
      { numRuns: 60 },
    );
  });
});
