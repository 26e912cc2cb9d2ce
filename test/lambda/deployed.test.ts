import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { bundle } from '../../lib/functions/bundle';
import { type AnswerServer, startAnswerServer } from '../support/answer-server';
import { useLocalAws } from '../support/local-aws';

/** Bundles as they are deployed, each in a Node of its own with its environment, against the local AWS API. */
const REGION = 'us-east-1';
useLocalAws(REGION);
let cloudFormation: AnswerServer;

beforeAll(async () => {
  cloudFormation = await startAnswerServer();
  const command = new CreateTableCommand({
    TableName: 'shop-leadership',
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
  });
  await new DynamoDBClient().send(command);
});
afterAll(() => cloudFormation.stop());

const LEADERSHIP = { LEADERSHIP_TABLE: 'shop-leadership', LEADERSHIP_REGIONS: 'us-west-2,us-east-1' };

/** @returns what the handler returned, read from the last line that the process wrote */
function invoke(
  name: string,
  event: object,
  environment: Readonly<Record<string, string>>,
): Promise<unknown> {
  const script = `
    const { handler } = require(${JSON.stringify(join(bundle(name).directory, 'index.js'))});
    const context = { getRemainingTimeInMillis: () => 30_000 };
    handler(${JSON.stringify(event)}, context).then((result) => console.log('\\n' + JSON.stringify({ result })));`;
  const child = spawn(process.execPath, ['-e', script], {
    env: { ...process.env, NODE_OPTIONS: '', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let errors = '';
  child.stdout.on('data', (text) => {
    out += text;
  });
  child.stderr.on('data', (text) => {
    errors += text;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      const last = out.trim().split('\n').at(-1) ?? '';
      if (code === 0) resolve(JSON.parse(last).result);
      else reject(new Error(`${name} ended with ${code}: ${errors}`));
    });
  });
}

const request = (ResourceProperties: object, ResourceType = 'Custom::HoldfastLeadershipRecord') => ({
  RequestType: 'Create',
  ResponseURL: cloudFormation.url,
  StackId: 'stack',
  RequestId: 'request',
  ResourceType,
  LogicalResourceId: 'Record',
  ResourceProperties,
});
const ask = (rawPath: string) => ({ rawPath, requestContext: { http: { method: 'GET' } } });
const home = { HomeRegion: REGION, LeaseSeconds: '60', EnforceSeconds: '5' };

describe('the deployed functions of leadership', () => {
  const endpoint = (rawPath: string, standby: string): Promise<unknown> =>
    invoke('leadership-endpoint', ask(rawPath), { ...LEADERSHIP, STANDBY_REGION: standby });

  it('answer 503 before there is a record', async () => {
    await expect(endpoint('/standby-leads', 'us-west-2')).resolves.toMatchObject({ statusCode: 503 });
  });

  it('make the first record once, and tell CloudFormation', async () => {
    await invoke('leadership-setup', request(home), LEADERSHIP);
    await invoke('leadership-setup', request({ ...home, HomeRegion: 'us-west-2' }), LEADERSHIP);
    expect(cloudFormation.answers.slice(-2)).toMatchObject([
      { Status: 'SUCCESS', Data: { Epoch: '1', Holder: REGION }, PhysicalResourceId: 'leadership-record' },
      { Status: 'SUCCESS', Data: { Epoch: '1', Holder: REGION }, PhysicalResourceId: 'leadership-record' },
    ]);
  });

  it('wait for the first lease by a resource of its own', async () => {
    await invoke('leadership-setup', request({}, 'Custom::HoldfastFirstLease'), LEADERSHIP);
    expect(cloudFormation.answers.at(-1)).toMatchObject({
      Status: 'FAILED',
      Reason: 'The property AgentLogGroup must be a text, but is absent.',
    });
  });

  it('answer by what the record says', async () => {
    await expect(endpoint('/standby-leads', 'us-west-2')).resolves.toMatchObject({ statusCode: 503 });
    await expect(endpoint('/standby-leads', REGION)).resolves.toMatchObject({ statusCode: 200 });
    const status = (await endpoint('/status', 'us-west-2')) as { statusCode: number; body: string };
    expect(status.statusCode).toBe(200);
    expect(JSON.parse(status.body)).toMatchObject({ record: { epoch: 1, holder: REGION, state: 'SERVING' } });
  });

  it('tell CloudFormation what their environment lacks', async () => {
    await invoke('leadership-setup', request(home), { ...LEADERSHIP, LEADERSHIP_TABLE: '' });
    expect(cloudFormation.answers.at(-1)).toMatchObject({
      Status: 'FAILED',
      Reason: "The function's environment lacks the variable LEADERSHIP_TABLE.",
    });
  });
});
