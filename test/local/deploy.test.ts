import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type LocalAws, startLocalAws } from '../../local/aws-api';
import { Cdk, CdkFailed } from '../../local/cdk';
import { readAssembly } from '../../local/readback/assembly';
import { verify } from '../../local/readback/verify';
import { ACCOUNT, REGION } from './support';

const ROOT = resolve(__dirname, '../..');
let scratch: string;
let api: LocalAws;

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'holdfast-test-'));
  api = await startLocalAws({ account: ACCOUNT });
});
afterAll(async () => {
  await api?.stop();
  rmSync(scratch, { recursive: true, force: true });
});

/** A cloud assembly by hand: two stacks, the second imports from the first. */
function assembly(name: string, queues: object): string {
  const directory = join(scratch, name);
  const app = `
    const { App, Stack, CfnOutput, CfnResource, Fn } = require('aws-cdk-lib');
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
  const file = join(ROOT, 'node_modules', `.holdfast-toy-${process.pid}.cjs`);
  writeFileSync(file, app);
  return `${file}|${directory}`;
}

describe('the real command line', () => {
  it('bootstraps, deploys, deploys again without a change, and what it made is found in its services', async () => {
    const [file = '', directory = ''] = assembly('toy', {
      A: { QueueName: 'a' },
      B: { QueueName: 'b' },
    }).split('|');
    try {
      const cdk = new Cdk(api.endpoint, scratch, join(scratch, 'cdk.log'), ACCOUNT);
      const regions: string[] = [];
      await cdk.bootstrap([REGION, 'us-west-2'], (line) => regions.push(line));
      expect(regions.sort()).toEqual(['bootstrapped us-east-1', 'bootstrapped us-west-2']);
      const app = ['--app', `node ${file}`];
      const first = await cdk.deploy('toy', directory, () => undefined, app);
      expect(first.map(({ stack, changed }) => ({ stack, changed }))).toEqual([
        { stack: 'First', changed: true },
        { stack: 'Second', changed: true },
      ]);
      const second = await cdk.deploy('toy', directory, () => undefined, app);
      expect(second.map(({ changed }) => changed)).toEqual([false, false]);
      const where = { endpoint: api.endpoint, account: ACCOUNT };
      const stacks = readAssembly(directory);
      expect(await verify(where, stacks, [])).toMatchObject({
        verified: 3,
        ran: 0,
        notVerified: {},
        problems: [],
      });
      const missing = stacks.map((stack) => ({
        ...stack,
        resources: { ...stack.resources, Never: { Type: 'AWS::SQS::Queue' } },
      }));
      expect((await verify(where, missing, [])).problems).toEqual([
        'First: Never (AWS::SQS::Queue) is in the template and not in the stack.',
        'Second: Never (AWS::SQS::Queue) is in the template and not in the stack.',
      ]);
    } finally {
      rmSync(file, { force: true });
    }
  });

  it('fails with the reasons of the resources that failed', async () => {
    const [file = '', directory = ''] = assembly('bad', { C: { QueueName: 'c', Colour: 'red' } }).split('|');
    try {
      const cdk = new Cdk(api.endpoint, scratch, join(scratch, 'cdk.log'), ACCOUNT);
      const failed = cdk.deploy('bad', directory, () => undefined, ['--app', `node ${file}`]);
      await expect(failed).rejects.toThrow(CdkFailed);
      await expect(failed).rejects.toThrow(/Colour/);
    } finally {
      rmSync(file, { force: true });
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
