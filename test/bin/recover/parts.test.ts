import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import type { ClientConfig, Clients } from '../../../bin/checks/aws/call';
import { CallFailed } from '../../../bin/checks/failures';
import { objectVersions } from '../../../bin/recover/aws/objects';
import { HOME } from '../operate/records';

const GIB = 1024 ** 3;
const VERSION = { key: 'films/one.mp4', versionId: 'v1', size: 6 * GIB + 5, now: 'deleted' } as const;

interface Asked {
  readonly method: string;
  readonly query: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: unknown;
}

/** S3 as it answers on the wire, without one. */
class FakeS3 {
  readonly asked: Asked[] = [];
  /** Part at which S3 refuses. */
  refused: number | undefined;

  readonly clients: Clients = (make) => () => make(this.config);

  private readonly config: ClientConfig & { readonly requestHandler: unknown } = {
    region: HOME,
    maxAttempts: 1,
    credentials: async () => ({ accessKeyId: 'local', secretAccessKey: 'local' }),
    requestHandler: {
      handle: async (
        { method, query, headers }: Omit<Asked, 'signal'>,
        { abortSignal: signal }: { readonly abortSignal?: unknown } = {},
      ) => {
        this.asked.push({ method, query, headers, signal });
        const { status = 200, about = {}, body } = this.answer(method, query);
        const sent = { 'content-type': 'application/xml', ...about };
        return { response: { statusCode: status, headers: sent, body: Readable.from([body]) } };
      },
    },
  };

  private answer(
    method: string,
    query: Asked['query'],
  ): { status?: number; about?: Record<string, string>; body: string } {
    if (method === 'HEAD')
      return {
        about: {
          'content-type': 'video/mp4',
          'cache-control': 'max-age=60',
          'x-amz-meta-owner': 'studio',
          expires: 'Wed, 21 Oct 2026 07:28:00 GMT',
        },
        body: '',
      };
    if ('tagging' in query)
      return {
        body: '<Tagging><TagSet><Tag><Key>kind of</Key><Value>a&amp;b</Value></Tag></TagSet></Tagging>',
      };
    if ('uploads' in query)
      return {
        body: '<InitiateMultipartUploadResult><UploadId>up</UploadId></InitiateMultipartUploadResult>',
      };
    if (query.partNumber !== undefined && query.partNumber === String(this.refused))
      return { status: 403, body: '<Error><Code>AccessDenied</Code><Message>no</Message></Error>' };
    if (query.partNumber !== undefined)
      return { body: `<CopyPartResult><ETag>e${String(query.partNumber)}</ETag></CopyPartResult>` };
    if (method === 'DELETE') return { status: 204, body: '' };
    return { body: '<CompleteMultipartUploadResult><ETag>e</ETag></CompleteMultipartUploadResult>' };
  }

  copy(): Promise<void> {
    return objectVersions(this.clients, true).copy(HOME, 'uploads', VERSION, VERSION.key);
  }
  get parts(): readonly Asked[] {
    return this.asked.filter(({ query }) => query.partNumber !== undefined);
  }
}

describe('an object that is larger than S3 copies at once', () => {
  it('keeps its type, how it is cached, its metadata and its tags', async () => {
    const s3 = new FakeS3();
    await s3.copy();
    const begun = s3.asked.find(({ query }) => 'uploads' in query);
    expect(begun?.headers).toMatchObject({
      'content-type': 'video/mp4',
      'cache-control': 'max-age=60',
      'x-amz-meta-owner': 'studio',
      'x-amz-tagging': 'kind%20of=a%26b',
      expires: 'Wed, 21 Oct 2026 07:28:00 GMT',
    });
    expect(s3.asked.slice(0, 2).map(({ query }) => query.versionId)).toEqual(['v1', 'v1']);
  });

  it('is copied in parts without a gap, each with a limit of its own in time', async () => {
    const s3 = new FakeS3();
    await s3.copy();
    const ranges = s3.parts.map(({ headers }) => headers['x-amz-copy-source-range']);
    expect(ranges).toHaveLength(7);
    expect(ranges.slice(-2)).toEqual([`bytes=${5 * GIB}-${6 * GIB - 1}`, `bytes=${6 * GIB}-${6 * GIB + 4}`]);
    expect(new Set(s3.parts.map(({ signal }) => signal)).size).toBe(7);
    expect(s3.asked.at(-1)).toMatchObject({ method: 'POST', query: { uploadId: 'up' } });
  });

  it('leaves no part behind that nobody sees and somebody pays for', async () => {
    const s3 = new FakeS3();
    s3.refused = 3;
    await expect(s3.copy()).rejects.toThrow(CallFailed);
    expect(s3.parts).toHaveLength(3);
    expect(s3.asked.at(-1)).toMatchObject({ method: 'DELETE', query: { uploadId: 'up' } });
  });
});
