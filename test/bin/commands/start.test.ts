import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  CreateClusterCommand,
  CreateServiceCommand,
  DescribeServicesCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs';
import {
  CreateSecretCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { run } from '../../../bin/commands/program';
import { EXIT, type Terminal } from '../../../bin/commands/terminal';
import { isStarted, type RegionResult } from '../../../bin/start/start-service';
import { handler } from '../../../lambda/image-gate/handler';
import { dynamoTable } from '../../../lambda/leader/aws';
import { toItem } from '../../../lambda/leader/item';
import { firstRecord } from '../../../lambda/leader/record';
import { edit, VALID } from '../../config/fixture';
import { useLocalAws } from '../../support/local-aws';
import { ROOT } from '../../support/synth';
import { type Ending, type Invocation, type LambdaServer, startLambdaServer } from './lambda-server';

useLocalAws('us-east-1');
const folder = mkdtempSync(join(tmpdir(), 'holdfast-start-'));
/** `web` of the fixture has an image of its own; the worker here needs the secret that a person sets. */
const file = join(folder, 'demo.yaml');
let lambda: LambdaServer;
let answer: (invocation: Invocation) => Promise<Ending>;
const says = (state: string, sentence: string) => async (): Promise<Ending> => ({
  payload: JSON.stringify({ state, sentence }),
});

beforeAll(async () => {
  const secrets = '      CACHE_PASSWORD: cache.password\n';
  writeFileSync(file, edit(VALID, [secrets, `${secrets}      PAGER: pager-key\n`]));
  lambda = await startLambdaServer((invocation) => answer(invocation));
  process.env.AWS_ENDPOINT_URL_LAMBDA = lambda.url;
});
afterEach(() => {
  lambda.invocations.splice(0);
  jest.restoreAllMocks();
});
afterAll(async () => {
  delete process.env.AWS_ENDPOINT_URL_LAMBDA;
  delete process.env.LEADERSHIP_TABLE;
  delete process.env.LEADERSHIP_REGIONS;
  rmSync(folder, { recursive: true, force: true });
  await lambda?.stop();
});

async function holdfast(...args: readonly string[]) {
  const said = { out: '', err: '' };
  const end: Terminal = {
    root: ROOT,
    environment: {},
    out: (text) => {
      said.out += text;
    },
    err: (text) => {
      said.err += text;
    },
    columns: undefined,
    colors: false,
    showsProgress: false,
  };
  return { exit: await run(['start', '--platform', file, ...args], end), ...said };
}

/** The leadership table as after a first deployment, and the function's own variables. */
async function homeLeads(): Promise<void> {
  process.env.LEADERSHIP_TABLE = 'demo-leadership';
  process.env.LEADERSHIP_REGIONS = 'us-east-1';
  await new DynamoDBClient().send(
    new CreateTableCommand({
      TableName: 'demo-leadership',
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    }),
  );
  const item = toItem(firstRecord('us-east-1', 60, 5), 'nonce');
  await dynamoTable('demo-leadership', 'us-east-1').create(item, AbortSignal.timeout(10_000));
}

describe('holdfast start', () => {
  it('asks the gate of each region with what the stack of the service says, and prints its sentences', async () => {
    answer = says('started', 'web starts with 3.');
    expect(await holdfast('web')).toEqual({
      exit: EXIT.ok,
      out: 'us-east-1 (home): web starts with 3.\nus-west-2 (standby): web starts with 3.\n',
      err: '',
    });
    const asked = [...lambda.invocations].sort((a, b) => a.region.localeCompare(b.region));
    expect(asked).toMatchObject([
      {
        region: 'us-east-1',
        name: 'demo-image-gate',
        payload: {
          kind: 'start-asked',
          dryRun: false,
          service: {
            Repository: 'demo/web',
            Tag: '1.0',
            Service: 'web',
            Serving: '2 3 6',
            Secrets: ['demo/files/settings'],
          },
        },
      },
      { region: 'us-west-2', name: 'demo-image-gate', payload: { service: { Standby: '1 1 6' } } },
    ]);
  });

  it('asks one region only, and changes nothing, where it is told so', async () => {
    answer = says('would-start', 'web would start with 1.');
    const { exit, out } = await holdfast('web', '--region', 'standby', '--dry-run');
    expect([exit, out]).toEqual([EXIT.ok, 'us-west-2 (standby): web would start with 1.\n']);
    expect(lambda.invocations).toMatchObject([{ region: 'us-west-2', payload: { dryRun: true } }]);
  });

  it('exits with 1 where the service stays as it is', async () => {
    answer = says('stays', 'web waits: there is no image demo/web:1.0 yet.');
    const { exit, out } = await holdfast('web', '--region', 'home');
    expect([exit, out]).toEqual([
      EXIT.notOk,
      'us-east-1 (home): web waits: there is no image demo/web:1.0 yet.\n',
    ]);
  });

  it('prints JSON for programs and nothing else', async () => {
    answer = says('runs', 'web runs already, with 3.');
    const { exit, out, err } = await holdfast('web', '--region', 'home', '--json');
    expect([exit, err]).toEqual([EXIT.ok, '']);
    expect(JSON.parse(out)).toEqual({
      platform: 'demo',
      service: 'web',
      dryRun: false,
      regions: [{ region: 'us-east-1', role: 'home', state: 'runs', sentence: 'web runs already, with 3.' }],
    });
  });

  it.each([
    [['wbe'], 'demo: there is no service wbe; did you mean web? there are web, worker.'],
    [['web', '--region', 'nowhere'], 'Allowed choices are home, standby, both'],
    [['web', '--dryrun'], 'Did you mean --dry-run?'],
    [[], "missing required argument 'service'"],
  ])('refuses %j as wrong use and says what was meant', async (args, hint) => {
    const { exit, out, err } = await holdfast(...args);
    expect([exit, out]).toEqual([EXIT.wrongUse, '']);
    expect(err).toContain(hint);
    expect(lambda.invocations).toEqual([]);
  });

  it.each<[string, Ending, string]>([
    [
      'the function is not there',
      { status: 404, refusal: 'ResourceNotFoundException', payload: '{"Message":"not found"}' },
      'There is no function demo-image-gate in us-east-1; deploy the platform first: npx holdfast deploy',
    ],
    [
      'the permission is missing',
      { status: 403, refusal: 'AccessDeniedException', payload: '{"Message":"no"}' },
      'The permission lambda:InvokeFunction is missing on the function demo-image-gate in us-east-1; docs/iam-services-policy.json has it.',
    ],
    [
      'the function fails',
      {
        error: 'Unhandled',
        payload: '{"errorType":"BadProperties","errorMessage":"The property Min is bad."}',
      },
      'The function demo-image-gate in us-east-1 failed: The property Min is bad.',
    ],
    [
      'the function is stopped',
      { error: 'Unhandled', payload: '' },
      'The function demo-image-gate in us-east-1 failed: Unhandled.',
    ],
    [
      'the function is of another version',
      { payload: '{"started":true}' },
      'The function demo-image-gate in us-east-1 failed: its answer was not understood.',
    ],
  ])('says one sentence and exits with 1 if %s', async (_, ending, sentence) => {
    answer = async () => ending;
    const { exit, out } = await holdfast('web', '--region', 'home');
    expect([exit, out]).toEqual([EXIT.notOk, `us-east-1 (home): ${sentence}\n`]);
  });

  it('starts a service with a public image once its secret is set, through the real function', async () => {
    // The function's own log is no output of the command.
    jest.spyOn(console, 'log').mockImplementation(() => undefined);
    answer = async ({ payload }) => ({
      payload: JSON.stringify(
        await handler(payload as Parameters<typeof handler>[0], { getRemainingTimeInMillis: () => 60_000 }),
      ),
    });
    await homeLeads();
    const start = () => holdfast('worker', '--region', 'home');
    expect(await start()).toMatchObject({
      exit: EXIT.notOk,
      out: 'us-east-1 (home): worker waits: the secret demo/pager-key has no value. Set it, then say: npx holdfast start worker\n',
    });
    const secrets = new SecretsManagerClient();
    await secrets.send(new CreateSecretCommand({ Name: 'demo/pager-key' }));
    await secrets.send(new PutSecretValueCommand({ SecretId: 'demo/pager-key', SecretString: 'set' }));
    expect((await start()).out).toContain('There is no service worker in the cluster demo; deploy it.');

    const ecs = new ECSClient();
    await ecs.send(new CreateClusterCommand({ clusterName: 'demo' }));
    const containerDefinitions = [{ name: 'app', image: 'worker:2', memory: 128 }];
    await ecs.send(new RegisterTaskDefinitionCommand({ family: 'worker', containerDefinitions }));
    const service = { serviceName: 'worker', taskDefinition: 'worker', desiredCount: 0 };
    await ecs.send(new CreateServiceCommand({ cluster: 'demo', ...service }));
    const desired = async () => {
      const command = new DescribeServicesCommand({ cluster: 'demo', services: ['worker'] });
      return (await ecs.send(command)).services?.[0]?.desiredCount;
    };
    expect(await holdfast('worker', '--region', 'home', '--dry-run')).toMatchObject({
      exit: EXIT.ok,
      out: 'us-east-1 (home): Nothing is missing; worker would start with 1.\n',
    });
    expect(await desired()).toBe(0);
    expect(await start()).toMatchObject({
      exit: EXIT.ok,
      out: 'us-east-1 (home): Nothing is missing; worker starts with 1.\n',
    });
    expect(await desired()).toBe(1);
    expect(await start()).toMatchObject({ exit: EXIT.ok });
  });
});

describe('a service is started', () => {
  it.each<[readonly RegionResult['state'][], boolean]>([
    [['started', 'runs'], true],
    [['runs', 'rests'], true],
    [['would-start', 'would-start'], true],
    [['started', 'stays'], false],
    [['started', 'failed'], false],
    [['rests', 'rests'], false],
  ])('if it runs wherever it is meant to: %j is %s', (states, started) => {
    const results = states.map((state) => ({ region: 'r', role: 'home' as const, state, sentence: '.' }));
    expect(isStarted(results)).toBe(started);
  });
});
