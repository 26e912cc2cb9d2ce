import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  PutObjectCommand,
  PutObjectLockConfigurationCommand,
  PutObjectRetentionCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type LocalAws, startLocalAws } from '../../local/aws-api';
import { sayAtOnce, WITH_INSTALLATION_MS } from '../support/local-aws';
import { ACCOUNT, Stacks } from './support';

const Bucket = 'archive';
const DAY_MS = 86_400_000;
const WRITERS = 4;
const ROUNDS = 6;
/** So large that the API is at work on several at once. */
const BYTES = 6_000_000;

let api: LocalAws;
let s3: S3Client;

beforeAll(async () => {
  api = await startLocalAws({ account: ACCOUNT, say: sayAtOnce });
  s3 = new S3Client({ ...new Stacks(api).config, forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket, ObjectLockEnabledForBucket: true }));
  const Rule = { DefaultRetention: { Mode: 'COMPLIANCE' as const, Days: 35 } };
  const ObjectLockConfiguration = { ObjectLockEnabled: 'Enabled' as const, Rule };
  await s3.send(new PutObjectLockConfigurationCommand({ Bucket, ObjectLockConfiguration }));
}, WITH_INSTALLATION_MS);
afterAll(() => api?.stop());

const put = (Key: string, Body: string) =>
  s3.send(new PutObjectCommand({ Bucket, Key, Body, IfNoneMatch: '*', ChecksumAlgorithm: 'SHA256' }));

async function race(Key: string): Promise<void> {
  const bodies = Array.from({ length: WRITERS }, (_, n) => `${n}`.repeat(BYTES));
  const answers = await Promise.allSettled(bodies.map((body) => put(Key, body)));
  const winners = answers.flatMap(({ status }, n) => (status === 'fulfilled' ? [n] : []));
  expect(winners).toHaveLength(1);
  const codes = answers.flatMap((one) =>
    one.status === 'rejected' ? [one.reason.$metadata.httpStatusCode] : [],
  );
  expect(codes).toEqual(Array.from({ length: WRITERS - 1 }, () => 412));
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
  expect(await Body?.transformToString()).toBe(bodies[winners[0] ?? -1]);
}

describe('an object of an archive', () => {
  it('is written by one of many at the same time, and the others are told 412', async () => {
    for (let round = 1; round <= ROUNDS; round += 1) await race(`segment-${round}`);
  });

  it('stays as long as it is locked, and nobody can shorten that', async () => {
    const { VersionId } = await put('locked', 'kept');
    const version = { Bucket, Key: 'locked', VersionId };
    const BypassGovernanceRetention = true;
    await expect(
      s3.send(new DeleteObjectCommand({ ...version, BypassGovernanceRetention })),
    ).rejects.toMatchObject({
      name: 'AccessDenied',
    });
    const retain = (days: number, Mode: 'COMPLIANCE' | 'GOVERNANCE' = 'COMPLIANCE') => {
      const Retention = { Mode, RetainUntilDate: new Date(Date.now() + days * DAY_MS) };
      return s3.send(new PutObjectRetentionCommand({ ...version, Retention }));
    };
    await expect(retain(1)).rejects.toMatchObject({ name: 'AccessDenied' });
    await expect(retain(90, 'GOVERNANCE')).rejects.toMatchObject({ name: 'AccessDenied' });
    await retain(90);
    await s3.send(new DeleteObjectCommand({ Bucket, Key: 'locked' }));
    const { Body } = await s3.send(new GetObjectCommand(version));
    expect(await Body?.transformToString()).toBe('kept');
  });
});
