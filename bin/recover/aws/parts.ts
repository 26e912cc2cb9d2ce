import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  type S3Client,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import type { Change } from '../objects/plan';
import { call } from './call';

/**
 * Copies an object that is too large for one copy. Then S3 takes over the bytes alone: what else the version has (its type,
 * how it is cached, the application's own metadata, its tags) is read first and given to the new one.
 */

/** Of one copy, or of one part of a larger one, in milliseconds. */
export const COPY_MS = 10 * 60_000;
/** In bytes, of an object that has no more parts than S3 takes. */
const PART = 1024 ** 3;
const PARTS_MAX = 10_000;

/** Where a version is copied from and to. */
interface Copy {
  readonly Bucket: string;
  readonly Key: string;
  readonly CopySource: string;
}

/** @throws {CallFailed} when nothing is left of the copy: S3 would charge for its parts as long as they are there */
export async function copyInParts(
  client: S3Client,
  region: string,
  copy: Copy,
  version: Change,
): Promise<void> {
  const { Bucket, Key } = copy;
  const about = await aboutVersion(client, region, Bucket, version);
  const begin = new CreateMultipartUploadCommand({ Bucket, Key, ...about });
  const { UploadId } = await call('s3:PutObject', region, (options) => client.send(begin, options));
  const upload = { Bucket, Key, UploadId };
  try {
    const MultipartUpload = { Parts: await copyParts(client, region, { ...copy, UploadId }, version.size) };
    const complete = new CompleteMultipartUploadCommand({ ...upload, MultipartUpload });
    await call('s3:PutObject', region, (options) => client.send(complete, options), COPY_MS);
  } catch (error) {
    const abort = new AbortMultipartUploadCommand(upload);
    // What failed first says why. Parts that cannot be removed either are removed by the bucket's own rule, after days.
    await Promise.allSettled([
      call('s3:AbortMultipartUpload', region, (options) => client.send(abort, options)),
    ]);
    throw error;
  }
}

async function copyParts(
  client: S3Client,
  region: string,
  copy: Copy & { readonly UploadId: string | undefined },
  size: number,
): Promise<{ ETag: string | undefined; PartNumber: number }[]> {
  const parts: { ETag: string | undefined; PartNumber: number }[] = [];
  const bytes = Math.max(PART, Math.ceil(size / PARTS_MAX));
  for (let from = 0; from < size; from += bytes) {
    const PartNumber = parts.length + 1;
    const CopySourceRange = `bytes=${from}-${Math.min(from + bytes, size) - 1}`;
    const command = new UploadPartCopyCommand({ ...copy, PartNumber, CopySourceRange });
    const { CopyPartResult } = await call(
      's3:CopyObject',
      region,
      (options) => client.send(command, options),
      COPY_MS,
    );
    parts.push({ ETag: CopyPartResult?.ETag, PartNumber });
  }
  return parts;
}

/** What one copy takes over by itself. Class and encryption are those of the bucket, as there. */
async function aboutVersion(
  client: S3Client,
  region: string,
  Bucket: string,
  { key: Key, versionId: VersionId }: Change,
): Promise<Partial<CreateMultipartUploadCommandInput>> {
  const version = { Bucket, Key, VersionId };
  const head = await call('s3:GetObjectVersion', region, (options) =>
    client.send(new HeadObjectCommand(version), options),
  );
  const { TagSet = [] } = await call('s3:GetObjectVersionTagging', region, (options) =>
    client.send(new GetObjectTaggingCommand(version), options),
  );
  const expires = new Date(head.ExpiresString ?? '');
  const about = {
    CacheControl: head.CacheControl,
    ContentDisposition: head.ContentDisposition,
    ContentEncoding: head.ContentEncoding,
    ContentLanguage: head.ContentLanguage,
    ContentType: head.ContentType,
    Metadata: head.Metadata,
    ...(Number.isNaN(expires.getTime()) ? {} : { Expires: expires }),
  };
  if (TagSet.length === 0) return about;
  const tags = TagSet.map(
    ({ Key: name = '', Value = '' }) => `${encodeURIComponent(name)}=${encodeURIComponent(Value)}`,
  );
  return { ...about, Tagging: tags.join('&') };
}
