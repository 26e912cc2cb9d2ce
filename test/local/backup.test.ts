import {
  DeleteObjectCommand,
  GetObjectLockConfigurationCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type LocalAws, startLocalAws } from '../../local/aws-api';
import { rest } from '../../local/readback/aws';
import { buckets } from '../../local/readback/facts-data';
import { sayAtOnce, WITH_INSTALLATION_MS } from '../support/local-aws';
import { ACCOUNT, Stacks, type Template } from './support';

let api: LocalAws;
let stacks: Stacks;

beforeAll(async () => {
  api = await startLocalAws({ account: ACCOUNT, say: sayAtOnce });
  stacks = new Stacks(api);
}, WITH_INSTALLATION_MS);
afterAll(() => api?.stop());

const region = () => ({
  name: stacks.config.region,
  account: ACCOUNT,
  endpoint: stacks.config.endpoint,
  config: { ...stacks.config, maxAttempts: 1 },
});
const ask = <T>(path: string): Promise<T> => rest<T>(region(), 'backup', path);

describe('a vault of AWS Backup', () => {
  const template = (days: number): Template => ({
    Resources: {
      Vault: {
        Type: 'AWS::Backup::BackupVault',
        Properties: {
          BackupVaultName: 'locked',
          LockConfiguration: { MinRetentionDays: 7, MaxRetentionDays: 372, ChangeableForDays: 3 },
        },
      },
      Plan: {
        Type: 'AWS::Backup::BackupPlan',
        Properties: {
          BackupPlan: {
            BackupPlanName: 'locked',
            BackupPlanRule: [
              {
                RuleName: 'daily',
                TargetBackupVault: { Ref: 'Vault' },
                ScheduleExpression: 'cron(0 1 * * ? *)',
                Lifecycle: { DeleteAfterDays: days },
              },
            ],
          },
        },
      },
      Selection: {
        Type: 'AWS::Backup::BackupSelection',
        Properties: {
          BackupPlanId: { 'Fn::GetAtt': ['Plan', 'BackupPlanId'] },
          BackupSelection: {
            SelectionName: 'database',
            IamRoleArn: `arn:aws:iam::${ACCOUNT}:role/backup`,
            Resources: [`arn:aws:rds:us-east-1:${ACCOUNT}:db:db`],
          },
        },
      },
    },
  });

  it('is locked as its template says, and its plan follows the template', async () => {
    await stacks.create('vault', template(7));
    expect(await ask('/backup-vaults/locked')).toMatchObject({
      Locked: true,
      MinRetentionDays: 7,
      MaxRetentionDays: 372,
    });
    await stacks.update('vault', template(8));
    const { BackupPlansList } = await ask<{ BackupPlansList: { BackupPlanId: string }[] }>('/backup/plans/');
    expect(BackupPlansList).toHaveLength(1);
    const plan = await ask<{ BackupPlan: object }>(`/backup/plans/${BackupPlansList[0]?.BackupPlanId}`);
    expect(plan.BackupPlan).toMatchObject({
      Rules: [{ TargetBackupVaultName: 'locked', Lifecycle: { DeleteAfterDays: 8 } }],
    });
  });
});

describe('a bucket with Object Lock', () => {
  it('gives each object the retention of its template, which nothing shortens', async () => {
    await stacks.create('bucket', {
      Resources: {
        Archive: {
          Type: 'AWS::S3::Bucket',
          Properties: {
            BucketName: 'archive',
            ObjectLockEnabled: true,
            ObjectLockConfiguration: {
              ObjectLockEnabled: 'Enabled',
              Rule: { DefaultRetention: { Mode: 'COMPLIANCE', Days: 35 } },
            },
          },
        },
      },
    });
    const s3 = new S3Client({ ...stacks.config, forcePathStyle: true });
    const { ObjectLockConfiguration } = await s3.send(
      new GetObjectLockConfigurationCommand({ Bucket: 'archive' }),
    );
    expect(ObjectLockConfiguration?.Rule?.DefaultRetention).toMatchObject({ Mode: 'COMPLIANCE', Days: 35 });
    const put = await s3.send(new PutObjectCommand({ Bucket: 'archive', Key: 'one', Body: 'x' }));
    await expect(
      s3.send(
        new DeleteObjectCommand({
          Bucket: 'archive',
          Key: 'one',
          VersionId: put.VersionId,
          BypassGovernanceRetention: true,
        }),
      ),
    ).rejects.toThrow(/[Dd]enied/);
    const resource = {
      stack: 'bucket',
      region: region().name,
      logicalId: 'Archive',
      physicalId: 'archive',
      type: 'AWS::S3::Bucket',
      definition: { Type: 'AWS::S3::Bucket' },
      siblings: new Map<string, string>(),
    };
    expect(await buckets(region(), [resource])).toEqual([
      expect.objectContaining({ bucket: 'archive', versioning: 'Enabled', lock: '35 d, COMPLIANCE' }),
    ]);
  });
});
