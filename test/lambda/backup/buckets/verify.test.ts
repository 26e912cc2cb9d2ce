import { describe, expect, it } from '@jest/globals';
import { verifyBuckets } from '../../../../lambda/backup/buckets/part';
import type { BucketReport } from '../../../../lambda/backup/buckets/verify';

const bucket = { name: 'files', own: 'files-own', other: 'files-other', replicate: true };
const fine: BucketReport = { versioned: { own: true, other: true }, replicates: true, lag: null };
const verify = (report: Partial<BucketReport>, replicate = true) =>
  verifyBuckets({ describe: async () => ({ ...fine, ...report }) }, [{ ...bucket, replicate }]);

describe('a bucket', () => {
  it('with versions and replication is backed up, and as old as its slowest copy', async () => {
    const lag = { latencySecondsMax: 42, pendingBytes: 7, failedOperations: 0 };
    await expect(verify({ lag })).resolves.toMatchObject({ failures: [], ageSeconds: 42 });
    await expect(verify({})).resolves.toMatchObject({ failures: [], ageSeconds: 0 });
  });

  it.each([
    [{ versioned: { own: false, other: true } }, 'The bucket files-own keeps no versions.'],
    [{ versioned: { own: true, other: false } }, 'The bucket files-other keeps no versions.'],
    [{ replicates: false }, 'Nothing replicates the bucket files-own to files-other.'],
    [
      { lag: { latencySecondsMax: 1, pendingBytes: 0, failedOperations: 3 } },
      '3 objects of files-own could not be replicated in the last hour.',
    ],
  ])('that lacks something has no age: %j', async (report, sentence) => {
    await expect(verify(report)).resolves.toMatchObject({ failures: [sentence], ageSeconds: null });
  });

  it('that the platform file does not replicate needs versions only', async () => {
    await expect(verify({ replicates: false }, false)).resolves.toMatchObject({ failures: [] });
  });

  it('that cannot be looked at is a failure, and the others are looked at', async () => {
    const describe = async (own: string) => {
      if (own === 'gone') throw new Error('NoSuchBucket');
      return fine;
    };
    const report = await verifyBuckets({ describe }, [bucket, { ...bucket, own: 'gone' }]);
    expect(report.failures).toEqual(['The bucket gone could not be looked at: NoSuchBucket']);
    expect(report.inventory).toHaveLength(2);
  });
});
