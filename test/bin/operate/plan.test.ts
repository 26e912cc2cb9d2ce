import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { COMMANDS, type Goal, plan, progress, type Request } from '../../../bin/operate/plan';
import { type LeadershipRecord, OPERATIONS, STATES } from '../../../lambda/leader/record';
import { checkTransition } from '../../../lambda/leader/transitions';
import { platform } from '../support/ports';
import { HOME, moved, operation, STANDBY, serving } from './records';

const demo = platform();
const ask = (command: Request['command'], to?: string): Request => ({
  command,
  ...(to === undefined ? {} : { to }),
  id: 'two',
  sentence: 'anna asked for it.',
});
const said = (record: LeadershipRecord, request: Request): string => {
  const made = plan(demo, record, request);
  return `${made.step}: ${made.sentence}`;
};

describe('a switchover', () => {
  it('drains the holder for the other region, which need not be named', () => {
    expect(plan(demo, serving(), ask('switchover'))).toMatchObject({
      step: 'write',
      next: {
        state: 'DRAINING',
        version: 42,
        epoch: 1,
        operation: { kind: 'switchover', to: STANDBY, sentence: 'anna asked for it.' },
      },
      goal: { kind: 'switchover', to: STANDBY },
    });
  });

  it.each<[string, LeadershipRecord, string | undefined, string]>([
    [
      'an unknown region',
      serving(),
      'us-west-1',
      'refuse: there is no region of this platform that can lead us-west-1; did you mean us-west-2? there are us-east-1, us-west-2.',
    ],
    ['the region that leads', serving(), HOME, 'done: us-east-1 leads already (SERVING, epoch 1).'],
    [
      'a frozen platform',
      serving({ frozen: true }),
      undefined,
      'refuse: The platform is frozen. Allowed now: npx holdfast thaw',
    ],
    [
      'a side that was left',
      moved('SERVING'),
      undefined,
      'refuse: us-east-1 was left in a move and is not fit to lead. Allowed now: npx holdfast failback',
    ],
    [
      'a side that is being rebuilt',
      moved('REBUILDING', { operation: operation('failback', HOME) }),
      undefined,
      'refuse: us-east-1 is being rebuilt; wait for it: npx holdfast failback',
    ],
    [
      'a takeover',
      moved('PROMOTING'),
      undefined,
      'refuse: us-west-2 is taking over (PROMOTING); wait for it: npx holdfast status --watch',
    ],
    [
      'another operation',
      serving({ state: 'DRAINING', operation: operation('application-outage', STANDBY) }),
      undefined,
      'refuse: Another operation is under way: application-outage to us-west-2. anna asked for it.',
    ],
    [
      'a switchover elsewhere',
      serving({ state: 'DRAINING', operation: operation('switchover', STANDBY) }),
      HOME,
      'refuse: Another operation is under way: switchover to us-west-2. anna asked for it.',
    ],
  ])('is not begun for %s', (_, record, to, sentence) => {
    expect(said(record, ask('switchover', to))).toBe(sentence);
  });

  it('is followed, and not begun again, after an interrupted wait, until its end', () => {
    const under = operation('switchover', STANDBY);
    expect(said(serving({ state: 'HANDOFF', operation: under }), ask('switchover'))).toBe(
      'follow: the switchover to us-west-2 is under way (HANDOFF)',
    );
    expect(
      plan(demo, moved('PROMOTING', { operation: under }, 'switchover'), ask('switchover', STANDBY)),
    ).toMatchObject({ step: 'follow', goal: { to: STANDBY } });
    expect(said(moved('SERVING', {}, 'switchover'), ask('switchover'))).toBe(
      'done: us-west-2 leads since the switchover to epoch 2. To go back, rebuild first: npx holdfast failback',
    );
  });
});

describe('a failback', () => {
  it('rebuilds the side that was left', () => {
    expect(plan(demo, moved('SERVING'), ask('failback'))).toMatchObject({
      step: 'write',
      next: { state: 'REBUILDING', holder: STANDBY, operation: { kind: 'failback', to: HOME } },
    });
  });

  it('rebuilds a standby that a person has promoted, though the lead never moved', () => {
    const lost = { ...ask('failback'), replicaLost: true };
    for (const record of [serving(), moved('PROTECTED')]) {
      expect(plan(demo, record, lost)).toMatchObject({ step: 'write', next: { state: 'REBUILDING' } });
    }
  });

  it.each<[string, LeadershipRecord, string]>([
    [
      'where the lead never moved',
      serving(),
      'refuse: There is nothing to rebuild: the lead has never moved.',
    ],
    [
      'twice',
      moved('PROTECTED'),
      'done: us-east-1 is rebuilt: us-west-2 leads, and the platform is protected.',
    ],
    [
      'while frozen',
      moved('SERVING', { frozen: true }),
      'refuse: The platform is frozen. Allowed now: npx holdfast thaw',
    ],
    [
      'during a takeover',
      moved('CLAIMED'),
      'refuse: us-west-2 is taking over (CLAIMED); wait for it: npx holdfast status --watch',
    ],
    [
      'beside a forced takeover',
      moved('SERVING', { operation: operation('force', HOME) }),
      'refuse: Another operation is under way: force to us-east-1. anna asked for it.',
    ],
    [
      'again while it is under way',
      moved('REBUILDING', { operation: operation('failback', HOME) }),
      'follow: us-east-1 is being rebuilt already',
    ],
  ])('is not begun %s', (_, record, sentence) => {
    expect(said(record, ask('failback'))).toBe(sentence);
  });
});

describe('a forced failover', () => {
  it.each<[string, LeadershipRecord]>([
    ['a holder that serves', serving()],
    ['a side that was left', moved('SERVING')],
    ['a failback that does not end', moved('REBUILDING', { operation: operation('failback', HOME) })],
    [
      'a switchover that does not end',
      serving({ state: 'HANDOFF', operation: operation('switchover', STANDBY) }),
    ],
  ])('may be asked for beside %s', (_, record) => {
    const made = plan(demo, record, ask('failover'));
    const to = record.holder === HOME ? STANDBY : HOME;
    expect(made).toMatchObject({
      step: 'write',
      next: { state: record.state, operation: { kind: 'force', to } },
    });
  });

  it('is refused while frozen and while somebody takes over, and followed if it was asked for', () => {
    expect(said(serving({ frozen: true }), ask('failover'))).toBe(
      'refuse: The platform is frozen. Allowed now: npx holdfast thaw',
    );
    expect(said(moved('PROMOTING'), ask('failover'))).toContain('refuse: us-west-2 is taking over');
    expect(said(serving({ operation: operation('force', STANDBY) }), ask('failover'))).toBe(
      'follow: us-west-2 was told already to take over',
    );
    expect(said(moved('PROMOTING', {}, 'forced'), ask('failover'))).toBe('follow: us-west-2 is taking over');
  });
});

describe('freeze and thaw', () => {
  it('change the flag alone, in every state, and nothing if it is so already', () => {
    for (const state of STATES) {
      expect(plan(demo, serving({ state }), ask('freeze'))).toMatchObject({
        step: 'write',
        next: { state, frozen: true },
      });
    }
    expect(said(serving({ frozen: true }), ask('freeze'))).toBe('done: It is frozen already.');
    expect(said(serving(), ask('thaw'))).toBe('done: It is not frozen.');
  });
});

const records = fc
  .record({
    state: fc.constantFrom(...STATES),
    hasMoved: fc.boolean(),
    frozen: fc.boolean(),
    kind: fc.constantFrom(undefined, ...OPERATIONS),
    to: fc.constantFrom(HOME, STANDBY),
    reason: fc.constantFrom('switchover' as const, 'takeover' as const, 'forced' as const),
  })
  .map(({ state, hasMoved, frozen, kind, to, reason }) => {
    const changes = { frozen, operation: kind === undefined ? null : operation(kind, to) };
    return hasMoved ? moved(state, changes, reason) : serving({ state, ...changes });
  });

describe('every plan', () => {
  it('writes only what the table of transitions allows, and never changes who leads', () => {
    fc.assert(
      fc.property(
        records,
        fc.constantFrom(...COMMANDS),
        fc.constantFrom(undefined, HOME, STANDBY),
        (record, command, to) => {
          const made = plan(demo, record, ask(command, to));
          if (made.step !== 'write') return;
          expect(checkTransition(record, made.next)).toBeUndefined();
          expect([made.next.holder, made.next.epoch]).toEqual([record.holder, record.epoch]);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('says a sentence without a hole in it', () => {
    fc.assert(
      fc.property(records, fc.constantFrom(...COMMANDS), (record, command) => {
        expect(plan(demo, record, ask(command)).sentence).not.toMatch(/undefined|null|\.\.$/);
      }),
    );
  });
});

describe('progress', () => {
  const to = (kind: Goal['kind'], region = STANDBY): Goal => ({ kind, to: region });
  it.each<[string, Goal, LeadershipRecord, boolean | undefined]>([
    [
      'a switchover that drains',
      to('switchover'),
      serving({ state: 'DRAINING', operation: operation('switchover', STANDBY) }),
      undefined,
    ],
    ['a switchover that promotes', to('switchover'), moved('PROMOTING'), undefined],
    ['a switchover that is done', to('switchover'), moved('SERVING', {}, 'switchover'), true],
    ['a switchover that was abandoned', to('switchover'), serving(), false],
    ['a switchover whose claim was given back', to('switchover'), serving({ epoch: 3 }), false],
    ['a failback under way', to('failback', HOME), moved('REBUILDING'), undefined],
    ['a failback that is done', to('failback', HOME), moved('PROTECTED'), true],
    ['a failback that a takeover ended', to('failback', HOME), moved('CLAIMED'), false],
    [
      'a forced takeover that is watched',
      to('force'),
      serving({ operation: operation('force', STANDBY) }),
      undefined,
    ],
    ['a forced takeover that is done', to('force'), moved('SERVING', {}, 'forced'), true],
    ['a forced takeover that was withdrawn', to('force'), serving({ epoch: 3 }), false],
  ])('of %s', (_, goal, record, isReached) => {
    const found = progress(goal, record);
    expect(found.ended ? found.reached : undefined).toBe(isReached);
  });
});
