import { FORMAT } from '../../../lambda/archive/contract';
import { archiveBucket, otherRole } from '../../config/names';
import type { Platform, Role } from '../../config/platform';
import type { HoldfastFunction } from '../../functions/holdfast-function';
import { BY_ALIAS, keyConditions, keys } from '../step-resources';

/** A bucket of the archive and where it is. */
export interface ArchivePlace {
  readonly bucket: string;
  readonly region: string;
}

/** What permissions are given to: a function, or the role of a task. */
export type Grantee = Pick<HoldfastFunction, 'allow' | 'explainWildcard'>;

/** The archive's buckets, that of the own region first. */
export const archivePlaces = (platform: Platform, role: Role): readonly [ArchivePlace, ArchivePlace] => {
  const place = (of: Role): ArchivePlace => {
    const region = platform.regions[of].name;
    return { bucket: archiveBucket(platform, region), region };
  };
  return [place(role), place(otherRole(role))];
};

/** Beginning of the names of objects that a function may see or make. */
export type ArchivePrefix = `${string}/`;
export const SEGMENTS: ArchivePrefix = `${FORMAT}/`;
const BY_PREFIX = 'Objects of the archive below one prefix; their names are made as they are written.';

const objects = ({ bucket }: ArchivePlace, prefixes: readonly ArchivePrefix[]): string[] =>
  prefixes.map((prefix) => `arn:aws:s3:::${bucket}/${prefix}*`);

/** Lets it list a bucket of the archive and read what is below the prefixes. */
export function allowReading(
  reader: Grantee,
  platform: Platform,
  place: ArchivePlace,
  prefixes: readonly ArchivePrefix[],
): void {
  const arns = objects(place, prefixes);
  reader.allow(['s3:ListBucket'], [`arn:aws:s3:::${place.bucket}`]);
  reader.allow(['s3:GetObject'], arns);
  for (const arn of arns) reader.explainWildcard(arn, BY_PREFIX);
  allowKey(reader, platform, place.region, ['kms:Decrypt'], 's3');
}

/** Lets it put objects below the prefixes, and nothing else: neither delete one nor shorten its lock. */
export function allowPutting(
  writer: Grantee,
  platform: Platform,
  place: ArchivePlace,
  prefixes: readonly ArchivePrefix[],
): void {
  const arns = objects(place, prefixes);
  writer.allow(['s3:PutObject'], arns);
  for (const arn of arns) writer.explainWildcard(arn, BY_PREFIX);
  allowKey(writer, platform, place.region, ['kms:GenerateDataKey'], 's3');
}

/** Lets it use the data key of a region, by way of one service. */
export function allowKey(
  user: Grantee,
  platform: Platform,
  region: string,
  actions: readonly string[],
  service: string,
): void {
  const arns = keys(platform, region);
  user.allow(actions, arns, keyConditions(platform, 'data', service, region));
  for (const arn of arns) user.explainWildcard(arn, BY_ALIAS);
}
