import { createHash } from 'node:crypto';
import {
  GetObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { attempt } from '../../runtime/attempt';
import type { Clock } from '../../runtime/clock';
import { HoldfastError, nameOf } from '../../runtime/errors';
import { type ObjectStore, StoreFailed } from '../store';

/**
 * A bucket as a store of segments. Objects are put under the condition that there is none, and with a checksum, which a
 * bucket with Object Lock demands; the bucket's own default encrypts them. What passes is tried again here, a few times and
 * with growing pauses, and not by the SDK: each try has its time, and a put whose answer was lost finds its own object on
 * the next try, which is `exists`.
 */

export interface Bucket {
  readonly bucket: string;
  readonly region: string;
  /** Names the bucket in the path: an endpoint other than AWS's serves no names below its own. Default: false. */
  readonly forcePathStyle?: boolean;
}

/** How patient a store is. */
export interface Patience {
  /** Tries of one operation. Default: 4. */
  readonly tries?: number;
  /** Of one try, in milliseconds, body included. Default: 20,000. */
  readonly tryMs?: number;
  /** Before the second try, in milliseconds; doubles from try to try. Default: 200. */
  readonly pauseMs?: number;
}

/** An answer that must not be believed: the object is longer than what came. */
class CutShort extends HoldfastError {
  constructor(
    readonly expected: number,
    readonly found: number,
  ) {
    super(`S3 announced ${expected} bytes, and ${found} came.`);
  }
}

/** @param clock by which it waits */
export function s3Store(place: Bucket, clock: Clock, patience: Patience = {}): ObjectStore {
  const { bucket: Bucket, region, forcePathStyle = false } = place;
  const client = new S3Client({ region, forcePathStyle, maxAttempts: 1 });
  const name = `${Bucket} (${region})`;
  const persist = persistence(name, clock, patience);
  return {
    name,
    put(Key, Body) {
      const ChecksumSHA256 = createHash('sha256').update(Body).digest('base64');
      // Object Lock asks for the name of the algorithm beside the checksum.
      const command = {
        Bucket,
        Key,
        Body,
        ChecksumAlgorithm: 'SHA256',
        ChecksumSHA256,
        IfNoneMatch: '*',
      } as const;
      return persist('put', Key, async (abortSignal) => {
        try {
          await client.send(new PutObjectCommand(command), { abortSignal });
          return 'put';
        } catch (error) {
          if (statusOf(error) === 412) return 'exists';
          throw error;
        }
      });
    },
    get: (Key) => persist('get', Key, (abortSignal) => read(client, { Bucket, Key }, abortSignal)),
    async *list(Prefix, StartAfter) {
      let token: string | undefined;
      do {
        const from = token === undefined ? { StartAfter } : { ContinuationToken: token };
        const page: ListObjectsV2CommandOutput = await persist('list', Prefix, (abortSignal) =>
          client.send(new ListObjectsV2Command({ Bucket, Prefix, ...from }), { abortSignal }),
        );
        for (const { Key } of page.Contents ?? []) if (Key !== undefined) yield Key;
        token = page.NextContinuationToken;
      } while (token);
    },
  };
}

async function read(
  client: S3Client,
  where: { readonly Bucket: string; readonly Key: string },
  abortSignal: AbortSignal,
): Promise<Uint8Array | undefined> {
  try {
    const { Body, ContentLength } = await client.send(new GetObjectCommand(where), { abortSignal });
    const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array();
    if (ContentLength !== undefined && ContentLength !== bytes.length) {
      throw new CutShort(ContentLength, bytes.length);
    }
    return bytes;
  } catch (error) {
    if (nameOf(error) === 'NoSuchKey') return undefined;
    throw error;
  }
}

type Persist = <T>(operation: string, key: string, work: (signal: AbortSignal) => Promise<T>) => Promise<T>;

/** @returns does `work` until it succeeds, is refused, or was tried often enough; then throws {StoreFailed} */
function persistence(
  store: string,
  clock: Clock,
  { tries = 4, tryMs = 20_000, pauseMs = 200 }: Patience,
): Persist {
  return async (operation, key, work) => {
    for (let number = 1; ; number += 1) {
      try {
        return await attempt(clock, tryMs, `The ${operation} of ${key}`, work);
      } catch (error) {
        if (number >= tries || isRefusal(error))
          throw new StoreFailed(operation, key, store, { cause: error });
        await clock.sleep(pauseMs * 2 ** (number - 1));
      }
    }
  };
}

/** Of an answer by HTTP; undefined if there was none. */
function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('$metadata' in error)) return undefined;
  const { $metadata: metadata } = error;
  if (typeof metadata !== 'object' || metadata === null || !('httpStatusCode' in metadata)) return undefined;
  return typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : undefined;
}

/** 409: another put of the key is under way. 408 and 429: S3 asks for patience. The rest below 500 stays as it is. */
const PASSING: readonly number[] = [408, 409, 429];
/** S3 says so with status 400 when a body comes too slowly. */
const TOO_SLOW = 'RequestTimeout';

function isRefusal(error: unknown): boolean {
  const status = statusOf(error);
  if (status === undefined || nameOf(error) === TOO_SLOW) return false;
  return status >= 400 && status < 500 && !PASSING.includes(status);
}
