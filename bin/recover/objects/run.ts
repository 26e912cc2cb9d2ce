import type { Target } from '../../../lambda/archive/restore/target';
import { timeText } from '../../../lambda/archive/restore/time';
import { bucketName } from '../../../lib/config/names';
import type { Platform } from '../../../lib/config/platform';
import { noSuch } from '../../../lib/config/suggest';
import type { Ended, Manner } from '../telling';
import { type Change, type ObjectPlan, objectsAsOf, type Version } from './plan';

/** S3, as far as a restore needs it. */
export interface ObjectVersions {
  /** Versions and marks of deletion, those of one key together. */
  versions(region: string, bucket: string, prefix: string): AsyncIterable<Version>;
  /** Copies one version, whatever its size, to a key of the same bucket. */
  copy(region: string, bucket: string, version: Change, to: string): Promise<void>;
}

export interface ObjectRequest {
  readonly target: Target;
  readonly region: string;
  /** Names in the platform file; all of them if it is empty. */
  readonly buckets: readonly string[];
  /** Only keys that begin so. */
  readonly prefix: string;
  /** Where copies go; undefined: back to their own keys. */
  readonly into: string | undefined;
}

/** Copies that are told one by one. */
const SHOWN = 50;

/**
 * Brings objects back as they were. Nothing is deleted, and nothing is lost: a copy to its own key is a new version on top.
 */
export async function restoreObjects(
  platform: Platform,
  request: ObjectRequest,
  port: ObjectVersions,
  manner: Manner,
  tell: (sentence: string) => void,
): Promise<Ended> {
  const { target, region } = request;
  if (target.kind !== 'time')
    return refused(
      'Objects are restored as of a time: --to 2026-01-31T12:00:00Z. What is there now is the latest.',
    );
  const names = platform.buckets.map(({ name }) => name);
  const strange = request.buckets.find((name) => !names.includes(name));
  if (strange !== undefined) return refused(noSuch('bucket of this platform', strange, names));
  const atMs = Number(target.timeUs / 1000n);
  const results: { bucket: string; plan: ObjectPlan }[] = [];
  for (const name of request.buckets.length > 0 ? request.buckets : names) {
    const bucket = bucketName(platform, name, region);
    const plan = await objectsAsOf(port.versions(region, bucket, request.prefix), atMs);
    tell(sentenceOf(bucket, plan, target.timeUs));
    results.push({ bucket, plan });
    for (const [index, change] of plan.changes.entries()) {
      const to = request.into === undefined ? change.key : `${request.into}/${change.key}`;
      if (index < SHOWN) tell(`${bucket}: ${change.key} (${change.now}, ${change.size} bytes) -> ${to}`);
      if (manner.stop.aborted) return interrupted;
      if (!manner.dryRun) await port.copy(region, bucket, change, to);
    }
  }
  return ended(request, results, manner.dryRun);
}

const refused = (sentence: string): Ended => ({ outcome: 'refused', sentences: [sentence] });
const interrupted: Ended = {
  outcome: 'unknown',
  sentences: [
    'It was ended before all was copied. Say the same command again: what was copied is copied again.',
  ],
};

const sentenceOf = (bucket: string, { changes, newer, unchanged }: ObjectPlan, timeUs: bigint): string =>
  `${bucket}: ${changes.length} objects were changed or deleted since ${timeText(timeUs)}, ${newer.length} are newer and stay, ${unchanged} are the same.`;

function ended(
  { into }: ObjectRequest,
  results: readonly { readonly bucket: string; readonly plan: ObjectPlan }[],
  dryRun: boolean,
): Ended {
  const count = results.reduce((sum, { plan }) => sum + plan.changes.length, 0);
  const where = into === undefined ? 'to their own keys' : `below ${into}/`;
  const sentence = dryRun
    ? `${count} objects would be copied ${where}.`
    : `${count} objects were copied ${where}; no version was deleted.`;
  return { outcome: dryRun ? 'would' : 'done', sentences: [sentence], result: results };
}
