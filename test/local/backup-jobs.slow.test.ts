import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { systemClock } from '../../lambda/runtime/clock';
import { listIn, type Rest, restOf, textIn } from '../../lambda/shared-files/aws/request';
import { type LocalAws, startLocalAws } from '../../local/aws-api';
import { sayAtOnce, WITH_INSTALLATION_MS } from '../support/local-aws';
import { ACCOUNT } from './support';

const REGION = 'us-east-1';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/backup`;
const VAULT = 'shop-shared-files';

let api: LocalAws;
let backup: Rest;
let files: Rest;
/** ARN of a file system, and of its recovery point. */
let system: string;
let point: string;

beforeAll(async () => {
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' });
  api = await startLocalAws({ account: ACCOUNT, say: sayAtOnce });
  const { endpoint } = api;
  backup = restOf('backup', REGION, { clock: systemClock, endpoint });
  files = restOf('elasticfilesystem', REGION, { clock: systemClock, endpoint });
  await backup('a vault', { method: 'PUT', path: `/backup-vaults/${VAULT}`, body: {} });
  const made = await files('a file system', {
    method: 'POST',
    path: '/2015-02-01/file-systems',
    body: { CreationToken: 'files' },
  });
  system = textIn('a file system', made, 'FileSystemArn');
  const job = await backup('a job', {
    method: 'PUT',
    path: '/backup-jobs',
    body: { BackupVaultName: VAULT, ResourceArn: system, IamRoleArn: ROLE, IdempotencyToken: 'once' },
  });
  point = textIn('a job', job, 'RecoveryPointArn');
}, WITH_INSTALLATION_MS);
afterAll(() => api?.stop());

const get = (path: string) => backup(path, { method: 'GET', path });
const restore = (from: string, metadata: object) =>
  backup('a restore', {
    method: 'PUT',
    path: '/restore-jobs',
    body: { RecoveryPointArn: from, IamRoleArn: ROLE, Metadata: metadata },
  });
const NEW = {
  newFileSystem: 'true',
  Encrypted: 'true',
  KmsKeyId: 'alias/shop-data',
  PerformanceMode: 'generalPurpose',
  CreationToken: 'rescue',
};

it('lists the jobs and the recovery points of a vault, as a person looks for them', async () => {
  const jobs = await get(`/backup-jobs/?backupVaultName=${VAULT}`);
  expect(listIn(jobs, 'BackupJobs')).toEqual([
    expect.objectContaining({ State: 'COMPLETED', ResourceArn: system }),
  ]);
  const points = await get(`/backup-vaults/${VAULT}/recovery-points/`);
  expect(listIn(points, 'RecoveryPoints')).toEqual([expect.objectContaining({ RecoveryPointArn: point })]);
  expect(await get('/backup-jobs/?backupVaultName=another')).toEqual({ BackupJobs: [] });
});

it('makes one recovery point of two jobs with one token', async () => {
  const again = await backup('a job', {
    method: 'PUT',
    path: '/backup-jobs',
    body: { BackupVaultName: VAULT, ResourceArn: system, IamRoleArn: ROLE, IdempotencyToken: 'once' },
  });
  expect(textIn('a job', again, 'RecoveryPointArn')).toBe(point);
});

it('restores a recovery point into a new file system, and into nothing else', async () => {
  const job = await restore(point, NEW);
  const told = await get(`/restore-jobs/${textIn('a restore', job, 'RestoreJobId')}`);
  expect(textIn('a restore', told, 'CreatedResourceArn')).not.toBe(system);
  const systems = await files('file systems', { method: 'GET', path: '/2015-02-01/file-systems' });
  expect(listIn(systems, 'FileSystems')).toHaveLength(2);
  await expect(restore(point, { ...NEW, newFileSystem: 'false' })).rejects.toThrow('into a new one');
  await expect(restore(`${point}0`, NEW)).rejects.toThrow('There is no recovery point');
});

it('has no vault that nobody made', async () => {
  await expect(get('/backup-vaults/another/recovery-points/')).rejects.toThrow('There is no vault another.');
});
