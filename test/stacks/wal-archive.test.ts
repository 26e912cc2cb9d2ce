import { describe, expect, it } from '@jest/globals';
import { type Synthesized, synthesize, synthesized, variant } from '../support/synth';
import { functionNamed, statements } from '../support/templates';

const HOME = 'us-east-1';
const STANDBY = 'us-west-2';
const ops = () => synthesized('ops-center');
const archiver = (region: string, synth = ops()) =>
  functionNamed(synth, `${region}-Recovery`, 'ops-center-wal-archive');
const variables = (region: string, synth = ops()) => archiver(region, synth).Environment.Variables;
const granted = (region: string, synth: Synthesized = ops()) =>
  statements(synth.stack(`${region}-Recovery`)).filter(({ id }) => id.startsWith('WalArchiveFunctionRole'));

describe.each([
  [HOME, STANDBY],
  [STANDBY, HOME],
])('the archiver in %s', (own, other) => {
  it('writes the bucket of its own region as the near one, with the credential of the archiver', () => {
    expect(variables(own)).toMatchObject({
      ARCHIVE_NEAR_BUCKET: `ops-center-archive-123456789012-${own}`,
      ARCHIVE_NEAR_REGION: own,
      ARCHIVE_FAR_BUCKET: `ops-center-archive-123456789012-${other}`,
      ARCHIVE_FAR_REGION: other,
      DATABASE_ARCHIVE_SECRET: 'ops-center/database-archive',
      DATABASE_NAME: 'ops_center',
      PLATFORM: 'ops-center',
      ARCHIVE_SETTINGS: '{"mode":"drain","handoverSeconds":0}',
      NODE_EXTRA_CA_CERTS: '/var/runtime/ca-cert.pem',
    });
    expect(archiver(own)).toMatchObject({ MemorySize: 1024, Timeout: 300 });
    expect(archiver(own).VpcConfig.SubnetIds).toHaveLength(3);
  });

  it('is started every minute, and a start that was missed is not made up for', () => {
    const [schedule] = ops()
      .resources(`${own}-Recovery`, 'AWS::Scheduler::Schedule')
      .map(([, { Properties }]) => Properties)
      .filter(({ Name }) => Name === 'ops-center-wal-archive');
    expect(schedule).toMatchObject({
      ScheduleExpression: 'rate(1 minute)',
      Target: { RetryPolicy: { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 } },
    });
  });

  it('may put and read segments in both regions, and can delete or unlock nothing', () => {
    const s3 = granted(own).filter(({ actions }) => actions.some((action) => action.startsWith('s3:')));
    expect([...new Set(s3.flatMap(({ actions }) => actions))].sort()).toEqual([
      's3:GetObject',
      's3:ListBucket',
      's3:PutObject',
    ]);
    const puts = s3.filter(({ actions }) => actions.includes('s3:PutObject'));
    expect(puts.flatMap(({ resources }) => resources).sort()).toEqual(
      [HOME, STANDBY].map((region) => `arn:aws:s3:::ops-center-archive-123456789012-${region}/v1/*`),
    );
  });

  it('reads one secret, and uses the data keys only by way of S3 and Secrets Manager', () => {
    const secrets = granted(own).filter(({ actions }) => actions.includes('secretsmanager:GetSecretValue'));
    expect(secrets.flatMap(({ resources }) => resources)).toEqual([
      `arn:aws:secretsmanager:${own}:123456789012:secret:ops-center/database-archive-??????`,
    ]);
    for (const { condition } of granted(own).filter(({ actions }) =>
      actions.some((one) => one.startsWith('kms:')),
    ))
      expect(condition).toMatchObject({
        StringEquals: {
          'kms:ViaService': expect.stringMatching(
            /^(s3|secretsmanager)\.us-(east-1|west-2)\.amazonaws\.com$/,
          ),
        },
        'ForAnyValue:StringEquals': { 'kms:ResourceAliases': 'alias/ops-center-data' },
      });
  });
});

describe('the way to archive', () => {
  it('that streams runs nearly all the time, and one run takes over from the other', () => {
    const stream = synthesize(variant('ops-center', { backup: { archive: { mode: 'stream' } } }));
    expect(variables(HOME, stream).ARCHIVE_SETTINGS).toBe('{"mode":"stream","handoverSeconds":55}');
    expect(archiver(HOME, stream).Timeout).toBe(900);
  });

  it('is told to the set-up of the database, with what becomes of tables without a key', () => {
    const full = synthesize(variant('ops-center', { backup: { archive: { keylessTables: 'full' } } }));
    expect(full.only(`${HOME}-Recovery`, 'Custom::HoldfastDatabaseSetup').Properties).toMatchObject({
      Archive: 'true',
      KeylessTables: 'full',
    });
  });

  it('that is none leaves out the archiver and its alarms, and the set-up takes its slot away', () => {
    const none = synthesize(variant('ops-center', { backup: { archive: false } }));
    const names = (type: string, key: string) =>
      none.resources(`${HOME}-Recovery`, type).map(([, { Properties }]) => String(Properties[key]));
    expect(names('AWS::Lambda::Function', 'FunctionName').filter((name) => /wal-archive/.test(name))).toEqual(
      [],
    );
    expect(names('AWS::CloudWatch::Alarm', 'AlarmName').filter((name) => /-archive-/.test(name))).toEqual([]);
    expect(none.only(`${HOME}-Recovery`, 'Custom::HoldfastDatabaseSetup').Properties.Archive).toBe('false');
  });
});
