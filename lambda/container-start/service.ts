import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { compileFunction } from 'node:vm';
import { required } from '../runtime/environment';
import { ENVIRONMENT } from './contract';
import { type Credentials, signedHeaders, signingTime } from './signature';

/**
 * The first program of a container whose image holds nothing of Holdfast: it fetches the real one from the bucket of
 * assets, runs it if it is byte for byte the one that was deployed, and is gone. So no image has to be built or pushed.
 */

const PATIENCE_MS = 30_000;
/** Where ECS tells a container the credentials of its task. */
const ECS = 'http://169.254.170.2';

async function main(): Promise<void> {
  const { bucket, key, sha256, region } = required(process.env, ENVIRONMENT);
  const endpoint = process.env.AWS_ENDPOINT_URL_S3;
  const url = new URL(
    endpoint === undefined
      ? `https://${bucket}.s3.${region}.amazonaws.com/${key}`
      : `${endpoint}/${bucket}/${key}`,
  );
  const headers = signedHeaders({
    url,
    region,
    credentials: await credentials(),
    at: signingTime(Date.now()),
  });
  const program = Buffer.from(await (await fetched(url, headers)).arrayBuffer());
  const found = createHash('sha256').update(program).digest('hex');
  if (found !== sha256)
    throw new Error(`${url.href} is not the program that was deployed: its SHA-256 is ${found}.`);
  const exported = { exports: {} };
  const run = compileFunction(program.toString(), ['require', 'module', 'exports']);
  run(createRequire('/'), exported, exported.exports);
}

async function credentials(): Promise<Credentials> {
  const { AWS_CONTAINER_CREDENTIALS_FULL_URI: whole, AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: path } =
    process.env;
  const told = (await (await fetched(new URL(whole ?? `${ECS}${path}`), {})).json()) as {
    readonly AccessKeyId: string;
    readonly SecretAccessKey: string;
    readonly Token: string;
  };
  return { accessKeyId: told.AccessKeyId, secretAccessKey: told.SecretAccessKey, token: told.Token };
}

async function fetched(url: URL, headers: Readonly<Record<string, string>>): Promise<Response> {
  const answer = await fetch(url, { headers, signal: AbortSignal.timeout(PATIENCE_MS) });
  if (!answer.ok) throw new Error(`${url.href} answers ${answer.status}: ${await answer.text()}`);
  return answer;
}

void main();
