import { describe, expect, it } from '@jest/globals';
import { METRICS } from '../../../lambda/region-agent/contract';
import { turnReport } from '../../../lambda/region-agent/report';
import type { Turn } from '../../../lambda/region-agent/turn';
import { PRIMARY, REPLICA } from './support/databases';
import { record, theOther } from './support/records';
import { situation } from './support/situation';

const { settings } = situation();
const turn = (changes: Partial<Turn> = {}): Turn => ({
  record: record(),
  seen: {},
  leaseAgeSeconds: 5,
  sentence: 'All is well.',
  limitation: undefined,
  signals: [],
  failures: [],
  bestEffort: false,
  again: false,
  ...changes,
});

/** @returns a turn that saw this database and a record with these changes */
const seeing = (database: typeof PRIMARY, changes: Parameters<typeof record>[0] = {}): Turn =>
  turn({ record: record(changes), seen: { database: { known: true, value: database } } });

describe('the report of a turn', () => {
  it('has a value for each metric that alarms look at', () => {
    const { metrics } = turnReport(seeing(REPLICA, { holder: theOther(settings.own) }), settings);
    expect(Object.keys(metrics).sort()).toEqual(Object.keys(METRICS).sort());
    expect(metrics).toMatchObject({ turns: 1, failures: 0, standbyUnfit: 0 });
  });

  it('counts what failed, but not what a new holder tries again for as long as the other side is away', () => {
    const failures = ['ECS gave no answer.'];
    expect(turnReport(turn({ failures }), settings).metrics.failures).toBe(1);
    expect(turnReport(turn({ failures, bestEffort: true }), settings).metrics.failures).toBe(0);
    expect(turnReport(turn({ failures, bestEffort: true }), settings).line.failures).toEqual(failures);
  });

  it('tells how far a replica is behind, and nothing of that for a primary', () => {
    const lag = (database: typeof PRIMARY) => turnReport(seeing(database), settings).line.lagSeconds;
    expect(lag(REPLICA)).toEqual(expect.any(Number));
    expect(lag(PRIMARY)).toBeNull();
  });

  it('says what a turn without a record came to', () => {
    const { line } = turnReport(turn({ record: undefined, limitation: 'Too far behind.' }), settings);
    expect(line).toMatchObject({
      region: settings.own,
      record: null,
      database: null,
      limitation: 'Too far behind.',
    });
  });
});

describe('the gauges of leadership', () => {
  const other = theOther(settings.own);
  const gauges = (changes: Partial<Turn>) => turnReport(turn(changes), settings).metrics;

  it.each([
    ['SERVING', 1],
    ['PROTECTED', 1],
    ['REBUILDING', 1],
    ['DRAINING', 1],
    ['CLAIMED', 0],
    ['PROMOTING', 0],
  ] as const)('say of a holder in %s: %d', (state, leads) => {
    expect(gauges({ record: record({ holder: settings.own, state }) }).leads).toBe(leads);
    expect(gauges({ record: record({ holder: other, state }) }).leads).toBe(0);
  });

  it('tell the epoch and how old the record was when it was read', () => {
    expect(gauges({ record: record({ epoch: 7 }), leaseAgeSeconds: 12.5 })).toMatchObject({
      epoch: 7,
      leaseAge: 12.5,
    });
  });

  it('tell the lag of a replica, and none at the holder, though its promotion may not have ended', () => {
    const lag = (holder: string) => turnReport(seeing(REPLICA, { holder }), settings).metrics.replicationLag;
    expect(lag(other)).toEqual(expect.any(Number));
    expect(lag(settings.own)).toBeUndefined();
  });

  it('are absent where nothing is known: a 0 would say that another region leads', () => {
    const { metrics } = turnReport(turn({ record: undefined, leaseAgeSeconds: undefined }), settings);
    for (const gauge of ['leads', 'epoch', 'leaseAge', 'replicationLag'])
      expect(metrics).not.toHaveProperty(gauge);
  });
});
