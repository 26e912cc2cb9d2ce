import { describe, expect, it } from '@jest/globals';
import type { BackupSettings } from '../../lambda/backup/contract';
import { type Synthesized, synthesize, synthesized, variant } from '../support/synth';
import { functionNamed, statements } from '../support/templates';

const HOME = 'us-east-1';
const STANDBY = 'us-west-2';
const ops = () => synthesized('ops-center');
let lockedOnce: Synthesized | undefined;
const locked = (): Synthesized => {
  lockedOnce ??= synthesize(variant('ops-center', { backup: { vaultLock: true } }));
  return lockedOnce;
};
const backupIn = (region: string) => functionNamed(ops(), `${region}-Recovery`, 'ops-center-backup');
const settings = (region: string): BackupSettings =>
  JSON.parse(backupIn(region).Environment.Variables.BACKUP_SETTINGS);
const granted = (region: string) =>
  statements(ops().stack(`${region}-Recovery`)).filter(({ id }) => id.startsWith('BackupFunctionRole'));
const resourcesOf = (region: string, action: string): string[] =>
  granted(region)
    .filter(({ actions }) => actions.includes(action))
    .flatMap(({ resources }) => resources.map(String));

describe.each([
  [HOME, STANDBY],
  [STANDBY, HOME],
])('the backup function in %s', (own, other) => {
  it('knows what the file asks for, and both sides of it', () => {
    expect(settings(own)).toMatchObject({
      own,
      other,
      keep: { daily: 30, weekly: 4, monthly: 12 },
      archive: {
        own: `ops-center-archive-123456789012-${own}`,
        other: `ops-center-archive-123456789012-${other}`,
      },
      database: { identifier: 'ops-center-db', retentionDays: 30 },
      cache: { everyMinutes: 26, exports: `ops-center-cache-exports-123456789012-${own}` },
      configuration: {
        secretPrefix: 'ops-center/',
        regionalSecrets: ['ops-center/cache'],
        stackPrefixes: { own: `OpsCenter-${own}-`, other: `OpsCenter-${other}-` },
      },
    });
    expect(backupIn(own)).toMatchObject({ Timeout: 900 });
    expect(backupIn(own)).not.toHaveProperty('VpcConfig');
  });

  it('is started at the times of the file and every quarter of an hour, and no start is repeated', () => {
    const schedules = ops()
      .resources(`${own}-Recovery`, 'AWS::Scheduler::Schedule')
      .map(([, { Properties }]) => Properties)
      .filter(({ Name }) => Name.startsWith('ops-center-backup'));
    expect(
      schedules.map(({ Name, ScheduleExpression, Target }) => [Name, ScheduleExpression, Target.Input]),
    ).toEqual([
      ['ops-center-backup', 'rate(15 minutes)', '{"start":"reconcile"}'],
      ['ops-center-backup-nightly', 'cron(0 2 * * ? *)', '{"start":"schedule","schedule":"nightly"}'],
    ]);
    for (const { Target } of schedules) expect(Target.RetryPolicy.MaximumRetryAttempts).toBe(0);
  });

  it('deletes snapshots under its own names and with its own tags, exports, and nothing else', () => {
    const deletes = granted(own).filter(({ actions }) =>
      actions.some((action) => /Delete|Remove/.test(action)),
    );
    expect(deletes.flatMap(({ actions }) => actions).sort()).toEqual([
      'elasticache:DeleteSnapshot',
      'rds:DeleteDBSnapshot',
      's3:DeleteObject',
    ]);
    expect(resourcesOf(own, 's3:DeleteObject')).toEqual([
      `arn:aws:s3:::ops-center-cache-exports-123456789012-${own}/ops-center-cache-*`,
    ]);
    for (const arn of resourcesOf(own, 'rds:DeleteDBSnapshot'))
      expect(arn).toMatch(/:snapshot:ops-center-db-backup-\*$/);
    for (const { actions, condition } of deletes)
      if (!actions.includes('s3:DeleteObject'))
        expect(condition).toEqual({
          StringEquals: {
            'aws:ResourceTag/holdfast:platform': 'ops-center',
            'aws:ResourceTag/holdfast:part': 'Backup',
          },
        });
  });

  it('puts reports and manifests into both archives, and can neither read nor write a segment', () => {
    const puts = resourcesOf(own, 's3:PutObject');
    expect(puts).toHaveLength(4);
    for (const arn of [...puts, ...resourcesOf(own, 's3:GetObject')])
      expect(arn).toMatch(/\/(reports\/backup|manifests)\/\*$/);
  });

  it('can see no value of a secret', () => {
    expect(resourcesOf(own, 'secretsmanager:GetSecretValue')).toEqual([]);
  });
});

describe('a locked vault', () => {
  it('is in both regions, and its lock is final three days after the first deployment', () => {
    for (const region of [HOME, STANDBY])
      expect(locked().only(`${region}-Foundation`, 'AWS::Backup::BackupVault')).toMatchObject({
        DeletionPolicy: 'RetainExceptOnCreate',
        Properties: {
          BackupVaultName: 'ops-center-locked',
          LockConfiguration: { MinRetentionDays: 28, MaxRetentionDays: 372, ChangeableForDays: 3 },
        },
      });
  });

  it('gets copies of the database of home for days, weeks and months, and the other region the same', () => {
    const { BackupPlanRule } = locked().only(`${HOME}-Recovery`, 'AWS::Backup::BackupPlan').Properties
      .BackupPlan;
    expect(
      BackupPlanRule.map((rule: { RuleName: string; Lifecycle: object; CopyActions: object[] }) => [
        rule.RuleName,
        rule.Lifecycle,
        rule.CopyActions,
      ]),
    ).toEqual(
      [
        ['daily', 30],
        ['weekly', 28],
        ['monthly', 372],
      ].map(([name, DeleteAfterDays]) => [
        name,
        { DeleteAfterDays },
        [
          {
            DestinationBackupVaultArn: `arn:aws:backup:${STANDBY}:123456789012:backup-vault:ops-center-locked`,
            Lifecycle: { DeleteAfterDays },
          },
        ],
      ]),
    );
    expect(
      locked().only(`${HOME}-Recovery`, 'AWS::Backup::BackupSelection').Properties.BackupSelection.Resources,
    ).toEqual([`arn:aws:rds:${HOME}:123456789012:db:ops-center-db`]);
  });

  it('is fed at home only: an instance that is backing up cannot be promoted', () => {
    expect(locked().resources(`${STANDBY}-Recovery`, 'AWS::Backup::BackupPlan')).toEqual([]);
  });

  it('is not there unless the file asks for it', () => {
    for (const template of ops().templates.values())
      expect(Object.values(template.Resources).filter(({ Type }) => Type.startsWith('AWS::Backup'))).toEqual(
        [],
      );
  });
});
