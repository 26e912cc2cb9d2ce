import { describe, expect, it } from '@jest/globals';
import { type Resource, synthesize, synthesized, variant } from '../support/synth';
import { statements } from '../support/templates';

const HOME = 'us-east-1';
const STANDBY = 'us-west-2';
const ops = () => synthesized('ops-center');
const foundation = (region: string, synth = ops()) => synth.stack(`${region}-Foundation`);
const archive = (region = HOME, synth = ops()): Resource['Properties'] => {
  const found = foundation(region, synth).Resources.Archive;
  if (!found) throw new Error(`There is no archive in ${region}.`);
  return found.Properties;
};

describe.each([HOME, STANDBY])('the bucket of the archive in %s', (region) => {
  it('keeps every version for the days of the lock, under the data key, private and logged', () => {
    expect(archive(region)).toMatchObject({
      BucketName: `ops-center-archive-123456789012-${region}`,
      VersioningConfiguration: { Status: 'Enabled' },
      ObjectLockEnabled: true,
      ObjectLockConfiguration: {
        ObjectLockEnabled: 'Enabled',
        Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 35 } },
      },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          {
            BucketKeyEnabled: true,
            ServerSideEncryptionByDefault: { KMSMasterKeyID: { 'Fn::GetAtt': ['DataKey', 'Arn'] } },
          },
        ],
      },
      PublicAccessBlockConfiguration: { BlockPublicPolicy: true, RestrictPublicBuckets: true },
      LoggingConfiguration: { LogFilePrefix: 's3/archive/' },
    });
  });

  it('is kept when it leaves the template', () => {
    expect(foundation(region).Resources.Archive).toMatchObject({
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
    });
  });

  it('refuses a segment that does not say "only if there is none", and requests without TLS', () => {
    const template = foundation(region);
    const denied = statements(template).filter(
      ({ id, type, effect }) =>
        type === 'AWS::S3::BucketPolicy' &&
        template.Resources[id]?.Properties.Bucket.Ref === 'Archive' &&
        effect === 'Deny',
    );
    expect(denied.map(({ actions, condition }) => ({ actions, condition }))).toEqual([
      { actions: ['s3:*'], condition: { Bool: { 'aws:SecureTransport': 'false' } } },
      { actions: ['s3:*'], condition: { NumericLessThan: { 's3:TlsVersion': 1.2 } } },
      { actions: ['s3:PutObject'], condition: { Null: { 's3:if-none-match': 'true' } } },
    ]);
    expect(JSON.stringify(denied[2]?.resources)).toContain('/v1/*');
  });
});

describe('the archive', () => {
  const rules = (synth = ops()) => archive(HOME, synth).LifecycleConfiguration.Rules;

  it('ends segments when nothing reaches back to them, and reports with the oldest copy', () => {
    expect(rules()).toMatchObject([
      { Prefix: 'v1/', ExpirationInDays: 35 },
      { ExpirationInDays: 372, NoncurrentVersionExpiration: { NoncurrentDays: 35 } },
    ]);
    expect(rules()[0]).not.toHaveProperty('Transitions');
  });

  it('moves segments to the cheaper class where they stay long enough to pay for it', () => {
    const long = synthesize(variant('ops-center', { backup: { archive: { keepDays: 400 } } }));
    expect(rules(long)[0]).toMatchObject({
      ExpirationInDays: 400,
      Transitions: [{ StorageClass: 'STANDARD_IA', TransitionInDays: 30 }],
    });
    expect(rules(long)[1]).toMatchObject({ ExpirationInDays: 400 });
  });

  it('is locked for everybody with vaultLock', () => {
    const locked = synthesize(
      variant('ops-center', { backup: { vaultLock: true, archive: { lockDays: 10 } } }),
    );
    expect(archive(STANDBY, locked).ObjectLockConfiguration.Rule.DefaultRetention).toEqual({
      Mode: 'COMPLIANCE',
      Days: 10,
    });
  });
});

describe('the bucket of the exports of the cache', () => {
  const exported = (region: string) => foundation(region).Resources.CacheExports?.Properties;

  it('is one that ElastiCache can write into: its own region, no key of ours, no lock', () => {
    expect(exported(HOME)).toMatchObject({
      BucketName: `ops-center-cache-exports-123456789012-${HOME}`,
      VersioningConfiguration: { Status: 'Enabled' },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
    });
    expect(exported(HOME)).not.toHaveProperty('ObjectLockEnabled');
  });

  it.each([HOME, STANDBY])('lets in the service of %s only', (region) => {
    const allowed = statements(foundation(region)).filter(({ principal }) =>
      JSON.stringify(principal)?.includes('elasticache'),
    );
    expect(allowed.map(({ principal }) => principal)).toEqual([
      { Service: `${region}.elasticache-snapshot.amazonaws.com` },
    ]);
  });

  it('is not made without a cache', () => {
    expect(synthesized('jackcwf').stack('eu-central-1-Foundation').Resources).not.toHaveProperty(
      'CacheExports',
    );
  });
});
