import { createHash, createHmac } from 'node:crypto';

/** What ECS gives the tasks of a role. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly token: string;
}

export interface Signed {
  readonly url: URL;
  readonly region: string;
  readonly credentials: Credentials;
  /** The time of the request: `20261121T020000Z`. */
  readonly at: string;
}

/** S3 takes a request without a body so. */
const NO_BODY = 'UNSIGNED-PAYLOAD';

/**
 * The headers with which S3 answers a GET without a query. By hand, because the program that asks has to fit into the
 * definition of a task, which the SDK does not.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 */
export function signedHeaders({ url, region, credentials, at }: Signed): Readonly<Record<string, string>> {
  const headers = {
    host: url.host,
    'x-amz-content-sha256': NO_BODY,
    'x-amz-date': at,
    'x-amz-security-token': credentials.token,
  };
  const names = Object.keys(headers).join(';');
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`);
  const request = ['GET', url.pathname, '', lines.join(''), names, NO_BODY].join('\n');
  const scope = [at.slice(0, 8), region, 's3', 'aws4_request'];
  const digest = createHash('sha256').update(request).digest('hex');
  const text = ['AWS4-HMAC-SHA256', at, scope.join('/'), digest].join('\n');
  const key = scope.reduce<Buffer | string>(
    (secret, part) => hmac(secret, part),
    `AWS4${credentials.secretAccessKey}`,
  );
  const signature = hmac(key, text).toString('hex');
  return {
    ...headers,
    authorization: `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope.join('/')}, SignedHeaders=${names}, Signature=${signature}`,
  };
}

const hmac = (key: Buffer | string, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/** @returns the time as signatures have it */
export const signingTime = (nowMs: number): string =>
  new Date(nowMs).toISOString().replace(/[:-]|\.\d{3}/g, '');
