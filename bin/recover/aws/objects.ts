import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandInput,
  type ListObjectVersionsCommandOutput,
  S3Client,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import type { Clients } from '../../checks/aws/call';
import type { Change, Version } from '../objects/plan';
import type { ObjectVersions } from '../objects/run';
import { call } from './call';

/** What S3 copies at once, and in parts of a larger object. https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
const COPY_MAX = 5 * 1024 ** 3;
const PART = 1024 ** 3;
/** Of one copy, in milliseconds. */
const COPY_MS = 10 * 60_000;

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
      const work = (abortSignal: AbortSignal): Promise<unknown> =>
        version.size <= COPY_MAX
          ? s3(region).send(new CopyObjectCommand({ Bucket, Key, CopySource }), { abortSignal })
          : copyInParts(s3(region), { Bucket, Key }, CopySource, version, abortSignal);
      await call('s3:CopyObject', region, ({ abortSignal }) => work(abortSignal), COPY_MS);
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

async function copyInParts(
  client: S3Client,
  to: { readonly Bucket: string; readonly Key: string },
  CopySource: string,
  { size }: Change,
  abortSignal: AbortSignal,
): Promise<void> {
  const { UploadId } = await client.send(new CreateMultipartUploadCommand(to), { abortSignal });
  const Parts: { ETag: string | undefined; PartNumber: number }[] = [];
  for (let from = 0; from < size; from += PART) {
    const PartNumber = Parts.length + 1;
    const CopySourceRange = `bytes=${from}-${Math.min(from + PART, size) - 1}`;
    const part = { ...to, UploadId, PartNumber, CopySource, CopySourceRange };
    const { CopyPartResult } = await client.send(new UploadPartCopyCommand(part), { abortSignal });
    Parts.push({ ETag: CopyPartResult?.ETag, PartNumber });
  }
  const complete = { ...to, UploadId, MultipartUpload: { Parts } };
  await client.send(new CompleteMultipartUploadCommand(complete), { abortSignal });
}
