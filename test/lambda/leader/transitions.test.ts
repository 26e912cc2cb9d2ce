import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type LeadershipRecord, OPERATIONS, STATES, type State, TASKS } from '../../../lambda/leader/record';
import {
  abandoned,
  claimed,
  draining,
  frozen,
  handedOff,
  promoting,
  protectedAgain,
  rebuilding,
  renewed,
  serving,
  taskDone,
  withdrawn,
  withOperation,
} from '../../../lambda/leader/steps';
import { checkTransition, TRANSITIONS } from '../../../lambda/leader/transitions';
import { anyRecord, asked, first, HOME, RECORDS, RENEWAL, STANDBY } from './records';

const { initial, taken, promotion, left, rebuilt, guarded } = RECORDS;
const { drained, handedOver, drainedBack, handedBack, forced } = RECORDS;

/** Every way there is, `>` with the same holder and `>>` to the other one; the same state with the same holder apart. */
const WAYS = [
  'SERVING > DRAINING',
  'PROTECTED > DRAINING',
  'DRAINING > HANDOFF',
  'DRAINING > SERVING',
  'DRAINING > PROTECTED',
  'HANDOFF > SERVING',
  'HANDOFF > PROTECTED',
  'SERVING >> CLAIMED',
  'PROTECTED >> CLAIMED',
  'DRAINING >> CLAIMED',
  'HANDOFF >> CLAIMED',
  'REBUILDING >> CLAIMED',
  'CLAIMED >> SERVING',
  'CLAIMED >> PROTECTED',
  'CLAIMED > PROMOTING',
  'CLAIMED > SERVING',
  'PROMOTING > SERVING',
  'SERVING > REBUILDING',
  'PROTECTED > REBUILDING',
  'REBUILDING > PROTECTED',
];
const way = (from: State, to: State, changesHolder: boolean): string =>
  `${from} ${changesHolder ? '>>' : '>'} ${to}`;

/** One legal change for every row, by the steps that the agent and the command line use. */
const LEGAL: readonly (readonly [LeadershipRecord, LeadershipRecord])[] = [
  ...Object.values(RECORDS).map((record) => [record, renewed(record, { outageSeconds: 7 })] as const),
  [initial, draining(initial, asked('switchover', STANDBY))],
  [guarded, rebuilding(guarded, asked('failback', HOME))],
  [guarded, draining(guarded, asked('application-outage', HOME))],
  [drained, handedOff(drained, '0/30')],
  [drained, abandoned(drained)],
  [drainedBack, abandoned(drainedBack)],
  [handedOver, abandoned(handedOver)],
  [handedBack, abandoned(handedBack)],
  [initial, claimed(initial, STANDBY, 'takeover', 'Silent.')],
  [guarded, claimed(guarded, HOME, 'takeover', 'Silent.')],
  [drained, claimed(drained, STANDBY, 'takeover', 'Silent.')],
  [handedOver, claimed(handedOver, STANDBY, 'switchover', 'Handed over.')],
  [withOperation(rebuilt, asked('force', HOME)), force(rebuilt)],
  [withOperation(left, asked('force', HOME)), force(left)],
  [taken, withdrawn(taken, 'No replica.')],
  [claimed(guarded, HOME, 'takeover', 'x'), withdrawn(claimed(guarded, HOME, 'takeover', 'x'), 'y')],
  [taken, promoting(taken, { receiveLsn: null, replayLsn: '0/10' })],
  [taken, serving(taken, RENEWAL)],
  [promotion, serving(promotion, RENEWAL)],
  [left, rebuilding(left, asked('failback', HOME))],
  [rebuilt, protectedAgain(rebuilt)],
];

function force(record: LeadershipRecord): LeadershipRecord {
  return claimed(withOperation(record, asked('force', HOME)), HOME, 'forced', 'A person.');
}

describe('the table of transitions', () => {
  it('has exactly the ways of the protocol, and each state may stay', () => {
    const stay = STATES.map((state) => way(state, state, false));
    const table = TRANSITIONS.map(({ from, to, changesHolder }) => way(from, to, changesHolder));
    expect([...table].sort()).toEqual([...WAYS, ...stay].sort());
  });

  it('accepts a legal change for each of its rows', () => {
    const walked = new Set<string>();
    for (const [current, next] of LEGAL) {
      expect(checkTransition(current, next)).toBeUndefined();
      walked.add(way(current.state, next.state, current.holder !== next.holder));
    }
    expect(walked.size).toBe(TRANSITIONS.length);
  });

  it('refuses every other pair of states and holders', () => {
    const record = fc.constantFrom(...Object.values(RECORDS));
    fc.assert(
      fc.property(record, fc.constantFrom(...STATES), fc.boolean(), (current, state, changesHolder) => {
        fc.pre(state !== current.state || changesHolder);
        fc.pre(!WAYS.includes(way(current.state, state, changesHolder)));
        const other = current.holder === HOME ? STANDBY : HOME;
        const base = changesHolder ? claimed(current, other, 'forced', 'x') : renewed(current, {});
        expect(checkTransition(current, { ...base, state })).toMatch(/^There is no way from /);
      }),
    );
  });

  it('refuses whatever differs in more than a row lets it', () => {
    fc.assert(
      fc.property(anyRecord, anyRecord, (current, any) => {
        const next = {
          ...any,
          version: current.version + 1,
          promotedFrom: { receiveLsn: null, replayLsn: '9/9' },
        };
        fc.pre(current.state !== 'CLAIMED' || next.state !== 'PROMOTING');
        expect(checkTransition(current, next)).toBeDefined();
      }),
    );
  });

  it.each(
    LEGAL.map(
      ([current, next]) =>
        [way(current.state, next.state, next.holder !== current.holder), current, next] as const,
    ),
  )('refuses %s with another version, epoch, history or length of lease', (_, current, next) => {
    const entry = { epoch: 1, holder: HOME, reason: 'first', sentence: 'x' } as const;
    for (const wrong of [
      { version: current.version },
      { version: current.version + 2 },
      { epoch: next.epoch + 1 },
      { epoch: next.epoch - 1 },
      { ttlSeconds: 0 },
      { ttlSeconds: Number.NaN },
      { enforceSeconds: -1 },
      { history: [] },
      { history: [...next.history, entry] },
      { history: [entry, ...next.history] },
      { history: next.history.map((one) => ({ ...one, sentence: 'Changed.' })) },
    ]) {
      expect(checkTransition(current, { ...next, ...wrong })).toBeDefined();
    }
  });
});

describe('a transition', () => {
  const refusal = (current: LeadershipRecord, next: LeadershipRecord): string | undefined =>
    checkTransition(current, next);

  it('never leads back from PROMOTING, to no state and to no holder', () => {
    for (const state of STATES.filter((one) => one !== 'PROMOTING' && one !== 'SERVING')) {
      expect(refusal(promotion, { ...renewed(promotion, {}), state })).toContain('no way');
    }
    expect(refusal(promotion, withdrawn(promotion, 'x'))).toContain(
      'no way from PROMOTING by us-west-2 at epoch 2',
    );
    expect(refusal(promotion, claimed(promotion, HOME, 'forced', 'x'))).toContain('no way');
  });

  it('is no takeover by a side that was left, but by a person who forces it', () => {
    for (const record of [left, rebuilt]) {
      expect(refusal(record, claimed(record, HOME, 'takeover', 'x'))).toContain('has not been rebuilt');
      expect(refusal(record, claimed(record, HOME, 'forced', 'x'))).toContain('needs the operation force');
    }
  });

  it('is no claim by a forced move to the other region', () => {
    const record = { ...left, operation: asked('force', STANDBY) };
    expect(refusal(record, claimed(record, HOME, 'forced', 'x'))).toContain(
      'needs the operation force to us-east-1',
    );
  });

  it('is no planned claim before the holder has handed over, nor for another operation', () => {
    for (const reason of ['switchover', 'application-outage'] as const) {
      expect(refusal(drained, claimed(drained, STANDBY, reason, 'x'))).toContain('needs HANDOFF');
    }
    expect(refusal(handedOver, claimed(handedOver, STANDBY, 'application-outage', 'x'))).toContain(
      'needs HANDOFF',
    );
    const overruled = withOperation(handedOver, asked('force', STANDBY));
    expect(refusal(overruled, claimed(overruled, STANDBY, 'switchover', 'x'))).toBeUndefined();
  });

  it('leaves with a claim what the former holder told: its lease above all', () => {
    const claim = claimed(initial, STANDBY, 'takeover', 'x');
    expect(refusal(initial, { ...claim, ttlSeconds: 1 })).toContain('It may not change ttlSeconds.');
    expect(refusal(initial, { ...claim, walLsn: '0/0', frozen: true })).toContain('change walLsn, frozen.');
  });

  it('is no move while an operator has frozen the platform', () => {
    const ice = frozen(initial, true);
    expect(refusal(ice, claimed(ice, STANDBY, 'takeover', 'x'))).toContain('It is frozen.');
    expect(refusal(ice, draining(ice, asked('switchover', STANDBY)))).toContain('It is frozen.');
    expect(refusal(ice, frozen(ice, false))).toBeUndefined();
  });

  it('drains only for a move to the other side, and only if that is fit', () => {
    expect(refusal(left, draining(left, asked('switchover', HOME)))).toContain('has not been rebuilt');
    expect(refusal(initial, draining(initial, asked('failback', STANDBY)))).toContain('switchover or');
    expect(refusal(initial, draining(initial, asked('switchover', HOME)))).toContain('does not lead');
  });

  it('rebuilds by a failback only, also a standby that was never left: a person may have promoted it', () => {
    expect(refusal(initial, rebuilding(initial, asked('failback', STANDBY)))).toBeUndefined();
    expect(refusal(left, rebuilding(left, asked('switchover', HOME)))).toContain('operation failback');
  });

  it('abandons a drain into no other protection than it came from', () => {
    expect(refusal(drained, { ...abandoned(drained), state: 'PROTECTED' })).toContain('leads back to');
    expect(refusal(drainedBack, { ...abandoned(drainedBack), state: 'SERVING' })).toContain('leads back to');
  });

  it('gives a claim back to the former holder, as protected as it was', () => {
    const back = withdrawn(taken, 'x');
    expect(refusal(taken, { ...back, state: 'PROTECTED' })).toContain('leads back to SERVING');
    expect(refusal(taken, claimed(taken, 'eu-west-1', 'takeover', 'x'))).toContain('no way');
    const elsewhere = { epoch: 3, holder: 'eu-west-1', reason: 'withdrawn', sentence: 'x' } as const;
    const stolen = { ...back, holder: 'eu-west-1', history: [...taken.history, elsewhere] };
    expect(refusal(taken, stolen)).toContain('former holder');
  });

  it('promotes only with the positions of the replica written down', () => {
    expect(refusal(taken, { ...renewed(taken, {}), state: 'PROMOTING' })).toContain('promotedFrom must tell');
  });

  it('adds no task but when a new holder serves, and takes away any', () => {
    expect(refusal(initial, { ...renewed(initial, {}), pending: TASKS })).toContain('becomes pending');
    expect(refusal(left, { ...renewed(left, {}), pending: [...TASKS].reverse() })).toContain(
      'becomes pending',
    );
    for (const task of TASKS) expect(refusal(left, taskDone(left, task))).toBeUndefined();
  });

  it('tells once since when a holder serves', () => {
    const later = '2026-01-02T00:00:00.000Z';
    expect(refusal(first, renewed(first, { servingSince: later }))).toBeUndefined();
    expect(refusal(left, renewed(left, { servingSince: later }))).toContain('is told once');
  });

  it('takes no operation that is about the holder itself', () => {
    for (const kind of OPERATIONS) {
      expect(refusal(initial, withOperation(initial, asked(kind, HOME)))).toContain('does not lead');
      expect(refusal(initial, withOperation(initial, asked(kind, STANDBY)))).toBeUndefined();
    }
  });

  it('shows in a sentence what was wanted and why it may not be', () => {
    expect(
      refusal(initial, { ...renewed(initial, {}), promotedFrom: { receiveLsn: null, replayLsn: null } }),
    ).toBe(
      'SERVING by us-east-1 at epoch 1 may not become SERVING by us-east-1 at epoch 1: It may not change promotedFrom.',
    );
  });

  it('of a forced claim is given back unprotected, even where the platform was protected', () => {
    expect(refusal(forced, withdrawn(forced, 'x'))).toBeUndefined();
    expect(withdrawn(forced, 'x').state).toBe('SERVING');
  });
});
