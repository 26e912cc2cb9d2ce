import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ecsTasks, parameterLedgers } from '../../../lambda/migration-gate/aws';
import { ecsTasks as readyTasks } from '../../../lambda/readiness-gate/aws';
import { type AwsStub, type StubRequest, startAwsStub } from '../../support/aws-stub';

/** What ECS and Systems Manager answer is played: the local AWS API knows neither failures of a task nor addresses. */
let stub: AwsStub;
let answers: Record<string, object | { readonly status: number; readonly error: string }> = {};
const operation = ({ headers }: StubRequest): string =>
  String(headers['x-amz-target']).split('.').at(-1) ?? '';
const sent = (name: string): object[] =>
  stub.requests.filter((one) => operation(one) === name).map(({ body }) => JSON.parse(body) as object);

beforeEach(async () => {
  stub = await startAwsStub((request) => {
    const answer = answers[operation(request)] ?? {};
    if ('error' in answer)
      return { status: 400, body: JSON.stringify({ __type: answer.error, message: 'no' }) };
    return { status: 200, body: JSON.stringify(answer) };
  });
  Object.assign(process.env, {
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_ECS: stub.endpoint,
    AWS_ENDPOINT_URL_SSM: stub.endpoint,
  });
});
afterEach(async () => {
  delete process.env.AWS_ENDPOINT_URL_ECS;
  delete process.env.AWS_ENDPOINT_URL_SSM;
  answers = {};
  await stub.stop();
});

describe('the task of a migration', () => {
  const order = {
    cluster: 'shop',
    definition: 'd:1',
    subnets: ['s'],
    securityGroups: ['g'],
    token: 'change-1',
  };

  it('is ordered on Fargate with its token, without a public address', async () => {
    answers = { RunTask: { tasks: [{ taskArn: 'task-1' }] } };
    expect(await ecsTasks().run(order)).toBe('task-1');
    expect(sent('RunTask')[0]).toMatchObject({
      clientToken: 'change-1',
      launchType: 'FARGATE',
      networkConfiguration: { awsvpcConfiguration: { assignPublicIp: 'DISABLED', subnets: ['s'] } },
    });
  });

  it('that ECS does not start is told with its reason', async () => {
    answers = { RunTask: { tasks: [], failures: [{ reason: 'RESOURCE:FARGATE' }] } };
    await expect(ecsTasks().run(order)).rejects.toThrow('ECS started no task: RESOURCE:FARGATE.');
  });

  it('has ended with the code of its container, and without one if that never started', async () => {
    const state = async (task: object) => {
      answers = { DescribeTasks: { tasks: [task] } };
      return ecsTasks().state('shop', 'task-1');
    };
    expect(
      await state({ lastStatus: 'STOPPED', containers: [{ name: 'app', exitCode: 3, reason: 'oops' }] }),
    ).toEqual({
      ended: true,
      exitCode: 3,
      reason: 'oops',
    });
    const unstarted = { lastStatus: 'STOPPED', containers: [{ name: 'app' }], stoppedReason: 'CannotPull' };
    expect(await state(unstarted)).toEqual({ ended: true, exitCode: undefined, reason: 'CannotPull' });
    expect(await state({ lastStatus: 'PENDING', createdAt: 5 })).toEqual({ ended: false, createdAt: 5000 });
  });
});

describe('the ledger of migrations', () => {
  const ledger = () => parameterLedgers('/shop/ledger', 'eu-central-1', () => undefined);

  it('is empty before the first one', async () => {
    answers = { GetParameter: { status: 400, error: 'ParameterNotFound' } };
    expect(await ledger().read()).toEqual({ succeeded: [] });
  });

  it('is written down in both regions', async () => {
    await ledger().write({ succeeded: ['a'] });
    expect(sent('PutParameter')).toHaveLength(2);
  });

  it('that cannot be read is no empty one', async () => {
    answers = { GetParameter: { status: 400, error: 'AccessDeniedException' } };
    await expect(ledger().read()).rejects.toThrow();
  });
});

describe('tasks that are asked whether they are ready', () => {
  it('are those that run the revision, by their private address', async () => {
    const task = (id: string, definition: string, lastStatus = 'RUNNING') => ({
      taskArn: `cluster/${id}`,
      taskDefinitionArn: definition,
      lastStatus,
      attachments: [{ details: [{ name: 'privateIPv4Address', value: `10.0.0.${id}` }] }],
    });
    answers = {
      ListTasks: { taskArns: ['cluster/1', 'cluster/2', 'cluster/3'] },
      DescribeTasks: { tasks: [task('1', 'new'), task('2', 'old'), task('3', 'new', 'PENDING')] },
    };
    expect(await readyTasks().running('shop', 'api', 'new')).toEqual([{ id: '1', address: '10.0.0.1' }]);
  });
});
