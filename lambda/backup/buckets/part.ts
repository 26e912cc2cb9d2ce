import type { BucketSettings } from '../contract';
import type { ComponentReport } from '../host';
import type { BucketView } from '../ports';
import { look, type Seen } from '../seen';
import { type BucketReport, defectsOf } from './verify';

/** Looks at every bucket; there is nothing to be done. */
export async function verifyBuckets(
  view: BucketView,
  buckets: readonly BucketSettings[],
): Promise<ComponentReport> {
  const looked = await Promise.all(
    buckets.map(async (bucket) => ({
      bucket,
      seen: await look(() => view.describe(bucket.own, bucket.other)),
    })),
  );
  const failures = looked.flatMap(({ bucket, seen }) =>
    seen.known
      ? defectsOf(bucket, seen.value)
      : [`The bucket ${bucket.own} could not be looked at: ${seen.why}`],
  );
  const lags = looked.map(({ seen }) => lagOf(seen));
  return {
    done: [],
    failures,
    notes: [],
    quota: false,
    ageSeconds: failures.length > 0 ? null : Math.max(0, ...lags),
    inventory: looked.map(({ bucket, seen }) => ({ ...bucket, report: seen.known ? seen.value : null })),
  };
}

/** A bucket of which S3 reports nothing has nothing that waits. */
const lagOf = (seen: Seen<BucketReport>): number =>
  seen.known ? (seen.value.lag?.latencySecondsMax ?? 0) : 0;
