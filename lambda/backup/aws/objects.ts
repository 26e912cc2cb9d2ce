import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import type { Clock } from '../../runtime/clock';
import { EXPORT_ENDING } from '../contract';
import type { CacheExports, Objects } from '../ports';
import { absentIs, allPages, refusedWith, sender, THREE_ATTEMPTS } from './request';

/** @param forcePathStyle names buckets in the path: an endpoint other than AWS's serves no names below its own */
export const s3Client = (region: string, forcePathStyle: boolean): S3Client =>
  new S3Client({ region, forcePathStyle, ...THREE_ATTEMPTS });

/** S3 answers a condition that does not hold by HTTP status, and names it so. */
const TAKEN = ['PreconditionFailed', '412'];

/** A bucket of the archive. Its objects are locked, so each is put once, with the checksum that S3 demands then. */
export function archiveObjects(client: S3Client, bucket: string, clock: Clock): Objects {
  const send = sender(clock);
  return {
    async put(key, text) {
      const command = new PutObjectCommand({
        Bucket: bucket,
        Key: key,
        Body: text,
        ContentType: 'application/json',
        ChecksumAlgorithm: 'SHA256',
        IfNoneMatch: '*',
      });
      try {
        await send(`Writing ${key} into ${bucket}`, (abortSignal) => client.send(command, { abortSignal }));
        return 'put';
      } catch (error) {
        if (refusedWith(error, ...TAKEN)) return 'exists';
        throw error;
      }
    },
    get: (key) =>
      absentIs(['NoSuchKey'], () =>
        send(`Reading ${key} from ${bucket}`, async (abortSignal) => {
          const { Body: body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }), {
            abortSignal,
          });
          return body?.transformToString();
        }),
      ),
    list: async (prefix, after) =>
      (await listObjects(client, bucket, { Prefix: prefix, StartAfter: after }, clock)).map(({ key }) => key),
  };
}

/** The bucket that ElastiCache writes exports into. */
export function exportObjects(client: S3Client, bucket: string, prefix: string, clock: Clock): CacheExports {
  const send = sender(clock);
  return {
    async list() {
      const found = await listObjects(client, bucket, { Prefix: prefix }, clock);
      return found.flatMap(({ key, bytes }) =>
        key.endsWith(EXPORT_ENDING) ? [{ name: key.slice(0, -EXPORT_ENDING.length), bytes }] : [],
      );
    },
    async remove(name) {
      const command = new DeleteObjectCommand({ Bucket: bucket, Key: `${name}${EXPORT_ENDING}` });
      await send(`Deleting the export ${name} from ${bucket}`, (abortSignal) =>
        client.send(command, { abortSignal }),
      );
    },
  };
}

function listObjects(
  client: S3Client,
  bucket: string,
  where: { readonly Prefix: string; readonly StartAfter?: string },
  clock: Clock,
): Promise<readonly { readonly key: string; readonly bytes: number }[]> {
  const send = sender(clock);
  return allPages(async (ContinuationToken) => {
    const command = new ListObjectsV2Command({ Bucket: bucket, ...where, ContinuationToken });
    const answer = await send(`Listing ${where.Prefix} in ${bucket}`, (abortSignal) =>
      client.send(command, { abortSignal }),
    );
    const items = (answer.Contents ?? []).map(({ Key: key = '', Size: bytes = 0 }) => ({ key, bytes }));
    return { items, next: answer.NextContinuationToken };
  });
}
