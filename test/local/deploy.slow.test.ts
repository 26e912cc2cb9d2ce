import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { loadPlatform } from '../../lib/config/load';
import { type LocalAws, startLocalAws } from '../../local/aws-api';
import { Cdk, CdkFailed } from '../../local/cdk';
import { LocalDeployment, ownImages } from '../../local/deploy-local';
import { readAssembly } from '../../local/readback/assembly';
import { json, regionAt } from '../../local/readback/aws';
import { verify } from '../../local/readback/verify';
import { sayAtOnce, WITH_INSTALLATION_MS } from '../support/local-aws';
import { ACCOUNT, REGION } from './support';

const ROOT = resolve(__dirname, '../..');
let scratch: string;
let api: LocalAws;

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'holdfast-test-'));
  api = await startLocalAws({ account: ACCOUNT, say: sayAtOnce });
}, WITH_INSTALLATION_MS);
afterAll(async () => {
  await api?.stop();
  rmSync(scratch, { recursive: true, force: true });
});

/** An app of two stacks, of which the second imports from the first. */
function toyApp(name: string, queues: object): { readonly app: string[]; readonly directory: string } {
  const app = `
    const { App, Stack, CfnOutput, CfnResource, Fn } = require('${join(ROOT, 'node_modules/aws-cdk-lib')}');
    const app = new App();
    const env = { account: '${ACCOUNT}', region: '${REGION}' };
    const first = new Stack(app, 'First', { env });
    for (const [id, properties] of Object.entries(${JSON.stringify(queues)}))
      new CfnResource(first, id, { type: 'AWS::SQS::Queue', properties });
    new CfnOutput(first, 'Out', { value: 'given', exportName: 'first-out' });
    const second = new Stack(app, 'Second', { env });
    second.addStackDependency(first);
    new CfnResource(second, 'P', { type: 'AWS::SSM::Parameter', properties: { Type: 'String', Value: Fn.importValue('first-out') } });
    app.synth();`;
  const file = join(scratch, `${name}.cjs`);
  writeFileSync(file, app);
  return { app: ['--app', `node ${file}`], directory: join(scratch, name) };
}

describe('the real command line', () => {
  const cdk = (): Cdk => new Cdk(api.endpoint, scratch, join(scratch, 'cdk.log'), ACCOUNT);

  it('bootstraps, deploys, deploys again without a change, and what it made is found in its services', async () => {
    const { app, directory } = toyApp('toy', { A: { QueueName: 'a' }, B: { QueueName: 'b' } });
    const regions: string[] = [];
    await cdk().bootstrap([REGION, 'us-west-2'], (line) => regions.push(line));
    expect(regions.sort()).toEqual(['bootstrapped us-east-1', 'bootstrapped us-west-2']);
    const first = await cdk().deploy('toy', directory, () => undefined, app);
    expect(first.map(({ stack, changed }) => ({ stack, changed }))).toEqual([
      { stack: 'First', changed: true },
      { stack: 'Second', changed: true },
    ]);
    const second = await cdk().deploy('toy', directory, () => undefined, app);
    expect(second.map(({ changed }) => changed)).toEqual([false, false]);
    const found = await verify({ endpoint: api.endpoint, account: ACCOUNT }, readAssembly(directory), []);
    expect(found).toMatchObject({ verified: 3, ran: 0, notVerified: {}, problems: [] });
  });

  it('is told on for what a stack lacks and for what a service has lost', async () => {
    const { directory } = toyApp('toy', { A: { QueueName: 'a' }, B: { QueueName: 'b' } });
    const [first] = readAssembly(directory);
    if (!first) throw new Error('The test before left no assembly.');
    const where = { endpoint: api.endpoint, account: ACCOUNT };
    const region = regionAt(api.endpoint, ACCOUNT, REGION);
    await json(region, 'sqs', 'AmazonSQS.DeleteQueue', { QueueUrl: `${api.endpoint}/${ACCOUNT}/b` });
    const resources = { ...first.resources, Never: { Type: 'AWS::SQS::Queue' } };
    const { problems } = await verify(where, [{ ...first, resources }], []);
    expect(problems).toEqual([
      'First: Never (AWS::SQS::Queue) is in the template and not in the stack.',
      expect.stringMatching(/^First: B \(AWS::SQS::Queue in us-east-1\): the service does not know .*\/b\.$/),
    ]);
  });

  it('updates a stack whose sources changed, also if an earlier command left no change set', async () => {
    for (const VisibilityTimeout of [40, 50]) {
      const { app, directory } = toyApp('toy', { A: { QueueName: 'a', VisibilityTimeout } });
      const outcomes = await cdk().deploy('toy', directory, () => undefined, app);
      expect(outcomes.map(({ changed }) => changed)).toEqual([true, false]);
      const region = regionAt(api.endpoint, ACCOUNT, REGION);
      const { Attributes } = await json<{ Attributes: Record<string, string> }>(
        region,
        'sqs',
        'AmazonSQS.GetQueueAttributes',
        { QueueUrl: `${api.endpoint}/${ACCOUNT}/a`, AttributeNames: ['VisibilityTimeout'] },
      );
      expect(Attributes.VisibilityTimeout).toBe(String(VisibilityTimeout));
    }
  });

  it('fails with the reasons of the resources that failed and the name of its whole log', async () => {
    const { app, directory } = toyApp('bad', { C: { QueueName: 'c', Colour: 'red' } });
    const failed = cdk().deploy('bad', directory, () => undefined, app);
    await expect(failed).rejects.toThrow(CdkFailed);
    await expect(failed).rejects.toThrow(/Colour/);
    await expect(failed).rejects.toThrow(`All of its output: ${join(scratch, 'cdk.log')}`);
    expect(readFileSync(join(scratch, 'cdk.log'), 'utf8')).toContain('Colour');
  });
});

describe('the images that a local deployment pushes', () => {
  it('are pushed once each, also where two services share one', () => {
    const images = ownImages(loadPlatform('prodstack', { root: ROOT })).map((one) => one.repository);
    expect(images).toContain('prodstack/backend');
    expect(new Set(images).size).toBe(images.length);
  });
});

describe('a local deployment that fails', () => {
  it('leaves the log that its message names, and nothing else that runs', async () => {
    const platform = loadPlatform('ops-center', { root: ROOT });
    const source = join(scratch, 'gone.yaml');
    const say = (): void => undefined;
    const deployment = new LocalDeployment({ platform, source, again: false, images: false, say });
    let kept: string | undefined;
    try {
      const error = await deployment.run().then(
        () => undefined,
        (reason: Error) => reason,
      );
      expect(error).toBeInstanceOf(CdkFailed);
      expect(error?.message).toContain('gone.yaml: there is no such file.');
      const { endpoint } = deployment;
      await deployment.stop();
      kept = /All of its output: (.+)$/.exec(error?.message ?? '')?.[1];
      expect(readFileSync(kept ?? '', 'utf8')).toContain('$ cdk deploy --all');
      await expect(fetch(`${endpoint}/holdfast/types`)).rejects.toThrow();
    } finally {
      await deployment.stop();
      if (kept) rmSync(dirname(kept), { recursive: true, force: true });
    }
  });
});

describe('Ctrl-C', () => {
  it('ends the deployment at once and leaves no process and no file', async () => {
    const own = mkdtempSync(join(tmpdir(), 'holdfast-interrupt-'));
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', 'local/deploy.ts', '--platform', 'ops-center'],
      {
        cwd: ROOT,
        env: { ...process.env, TMPDIR: own },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    try {
      const endpoint = await new Promise<string>((done, failed) => {
        let text = '';
        child.stdout.on('data', (chunk: Buffer) => {
          text += chunk.toString();
          const found = /local AWS API at (\S+)/.exec(text)?.[1];
          if (found) done(found);
        });
        child.once('exit', (code) => failed(new Error(`It ended with ${code}: ${text}`)));
      });
      const code = new Promise((done) => child.once('exit', done));
      child.kill('SIGINT');
      expect(await code).toBe(130);
      await expect(fetch(`${endpoint}/holdfast/types`)).rejects.toThrow();
      expect(readdirSync(own).filter((name) => name.startsWith('holdfast-'))).toEqual([]);
    } finally {
      child.kill('SIGKILL');
      rmSync(own, { recursive: true, force: true });
    }
  });
});
