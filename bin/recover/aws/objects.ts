import {
  CopyObjectCommand,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandInput,
  type ListObjectVersionsCommandOutput,
  S3Client,
} from '@aws-sdk/client-s3';
import type { Clients } from '../../checks/aws/call';
import type { Version } from '../objects/plan';
import type { ObjectVersions } from '../objects/run';
import { call } from './call';
import { COPY_MS, copyInParts } from './parts';

/** What S3 copies at once, in bytes. https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
const COPY_MAX = 5 * 1024 ** 3;

/** @param forcePathStyle names buckets in the path: an endpoint other than AWS's serves no names below its own */
export function objectVersions(clients: Clients, forcePathStyle: boolean): ObjectVersions {
  const s3 = clients((config) => new S3Client({ ...config, forcePathStyle }));
  return {
    async *versions(region, Bucket, Prefix) {
      let at: Place | undefined = {};
      while (at) {
        const wanted: ListObjectVersionsCommandInput = { Bucket, Prefix, ...at };
        const page: ListObjectVersionsCommandOutput = await call('s3:ListBucketVersions', region, (options) =>
          s3(region).send(new ListObjectVersionsCommand(wanted), options),
        );
        const versions = (page.Versions ?? []).map((one) => versionOf(one, false, one.Size ?? 0));
        const marks = (page.DeleteMarkers ?? []).map((one) => versionOf(one, true, 0));
        yield* [...versions, ...marks].sort(byKey);
        const { NextKeyMarker: KeyMarker, NextVersionIdMarker: VersionIdMarker } = page;
        at = page.IsTruncated ? { KeyMarker, VersionIdMarker } : undefined;
      }
    },
    async copy(region, Bucket, version, Key) {
      const CopySource = `${Bucket}/${encodeURIComponent(version.key)}?versionId=${encodeURIComponent(version.versionId)}`;
      if (version.size > COPY_MAX)
        return copyInParts(s3(region), region, { Bucket, Key, CopySource }, version);
      const command = new CopyObjectCommand({ Bucket, Key, CopySource });
      await call('s3:CopyObject', region, (options) => s3(region).send(command, options), COPY_MS);
    },
  };
}

/** Where the next page begins. */
type Place = Pick<ListObjectVersionsCommandInput, 'KeyMarker' | 'VersionIdMarker'>;

const byKey = (one: Version, other: Version): number =>
  Buffer.compare(Buffer.from(one.key), Buffer.from(other.key));

const versionOf = (
  one: {
    readonly Key?: string | undefined;
    readonly VersionId?: string | undefined;
    readonly LastModified?: Date | undefined;
  },
  deleted: boolean,
  size: number,
): Version => ({
  key: one.Key ?? '',
  versionId: one.VersionId ?? 'null',
  modifiedMs: one.LastModified?.getTime() ?? 0,
  deleted,
  size,
});
