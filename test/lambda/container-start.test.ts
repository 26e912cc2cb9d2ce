import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { signedHeaders, signingTime } from '../../lambda/container-start/signature';
import { startArguments } from '../../lib/recovery/archive/container-start';

const CREDENTIALS = { AccessKeyId: 'ASIAEXAMPLE', SecretAccessKey: 'secret/Key+1', Token: 'session==' };
// biome-ignore lint/suspicious/noTemplateCurlyInString: the program has the placeholder
const PROGRAM = "process.stdout.write(`${require('node:path').sep} ${process.env.GREETING}`);";

describe('the signature of a request', () => {
  it('is the one that the signer of the SDK makes of the same request', () => {
    const { authorization, ...headers } = signedHeaders({
      url: new URL('https://cdk-assets.s3.eu-west-1.amazonaws.com/abc.js'),
      region: 'eu-west-1',
      credentials: { accessKeyId: 'ASIAEXAMPLE', secretAccessKey: 'secret/Key+1', token: 'session==' },
      at: signingTime(Date.UTC(2026, 10, 21, 2)),
    });
    expect(authorization).toBe(
      'AWS4-HMAC-SHA256 Credential=ASIAEXAMPLE/20261121/eu-west-1/s3/aws4_request, SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token, Signature=a39419e2d4166fa00929a4f00d6624d70a497d1fd1225f3c39bb4e56fc1f9359',
    );
    expect(headers).toMatchObject({ 'x-amz-date': '20261121T020000Z', 'x-amz-security-token': 'session==' });
  });
});

describe('a container', () => {
  let server: Server;
  let asked: { readonly path: string; readonly authorization: string | undefined }[];

  beforeEach(async () => {
    asked = [];
    server = createServer(({ url = '', headers }, answer) => {
      asked.push({ path: url, authorization: headers.authorization });
      if (url === '/credentials') answer.end(JSON.stringify(CREDENTIALS));
      else if (url === '/assets/program.js') answer.end(PROGRAM);
      else answer.writeHead(403).end('AccessDenied');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  /** Runs the first program as the definition of a task does. */
  function start(sha256: string, key = 'program.js'): Promise<{ code: number | null; said: string }> {
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const child = spawn(process.execPath, startArguments(), {
      env: {
        AWS_CONTAINER_CREDENTIALS_FULL_URI: `${endpoint}/credentials`,
        AWS_ENDPOINT_URL_S3: endpoint,
        AWS_REGION: 'us-east-1',
        PROGRAM_BUCKET: 'assets',
        PROGRAM_OBJECT: key,
        PROGRAM_SHA256: sha256,
        GREETING: 'hello',
      },
    });
    const parts: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => parts.push(part));
    return new Promise((resolve) =>
      child.on('close', (status) => resolve({ code: status, said: Buffer.concat(parts).toString() })),
    );
  }
  const DIGEST = createHash('sha256').update(PROGRAM).digest('hex');

  it('fetches its program with the credentials of its task, and runs it in place', async () => {
    expect(await start(DIGEST)).toEqual({ code: 0, said: '/ hello' });
    expect(asked.map(({ path }) => path)).toEqual(['/credentials', '/assets/program.js']);
    expect(asked[1]?.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=ASIAEXAMPLE\/\d{8}\/us-east-1\/s3\//,
    );
  });

  it('runs nothing that is not the program which was deployed', async () => {
    const { code, said } = await start('0'.repeat(64));
    expect(code).not.toBe(0);
    expect(said).toContain('is not the program that was deployed');
    expect(said).not.toContain('hello');
  });

  it('says what S3 answered when it gets none', async () => {
    const { code, said } = await start(DIGEST, 'other.js');
    expect(code).not.toBe(0);
    expect(said).toContain('answers 403: AccessDenied');
  });

  it('begins with a program that fits into the definition of a task', () => {
    expect(startArguments().join('').length).toBeLessThan(12 * 1024);
  });
});
