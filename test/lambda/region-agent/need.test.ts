import { describe, expect, it } from '@jest/globals';
import { STATES } from '../../../lambda/leader/record';
import { needs } from '../../../lambda/region-agent/need';
import { running } from './support/databases';
import { at, HOME, operation, record, recordAfter, STANDBY, takenOver } from './support/records';
import { atHome, atStandby, type Parts, secondsAgo } from './support/situation';

const probed = (seconds: number) => ({ probedMs: secondsAgo(seconds) });
const holder = (parts: Parts) => [...needs(atHome(parts))].sort();
/** What was asked a second ago is not due. */
const asked = { ...probed(1), instance: { said: running(), atMs: secondsAgo(1) } };
const other = (parts: Parts = {}) =>
  [...needs(atStandby({ ...parts, memory: { ...asked, ...parts.memory } }))].sort();
const left = (parts: Parts = {}) => [...needs(atHome({ record: takenOver(), ...parts }))].sort();

describe('what the holder looks at', () => {
  it('is its database, and RDS only around a promotion', () => {
    for (const state of STATES) {
      const promotes = state === 'CLAIMED' || state === 'PROMOTING';
      expect(holder({ record: record({ state }) })).toEqual(
        promotes ? ['database', 'instance'] : ['database'],
      );
    }
  });

  it('is its services once a minute for ten minutes after a move, when it has just renewed and nothing is left to do', () => {
    const young = (changes: object = {}) =>
      recordAfter(['takeover', 'switchover'], { servingSince: at(-599), ...changes });
    const wrote = { memory: { wrote: 100 } };
    expect(holder({ record: young(), ...wrote })).toEqual(['database', 'fleet']);
    expect(holder({ record: young(), ...wrote, managed: false })).toEqual(['fleet']);
    const counted = (seconds: number) => ({ memory: { wrote: 100, fleetMs: secondsAgo(seconds) } });
    expect(holder({ record: young(), ...counted(59) })).toEqual(['database']);
    expect(holder({ record: young(), ...counted(60) })).toEqual(['database', 'fleet']);
    for (const parts of [
      { record: young() },
      { record: young(), ...wrote, watchedSeconds: 4.5 },
      { record: young({ servingSince: at(-600) }), ...wrote },
      { record: young({ servingSince: null }), ...wrote },
      { record: young({ databaseTime: null }), ...wrote },
      { record: young({ pending: ['scale-up'] }), ...wrote },
      { record: young({ state: 'DRAINING' }), ...wrote },
      { record: young({ state: 'HANDOFF' }), ...wrote },
      { record: record({ servingSince: at(-60) }), ...wrote },
    ])
      expect(holder(parts)).toEqual(['database']);
  });

  it('is nothing where there is no managed database', () => {
    expect(holder({ managed: false })).toEqual([]);
  });
});

describe('what a region looks at that watches', () => {
  it('is RDS as soon as a takeover may be near: from half a lease on', () => {
    expect(other({ watchedSeconds: 29.9 })).not.toContain('instance');
    expect(other({ watchedSeconds: 30 })).toContain('instance');
  });

  it.each([
    ['the lead is handed over', record({ state: 'HANDOFF' })],
    ['something is asked for', record({ operation: operation('switchover', STANDBY) })],
  ])('is RDS also while %s', (_, present) => {
    expect(other({ record: present })).toContain('instance');
  });

  it('is what a claim and a promotion of the other side do to its own database', () => {
    for (const state of ['CLAIMED', 'PROMOTING'] as const) {
      expect(left({ record: takenOver({ state }) })).toEqual(['database']);
    }
  });

  it('is never what belongs to a database where none is managed', () => {
    expect(other({ managed: false, watchedSeconds: 80 })).toEqual(['fromHere', 'fromWitness']);
  });
});

describe('RDS is asked while nothing is wrong', () => {
  const said = (seconds: number) => ({ instance: { said: running(), atMs: secondsAgo(seconds) } });

  it('every 30 s, so that a person can be told whether this side could take over', () => {
    expect(other({ memory: said(29) })).not.toContain('instance');
    expect(other({ memory: said(30) })).toContain('instance');
    expect(other({ memory: { instance: undefined } })).toContain('instance');
  });
});

describe('the application of the other side is asked', () => {
  it('every 30 s', () => {
    expect(other({ memory: probed(29) })).not.toContain('fromHere');
    expect(other({ memory: probed(30) })).toEqual(expect.arrayContaining(['fromHere', 'fromWitness']));
    expect(other({ memory: { probedMs: undefined } })).toContain('fromHere');
  });

  it('once more before a watch is full', () => {
    expect(other({ watchedSeconds: 69 })).not.toContain('fromHere');
    expect(other({ watchedSeconds: 70 })).toContain('fromHere');
  });

  it('all the time while it is silent, and the own side with it if the lead may move for that', () => {
    const memory = { silentSinceMs: secondsAgo(3) };
    expect(other({ memory })).toEqual(['database', 'fromHere', 'fromWitness']);
    expect(other({ memory, settings: { failOverOnApplicationOutage: true } })).toEqual([
      'database',
      'fromHere',
      'fromWitness',
      'ownSide',
    ]);
  });
});

describe('a side that was left looks', () => {
  it('at its services once a minute, and asks nobody', () => {
    expect(left()).toEqual(['database', 'fleet']);
    expect(left({ memory: { fleetMs: secondsAgo(59) } })).toEqual(['database']);
    expect(left({ memory: { fleetMs: secondsAgo(60) } })).toEqual(['database', 'fleet']);
  });

  it('at the recipe while it is rebuilt', () => {
    const failback = takenOver({ state: 'REBUILDING', operation: operation('failback', HOME) });
    expect(left({ record: failback })).toEqual(['database', 'fleet', 'rebuild']);
  });

  it.each(['SERVING', 'REBUILDING'] as const)(
    'at RDS when a person forces the lead onto it, out of %s',
    (state) => {
      expect(left({ record: takenOver({ state, operation: operation('force', HOME) }) })).toEqual(
        expect.arrayContaining(['database', 'instance']),
      );
    },
  );

  it('at no recipe that is not its own', () => {
    const cleared = takenOver({ state: 'REBUILDING', operation: null });
    expect(left({ record: cleared })).not.toContain('rebuild');
  });
});
