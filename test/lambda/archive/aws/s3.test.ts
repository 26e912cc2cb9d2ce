import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it } from '@jest/globals';
import { s3Store } from '../../../../lambda/archive/aws/s3';
import { StoreFailed } from '../../../../lambda/archive/store';
import { systemClock } from '../../../../lambda/runtime/clock';
import { useLocalAws } from '../../../support/local-aws';

/** The adapter against the local AWS API. */
const REGION = 'us-east-1';
/** So many keys on a page, so that a test of several pages is short. S3 gives 1,000. */
process.env.MOTO_S3_DEFAULT_MAX_KEYS = '4';
useLocalAws(REGION);
const BUCKET = 'shop-archive';
const store = (bucket = BUCKET) => s3Store({ bucket, region: REGION, forcePathStyle: true }, systemClock);

async function keysOf(keys: AsyncIterable<string>): Promise<string[]> {
  const found: string[] = [];
  for await (const key of keys) found.push(key);
  return found;
}

describe('a bucket', () => {
  it('that does not exist fails, and is named', async () => {
    await expect(store('shop-none').put('a', new Uint8Array())).rejects.toThrow(StoreFailed);
    await expect(store('shop-none').get('a')).rejects.toThrow('get of a in shop-none (us-east-1) failed.');
    await expect(keysOf(store('shop-none').list('a'))).rejects.toThrow(StoreFailed);
  });

  it('keeps the first object of a key, and gives it back byte for byte', async () => {
    await new S3Client({ region: REGION, forcePathStyle: true }).send(
      new CreateBucketCommand({ Bucket: BUCKET }),
    );
    const bytes = Uint8Array.from({ length: 70_000 }, (_, at) => at % 251);
    await expect(store().get('v1/1/a%2Fb/x')).resolves.toBeUndefined();
    await expect(store().put('v1/1/a%2Fb/x', bytes)).resolves.toBe('put');
    await expect(store().put('v1/1/a%2Fb/x', Uint8Array.from([1]))).resolves.toBe('exists');
    const found = await store().get('v1/1/a%2Fb/x');
    expect(Buffer.compare(found ?? new Uint8Array(), bytes)).toBe(0);
    await store().put('v1/1/empty', new Uint8Array());
    await expect(store().get('v1/1/empty')).resolves.toHaveLength(0);
    await expect(keysOf(store().list('v1/1/a'))).resolves.toEqual(['v1/1/a%2Fb/x']);
  });

  it('lists page after page in the order of the keys, and behind one', async () => {
    const keys = Array.from({ length: 10 }, (_, at) => `list/${String(at).padStart(5, '0')}`);
    await Promise.all(keys.map((key) => store().put(key, new Uint8Array())));
    await expect(keysOf(store().list('list/'))).resolves.toEqual(keys);
    await expect(keysOf(store().list('list/', keys[2]))).resolves.toEqual(keys.slice(3));
    await expect(keysOf(store().list('list/', keys.at(-1)))).resolves.toEqual([]);
  });
});
