import { describe, expect, it } from '@jest/globals';
import { METRICS } from '../../../lambda/region-agent/contract';
import { turnReport } from '../../../lambda/region-agent/report';
import type { Turn } from '../../../lambda/region-agent/turn';
import { PRIMARY, REPLICA } from './support/databases';
import { record } from './support/records';
import { situation } from './support/situation';

const { settings } = situation();
const turn = (changes: Partial<Turn> = {}): Turn => ({
  record: record(),
  seen: {},
  sentence: 'All is well.',
  limitation: undefined,
  signals: [],
  failures: [],
  bestEffort: false,
  again: false,
  ...changes,
});

describe('the report of a turn', () => {
  it('has a value for each metric that alarms look at', () => {
    const { metrics } = turnReport(turn(), settings);
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
    const seeing = (database: typeof PRIMARY) =>
      turnReport(turn({ seen: { database: { known: true, value: database } } }), settings).line.lagSeconds;
    expect(seeing(REPLICA)).toEqual(expect.any(Number));
    expect(seeing(PRIMARY)).toBeNull();
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
