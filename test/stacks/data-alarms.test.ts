import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { METRICS as BACKUP, COMPONENT_METRICS } from '../../lambda/backup/contract';
import { METRICS as DRILL } from '../../lambda/restore-drill/contract';
import { METRICS as ARCHIVE } from '../../lambda/wal-archive/contract';
import { RUNBOOKS } from '../../lib/monitoring/cloudwatch/runbooks';
import { RECOVERY_ALARMS } from '../../lib/recovery/alarms';
import { childrenOf } from '../support/paging';
import { type Resource, ROOT, synthesize, synthesized, variant } from '../support/synth';

const HOME = 'us-east-1';
const STANDBY = 'us-west-2';
const OF_LEADERSHIP = RECOVERY_ALARMS.map(({ name }) => `ops-center-${name}`);
/** Told for a person to look at, and on no alarm: how much was done, and how long a drill took. */
const FOR_A_DASHBOARD: readonly string[] = [
  ARCHIVE.transactions,
  ARCHIVE.segments,
  ARCHIVE.bytes,
  ARCHIVE.farBehind,
  COMPONENT_METRICS.failures,
  DRILL.runs,
  DRILL.succeeded,
  DRILL.rtoSeconds,
  DRILL.rpoSeconds,
];

/** Whatever is told of in the morning is bad when it lasts, and takes nothing from what could be brought back now. */
const QUIET: readonly string[] = [
  'archive-unverified',
  'archive-unarchivable',
  'backup-quota-reached',
  'restore-drill-errors',
  'restore-drill-leftovers',
  'restore-drill-overdue',
].map((name) => `ops-center-${name}`);

const alarms = (region: string, synth = synthesized('ops-center')): Resource['Properties'][] =>
  synth
    .resources(`${region}-Recovery`, 'AWS::CloudWatch::Alarm')
    .map(([, { Properties }]) => Properties)
    .filter(({ AlarmName }) => !OF_LEADERSHIP.includes(AlarmName));
const alarm = (name: string, region = HOME): Resource['Properties'] => {
  const found = alarms(region).find(({ AlarmName }) => AlarmName === `ops-center-${name}`);
  if (!found) throw new Error(`There is no alarm ${name}.`);
  return found;
};

describe.each([HOME, STANDBY])('the alarms on what is kept in %s', (region) => {
  it('page by themselves or as a reason of a symptom, or wait for the morning; each says what to do first, and which runbook has the rest', () => {
    const recovery = `${region}-Recovery`;
    const [topic] = synthesized('ops-center').resources(recovery, 'AWS::SNS::Topic')[0] ?? [];
    const reasons = synthesized('ops-center')
      .resources(recovery, 'AWS::CloudWatch::CompositeAlarm')
      .flatMap(([, { Properties }]) => {
        expect([Properties.AlarmActions, Properties.OKActions]).toEqual([[{ Ref: topic }], [{ Ref: topic }]]);
        return childrenOf(Properties.AlarmRule);
      });
    expect(alarms(region).length).toBeGreaterThan(15);
    for (const { AlarmName, AlarmActions, OKActions, AlarmDescription } of alarms(region)) {
      const who = reasons.includes(AlarmName)
        ? undefined
        : QUIET.includes(AlarmName)
          ? [`arn:aws:sns:${region}:123456789012:ops-center-alerts`]
          : [{ Ref: topic }];
      expect([AlarmName, AlarmActions, OKActions]).toEqual([AlarmName, who, who]);
      const runbook = /Runbook: docs\/runbooks\/([a-z-]+)\.md$/.exec(AlarmDescription)?.[1] ?? '';
      expect([AlarmName, RUNBOOKS]).toEqual([AlarmName, expect.arrayContaining([runbook])]);
      expect([AlarmName, existsSync(join(ROOT, 'docs/runbooks', `${runbook}.md`))]).toEqual([
        AlarmName,
        true,
      ]);
      expect(AlarmDescription).toMatch(/ (Look|Ask|Read) /);
      // CloudWatch takes no longer one.
      expect(AlarmDescription.length).toBeLessThanOrEqual(1024);
    }
  });

  it('are on every metric of the three functions but those that a person looks at', () => {
    const told = [BACKUP, COMPONENT_METRICS, DRILL, ARCHIVE].flatMap((metrics) =>
      Object.values<string>(metrics),
    );
    const watched = new Set(alarms(region).map(({ MetricName }) => String(MetricName)));
    expect(told.filter((metric) => !watched.has(metric)).sort()).toEqual([...FOR_A_DASHBOARD].sort());
  });

  it('see functions that crash, which can report nothing themselves', () => {
    const errors = alarms(region).filter(({ MetricName }) => MetricName === 'Errors');
    expect(errors.map(({ AlarmName }) => AlarmName).sort()).toEqual([
      'ops-center-archive-errors',
      'ops-center-backup-function-errors',
      'ops-center-restore-drill-errors',
    ]);
  });
});

describe('silence', () => {
  const breaching = (region: string) =>
    alarms(region)
      .filter(({ TreatMissingData }) => TreatMissingData === 'breaching')
      .map(({ AlarmName }) => String(AlarmName).slice('ops-center-'.length))
      .sort();

  it('is trouble where a run or a good copy should be told of, in both regions', () => {
    const expected = [
      'archive-silent',
      'archive-unverified',
      'backup-function-silent',
      'backup-silent-cache',
      'backup-silent-configuration',
      'backup-silent-database',
      'restore-drill-overdue',
    ];
    expect(breaching(HOME)).toEqual(expected);
    expect(breaching(STANDBY)).toEqual(expected);
  });

  it('of a copy begins after a day and what it takes to make it, and to bring it to the other region', () => {
    expect(alarm('backup-silent-database')).toMatchObject({
      MetricName: COMPONENT_METRICS.age,
      Dimensions: [
        { Name: 'Platform', Value: 'ops-center' },
        { Name: 'Component', Value: 'database' },
      ],
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      Threshold: 26 * 3600,
    });
    expect(alarm('backup-silent-database', STANDBY).Threshold).toBe(30 * 3600);
  });

  it('of the cache begins when three exports are missing, and three hours at least', () => {
    expect(alarm('backup-silent-cache').Threshold).toBe(3 * 3600);
    const seldom = synthesize(variant('ops-center', { cache: { snapshotEveryMinutes: 240 } }));
    const [found] = alarms(HOME, seldom).filter(({ AlarmName }) => AlarmName.endsWith('backup-silent-cache'));
    expect(found?.Threshold).toBe(12 * 3600);
  });
});

describe('the slot', () => {
  it('warns long before PostgreSQL drops it', () => {
    const { Parameters } = synthesized('ops-center').only(
      `${HOME}-Data`,
      'AWS::RDS::DBParameterGroup',
    ).Properties;
    const limit = Number(Parameters.max_slot_wal_keep_size) * 1024 ** 2;
    expect(alarm('archive-slot-bytes').Threshold / limit).toBeCloseTo(0.3, 3);
    expect(alarm('archive-slot-endangered')).toMatchObject({ EvaluationPeriods: 1, Period: 60 });
  });
});

describe('a gap', () => {
  it('pages at once', () => {
    expect(alarm('archive-gap')).toMatchObject({
      MetricName: ARCHIVE.gaps,
      EvaluationPeriods: 1,
      Period: 60,
    });
  });
});

describe('the alarms on a locked vault', () => {
  it('are at home only, where it is fed', () => {
    const locked = synthesize(variant('ops-center', { backup: { vaultLock: true } }));
    const names = (region: string) =>
      alarms(region, locked)
        .filter(({ Namespace }) => Namespace === 'AWS/Backup')
        .map(({ AlarmName, Dimensions }) => [AlarmName, Dimensions[0].Value]);
    expect(names(HOME)).toEqual([
      ['ops-center-locked-copy-failed', 'ops-center-locked'],
      ['ops-center-locked-copy-silent', 'ops-center-locked'],
    ]);
    expect(names(STANDBY)).toEqual([]);
  });
});
