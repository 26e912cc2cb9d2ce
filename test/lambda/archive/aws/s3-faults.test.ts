import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { s3Store } from '../../../../lambda/archive/aws/s3';
import { StoreFailed } from '../../../../lambda/archive/store';
import { systemClock } from '../../../../lambda/runtime/clock';
import { sentenceOf } from '../../../../lambda/runtime/errors';

/** The adapter against answers that S3 gives on bad days. */

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** One answer for each request; the last one for all that follow. */
let answers: Answer[];
let heard: { readonly url: string; readonly headers: IncomingMessage['headers'] }[];
let server: Server;

beforeEach(async () => {
  process.env.AWS_ACCESS_KEY_ID = 'local';
  process.env.AWS_SECRET_ACCESS_KEY = 'local';
  answers = [];
  heard = [];
  server = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      heard.push({ url: request.url ?? '', headers: request.headers });
      const answer = answers.length > 1 ? answers.shift() : answers[0];
      answer?.(request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  process.env.AWS_ENDPOINT_URL_S3 = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  delete process.env.AWS_ENDPOINT_URL_S3;
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const store = () =>
  s3Store({ bucket: 'b', region: 'us-east-1', forcePathStyle: true }, systemClock, {
    tries: 3,
    tryMs: 300,
    pauseMs: 1,
  });

const says =
  (status: number, code: string): Answer =>
  (_, response) => {
    response.writeHead(status, { 'content-type': 'application/xml' });
    response.end(`<Error><Code>${code}</Code><Message>No.</Message></Error>`);
  };
const done: Answer = (_, response) => void response.writeHead(200).end();
const body =
  (text: string): Answer =>
  (_, response) =>
    void response.writeHead(200, { 'content-length': text.length }).end(text);
/** Announces more than it sends. */
const cutShort: Answer = (_, response) => {
  response.writeHead(200, { 'content-length': 100 });
  response.write('short', () => response.destroy());
};
/** Takes the request, and never answers. */
const silent: Answer = () => undefined;
/** Sends the head and a part, and then nothing. */
const stalls: Answer = (_, response) => {
  response.writeHead(200, { 'content-length': 100 });
  response.write('slow');
};

const BYTES = Buffer.from('segment');

describe('a put', () => {
  it('is conditional, and has its checksum', async () => {
    answers = [done];
    await expect(store().put('k', BYTES)).resolves.toBe('put');
    expect(heard[0]?.headers).toMatchObject({
      'if-none-match': '*',
      'x-amz-checksum-sha256': createHash('sha256').update(BYTES).digest('base64'),
    });
  });

  it('that finds the key taken says so at once', async () => {
    answers = [says(412, 'PreconditionFailed')];
    await expect(store().put('k', BYTES)).resolves.toBe('exists');
    expect(heard).toHaveLength(1);
  });

  it.each([
    ['a conflict with another put', says(409, 'ConditionalRequestConflict')],
    ['too many requests', says(503, 'SlowDown')],
    ['an error of S3', says(500, 'InternalError')],
    ['a body that came too slowly', says(400, 'RequestTimeout')],
    ['silence', silent],
    ['a connection that ends', (request: IncomingMessage) => void request.socket.destroy()],
  ])('is tried again after %s', async (_, trouble) => {
    answers = [trouble, trouble, done];
    await expect(store().put('k', BYTES)).resolves.toBe('put');
    expect(heard).toHaveLength(3);
  });

  it('whose answer was lost finds its own object', async () => {
    answers = [silent, says(412, 'PreconditionFailed')];
    await expect(store().put('k', BYTES)).resolves.toBe('exists');
  });

  it('fails after the last try, with what S3 said', async () => {
    answers = [says(409, 'ConditionalRequestConflict')];
    const error: unknown = await store()
      .put('k', BYTES)
      .catch((one: unknown) => one);
    expect(error).toBeInstanceOf(StoreFailed);
    expect(sentenceOf(error)).toContain('ConditionalRequestConflict');
    expect(heard).toHaveLength(3);
  });

  it.each(['AccessDenied', 'ExpiredToken', 'KMS.DisabledException'])(
    'is not repeated if refused with %s',
    async (code) => {
      answers = [says(code === 'AccessDenied' ? 403 : 400, code)];
      const error: unknown = await store()
        .put('k', BYTES)
        .catch((one: unknown) => one);
      expect(sentenceOf(error)).toContain(code);
      expect(heard).toHaveLength(1);
    },
  );
});

describe('a get', () => {
  it.each([
    ['a body that is cut short', cutShort],
    ['a body that stalls', stalls],
    ['an unavailable service', says(503, 'ServiceUnavailable')],
  ])('is tried again after %s', async (_, trouble) => {
    answers = [trouble, body('segment')];
    const found = await store().get('k');
    expect(Buffer.from(found ?? []).toString()).toBe('segment');
  });

  it('never gives a part of an object', async () => {
    answers = [cutShort];
    await expect(store().get('k')).rejects.toThrow(StoreFailed);
    expect(heard).toHaveLength(3);
  });

  it('tells an object that is not there from a bucket that is not', async () => {
    answers = [says(404, 'NoSuchKey')];
    await expect(store().get('k')).resolves.toBeUndefined();
    answers = [says(404, 'NoSuchBucket')];
    await expect(store().get('k')).rejects.toThrow(StoreFailed);
  });
});

describe('a list', () => {
  const page = (keys: readonly string[], token: string): string =>
    `<ListBucketResult>${keys.map((key) => `<Contents><Key>${key}</Key></Contents>`).join('')}${
      token && `<NextContinuationToken>${token}</NextContinuationToken>`
    }</ListBucketResult>`;

  it('asks for the next page only if somebody reads on, and tries each page again', async () => {
    answers = [body(page(['p/1', 'p/2'], 'more')), says(503, 'SlowDown'), body(page(['p/3'], ''))];
    const keys = store().list('p/', 'p/0')[Symbol.asyncIterator]();
    await keys.next();
    await keys.next();
    expect(heard).toHaveLength(1);
    await expect(keys.next()).resolves.toEqual({ done: false, value: 'p/3' });
    await expect(keys.next()).resolves.toMatchObject({ done: true });
    expect(heard[0]?.url).toContain('start-after=p%2F0');
    expect(heard[2]?.url).toContain('continuation-token=more');
  });
});
