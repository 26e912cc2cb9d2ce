import { describe, expect, it } from '@jest/globals';
import { synthesize, synthesized, variant } from '../support/synth';
import { functionNamed, statements } from '../support/templates';

const HOME = 'us-east-1';
const STANDBY = 'us-west-2';
const ops = () => synthesized('ops-center');
const bucket = (id: string, region = HOME) => {
  const found = ops().stack(`${region}-Foundation`).Resources[id];
  if (!found) throw new Error(`There is no ${id}.`);
  return found.Properties;
};

describe('a bucket', () => {
  it.each([HOME, STANDBY])('is versioned, encrypted by the data key of %s, private and logged', (region) => {
    expect(bucket('BucketUploads', region)).toMatchObject({
      BucketName: `ops-center-uploads-123456789012-${region}`,
      VersioningConfiguration: { Status: 'Enabled' },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          {
            BucketKeyEnabled: true,
            ServerSideEncryptionByDefault: {
              SSEAlgorithm: 'aws:kms',
              KMSMasterKeyID: { 'Fn::GetAtt': ['DataKey', 'Arn'] },
            },
          },
        ],
      },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      LoggingConfiguration: { DestinationBucketName: { Ref: 'AccessLogs' }, LogFilePrefix: 's3/uploads/' },
    });
  });

  it('keeps objects for as long as the file says, old versions 30 days, and no fragments', () => {
    expect(bucket('BucketExports').LifecycleConfiguration.Rules).toMatchObject([
      {
        Status: 'Enabled',
        ExpirationInDays: 90,
        NoncurrentVersionExpiration: { NoncurrentDays: 30 },
        AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
      },
    ]);
    const [forEver] = bucket('BucketUploads').LifecycleConfiguration.Rules;
    expect(forEver).toMatchObject({ ExpiredObjectDeleteMarker: true });
    expect(forEver).not.toHaveProperty('ExpirationInDays');
  });

  it('moves objects to the cheaper class after the days of the file', () => {
    const cold = synthesize(variant('ops-center', { buckets: { uploads: { infrequentAccessDays: 45 } } }));
    const { Rules } =
      cold.stack(`${HOME}-Foundation`).Resources.BucketUploads?.Properties.LifecycleConfiguration ?? {};
    expect(Rules[0].Transitions).toEqual([{ StorageClass: 'STANDARD_IA', TransitionInDays: 45 }]);
  });

  it('refuses requests without TLS 1.2', () => {
    const template = ops().stack(`${HOME}-Foundation`);
    const denied = statements(template).filter(
      ({ id, type, effect }) =>
        type === 'AWS::S3::BucketPolicy' &&
        template.Resources[id]?.Properties.Bucket.Ref === 'BucketUploads' &&
        effect === 'Deny',
    );
    expect(denied.map(({ condition }) => condition)).toEqual([
      { Bool: { 'aws:SecureTransport': 'false' } },
      { NumericLessThan: { 's3:TlsVersion': 1.2 } },
    ]);
  });
});

describe('access logs', () => {
  it('go after ninety days', () => {
    expect(bucket('AccessLogs').LifecycleConfiguration.Rules).toMatchObject([{ ExpirationInDays: 90 }]);
  });

  it('are written by the balancers of this account only', () => {
    const [grant] = statements(ops().stack(`${HOME}-Foundation`)).filter(({ principal }) =>
      JSON.stringify(principal ?? '').includes('logdelivery'),
    );
    expect(grant?.actions).toEqual(['s3:PutObject']);
    expect(grant?.condition).toEqual({
      ArnLike: { 'aws:SourceArn': 'arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/*' },
    });
  });
});

describe('replication of buckets', () => {
  const replications = (region: string) =>
    ops()
      .resources(`${region}-Data`, 'Custom::HoldfastBucketReplication')
      .map(([, { Properties }]) => Properties);

  it.each([
    [HOME, STANDBY],
    [STANDBY, HOME],
  ])('goes from %s to %s by names alone', (from, to) => {
    expect(replications(from).map(({ ServiceToken: _, ServiceTimeout: __, ...names }) => names)).toEqual(
      ['exports', 'uploads', 'cache-exports'].map((name) => ({
        Bucket: `ops-center-${name}-123456789012-${from}`,
        DestinationBucket: `ops-center-${name}-123456789012-${to}`,
        DestinationRegion: to,
        Role: `arn:aws:iam::123456789012:role/ops-center-s3-replication-${from}`,
        ReplicaKey: `arn:aws:kms:${to}:123456789012:alias/ops-center-data`,
      })),
    );
  });

  it('may use keys only by the alias of the platform, and only for S3', () => {
    const keys = statements(ops().stack(`${HOME}-Foundation`)).filter(
      ({ type, actions }) => type === 'AWS::IAM::Role' && actions.some((action) => action.startsWith('kms:')),
    );
    expect(keys).toHaveLength(2);
    for (const { condition } of keys)
      expect(condition).toMatchObject({
        StringEquals: { 'kms:ViaService': expect.stringMatching(/^s3\.us-(east-1|west-2)\.amazonaws\.com$/) },
        'ForAnyValue:StringEquals': { 'kms:ResourceAliases': 'alias/ops-center-data' },
      });
  });

  it('leaves a bucket alone that stays in its region', () => {
    const single = synthesize(
      variant('ops-center', { buckets: { uploads: { replicate: false }, exports: { replicate: false } } }),
    );
    const replicated = single.resources(`${HOME}-Data`, 'Custom::HoldfastBucketReplication');
    expect(replicated.map(([, { Properties }]) => Properties.Bucket)).toEqual([
      `ops-center-cache-exports-123456789012-${HOME}`,
    ]);
    const copied = statements(single.stack(`${HOME}-Foundation`))
      .filter(({ actions }) => actions.includes('s3:ReplicateObject'))
      .flatMap(({ resources }) => resources);
    expect(copied).toEqual([`arn:aws:s3:::ops-center-cache-exports-123456789012-${STANDBY}/*`]);
  });
});

describe('secrets', () => {
  const secrets = (region: string) =>
    Object.fromEntries(
      ops()
        .resources(`${region}-Foundation`, 'AWS::SecretsManager::Secret')
        .map(([, { Properties }]) => [Properties.Name, Properties]),
    );

  it('that a person sets have no generated value', () => {
    expect(secrets(HOME)['ops-center/pagerduty-ops']).not.toHaveProperty('GenerateSecretString');
    expect(secrets(HOME)['ops-center/pagerduty-ops']).not.toHaveProperty('SecretString');
  });

  it('that AWS generates are 40 letters and digits', () => {
    for (const name of ['database-owner', 'database', 'cache', 'jwt-key'])
      expect(secrets(HOME)[`ops-center/${name}`]?.GenerateSecretString).toMatchObject({
        PasswordLength: 40,
        ExcludePunctuation: true,
      });
  });

  it('keep the owner of the tables apart from the user of the application', () => {
    const user = (name: string) =>
      JSON.parse(secrets(HOME)[`ops-center/${name}`]?.GenerateSecretString.SecretStringTemplate).username;
    expect(user('database-owner')).toBe('holdfast_owner');
    expect(user('database')).toBe('app_a');
  });

  it('are made at home and copied, but for the token of the cache, which each region has for itself', () => {
    expect(Object.keys(secrets(STANDBY))).toEqual(['ops-center/cache']);
    expect(secrets(HOME)['ops-center/cache']).not.toHaveProperty('ReplicaRegions');
  });

  it('rotate where they are owned: every 30 days, or as the file says', () => {
    const schedules = (region: string) =>
      Object.fromEntries(
        ops()
          .resources(`${region}-Data`, 'AWS::SecretsManager::RotationSchedule')
          .map(([, { Properties }]) => [
            Properties.SecretId,
            Properties.RotationRules.AutomaticallyAfterDays,
          ]),
      );
    expect(schedules(HOME)).toEqual({
      'ops-center/cache': 30,
      'ops-center/database': 30,
      'ops-center/database-agent': 30,
      'ops-center/database-archive': 30,
      'ops-center/database-monitor': 30,
      'ops-center/database-owner': 30,
      'ops-center/jwt-key': 90,
    });
    expect(schedules(STANDBY)).toEqual({ 'ops-center/cache': 30 });
  });

  it('start their readers anew in both clusters with some: that of the services, and that of the collector', () => {
    const { READERS_CLUSTERS } = functionNamed(ops(), `${STANDBY}-Data`, 'ops-center-secret-rotation')
      .Environment.Variables;
    expect(READERS_CLUSTERS).toBe('ops-center,ops-center-metrics');
    const restarts = statements(ops().stack(`${STANDBY}-Data`)).filter(({ actions }) =>
      actions.includes('ecs:UpdateService'),
    );
    expect(restarts.flatMap(({ resources }) => resources).sort()).toEqual(
      [HOME, STANDBY]
        .flatMap((region) =>
          ['ops-center', 'ops-center-metrics'].map(
            (cluster) => `arn:aws:ecs:${region}:123456789012:service/${cluster}/*`,
          ),
        )
        .sort(),
    );
  });
});
