import { describe, expect, it } from '@jest/globals';
import type { DrillSettings } from '../../lambda/restore-drill/contract';
import { checkQuery } from '../../lib/recovery/restore/checks';
import { synthesize, synthesized, variant } from '../support/synth';
import { functionNamed, imported, statements } from '../support/templates';

const HOME = 'us-east-1';
const STANDBY = 'us-west-2';
const ops = () => synthesized('ops-center');
const granted = (region: string, role: string) =>
  statements(ops().stack(`${region}-Recovery`)).filter(({ id }) => id.startsWith(role));
const RESTORE = 'RestoreFunctionRole';
const DRILL = 'RestoreDrillFunctionRole';
const resourcesOf = (region: string, role: string, action: string): string[] =>
  granted(region, role)
    .filter(({ actions }) => actions.includes(action))
    .flatMap(({ resources }) => resources.map(String));

describe.each([HOME, STANDBY])('the function that restores in %s', (region) => {
  const restore = () => functionNamed(ops(), `${region}-Recovery`, 'ops-center-restore');

  it('reads both archives, that of its own region first, and is started by nobody but a person', () => {
    const places = JSON.parse(restore().Environment.Variables.ARCHIVE_BUCKETS);
    expect(places.map((place: { region: string }) => place.region)).toEqual(
      region === HOME ? [HOME, STANDBY] : [STANDBY, HOME],
    );
    const targets = ops()
      .resources(`${region}-Recovery`, 'AWS::Scheduler::Schedule')
      .map(([, { Properties }]) => Properties.Name);
    expect(targets).not.toContain('ops-center-restore');
    expect(restore().VpcConfig.SubnetIds).toHaveLength(3);
  });

  it('changes nothing at AWS but the password of a restored copy', () => {
    const actions = granted(region, RESTORE).flatMap((statement) => statement.actions);
    expect(actions.filter((action) => /^(s3:Put|s3:Delete|rds:(?!Describe))/.test(action))).toEqual([
      'rds:ModifyDBInstance',
    ]);
    expect(resourcesOf(region, RESTORE, 'rds:ModifyDBInstance')).toEqual([
      `arn:aws:rds:${region}:123456789012:db:ops-center-db-restore-*`,
    ]);
  });
});

describe.each([HOME, STANDBY])('the restore drill in %s', (region) => {
  const drill = () => functionNamed(ops(), `${region}-Recovery`, 'ops-center-restore-drill');

  it('makes, changes and deletes copies under names of drills only', () => {
    const copies = `arn:aws:rds:${region}:123456789012:db:ops-center-db-restore-drill-*`;
    for (const action of ['rds:DeleteDBInstance', 'rds:ModifyDBInstance', 'rds:AddTagsToResource'])
      expect(resourcesOf(region, DRILL, action)).toEqual([copies]);
    const restored = resourcesOf(region, DRILL, 'rds:RestoreDBInstanceToPointInTime');
    expect(restored).toEqual(
      expect.arrayContaining([copies, `arn:aws:rds:${region}:123456789012:db:ops-center-db`]),
    );
  });

  it('puts records and reports, and no segment', () => {
    expect(resourcesOf(region, DRILL, 's3:PutObject').sort()).toEqual(
      ['drill-reports/*', 'drills/*', 'inspections/*'].map(
        (prefix) => `arn:aws:s3:::ops-center-archive-123456789012-${region}/${prefix}`,
      ),
    );
  });

  it('puts its copies where functions of Holdfast alone can reach them', () => {
    const [, parts] = drill().Environment.Variables.DRILL_SETTINGS['Fn::Join'] as [
      string,
      (string | { 'Fn::ImportValue': string })[],
    ];
    const text = parts.map((part) => (typeof part === 'string' ? part : part['Fn::ImportValue'])).join('');
    const settings: DrillSettings = JSON.parse(text);
    expect(settings).toMatchObject({ everyDays: 30, instance: { subnetGroup: 'ops-center-db' }, checks: [] });
    const group = imported(ops(), { 'Fn::ImportValue': settings.instance.securityGroup });
    expect(group.resource.Properties.GroupDescription).toMatch(/functions of Holdfast only/);
  });
});

describe('the checks of the file', () => {
  it.each([
    ['rows', 'select 1 from a;', 'SELECT EXISTS (select 1 from a\n)'],
    ['none', ' table faults -- none', 'SELECT NOT EXISTS (table faults -- none\n)'],
    ["it's", 'select name from a', "SELECT (select name from a\n)::text = 'it''s'"],
  ])('become one question each, that is answered by true: %s', (expect_, sql, query) => {
    expect(checkQuery({ sql, expect: expect_ })).toBe(query);
  });

  it('reach the drill', () => {
    const checked = synthesize(
      variant('ops-center', {
        backup: { restoreDrill: 'weekly', checks: { filled: { sql: 'select 1 from orders' } } },
      }),
    );
    const { DRILL_SETTINGS } = functionNamed(checked, `${HOME}-Recovery`, 'ops-center-restore-drill')
      .Environment.Variables;
    expect(JSON.stringify(DRILL_SETTINGS)).toContain('SELECT EXISTS (select 1 from orders');
    expect(JSON.stringify(DRILL_SETTINGS)).toContain('everyDays\\":7');
  });
});
