import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { clients } from '../../../bin/checks/aws/call';
import { CallFailed } from '../../../bin/checks/failures';
import { clientAnswers } from '../../../bin/services/answers';
import { alarms } from '../../../bin/services/aws/alarms';
import { caches } from '../../../bin/services/aws/cache';
import { scalingLimits } from '../../../bin/services/aws/limits';
import { logLines, phrase } from '../../../bin/services/aws/log-lines';
import { queues } from '../../../bin/services/aws/queues';
import { revisions } from '../../../bin/services/aws/revisions';
import { services } from '../../../bin/services/aws/services';
import { targets } from '../../../bin/services/aws/targets';
import type { Queue } from '../../../lib/config/platform';
import { type AwsStub, type StubAnswer, type StubRequest, startAwsStub } from '../../support/aws-stub';
import { selfSigned } from '../../support/certificate';
import { platform } from '../support/ports';

const REGION = 'us-east-1';
const before = { ...process.env };
let stub: AwsStub;
let answer: (request: StubRequest) => StubAnswer;

beforeAll(async () => {
  stub = await startAwsStub((request) => answer(request));
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: stub.endpoint,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  });
});
afterAll(async () => {
  process.env = before;
  await stub.stop();
});

const json = (value: unknown): StubAnswer => ({ status: 200, body: JSON.stringify(value) });
const refusal = (name: string): StubAnswer => ({
  status: 400,
  body: JSON.stringify({ __type: name, message: 'no' }),
});
const xml = (body: string): StubAnswer => ({ status: 200, body, type: 'text/xml' });
const asked = (): unknown => JSON.parse(stub.requests.at(-1)?.body ?? '{}');

describe('ECS', () => {
  const port = services(clients(), 'demo');
  it('tells a service with its rollouts, and that there is none', async () => {
    answer = () =>
      json({
        services: [
          {
            status: 'ACTIVE',
            desiredCount: 3,
            runningCount: 2,
            taskDefinition: 'arn:5',
            deployments: [
              {
                status: 'PRIMARY',
                taskDefinition: 'arn:5',
                rolloutState: 'IN_PROGRESS',
                runningCount: 1,
                desiredCount: 3,
                failedTasks: 2,
              },
              { status: 'ACTIVE', taskDefinition: 'arn:4', rolloutState: 'COMPLETED', runningCount: 1 },
            ],
            loadBalancers: [{ targetGroupArn: 'arn:group' }],
          },
        ],
      });
    expect(await port.describe(REGION, 'web')).toEqual({
      desired: 3,
      running: 2,
      taskDefinition: 'arn:5',
      rollouts: [
        {
          isPrimary: true,
          taskDefinition: 'arn:5',
          state: 'IN_PROGRESS',
          reason: '',
          desired: 3,
          running: 1,
          failed: 2,
        },
        {
          isPrimary: false,
          taskDefinition: 'arn:4',
          state: 'COMPLETED',
          reason: '',
          desired: 0,
          running: 1,
          failed: 0,
        },
      ],
      targetGroups: ['arn:group'],
    });
    answer = () => json({ services: [{ status: 'INACTIVE' }] });
    expect(await port.describe(REGION, 'web')).toBeUndefined();
    answer = () => refusal('ClusterNotFoundException');
    expect(await port.describe(REGION, 'web')).toBeUndefined();
  });

  it('changes the revision or the number, never both', async () => {
    answer = () => json({});
    await port.deploy(REGION, 'web', 'arn:4');
    expect(asked()).toEqual({ cluster: 'demo', service: 'web', taskDefinition: 'arn:4' });
    await port.setDesired(REGION, 'web', 4);
    expect(asked()).toEqual({ cluster: 'demo', service: 'web', desiredCount: 4 });
  });

  it('finds the deployment that is under way, and makes ECS go back from it', async () => {
    answer = () => json({ serviceDeployments: [{ serviceDeploymentArn: 'arn:d', status: 'IN_PROGRESS' }] });
    expect(await port.underWay(REGION, 'web')).toBe('arn:d');
    expect(asked()).toMatchObject({ status: ['PENDING', 'IN_PROGRESS'] });
    await port.rollBack(REGION, 'arn:d');
    expect(asked()).toEqual({ serviceDeploymentArn: 'arn:d', stopType: 'ROLLBACK' });
  });

  it('lists what can be started with image, time and person, without the registry of the region', async () => {
    answer = ({ headers }) =>
      /ListTaskDefinitions$/.test(String(headers['x-amz-target']))
        ? json({ taskDefinitionArns: ['arn:aws:ecs:us-east-1:1:task-definition/demo-web:5'] })
        : json({
            taskDefinition: {
              taskDefinitionArn: 'arn:aws:ecs:us-east-1:1:task-definition/demo-web:5',
              revision: 5,
              containerDefinitions: [
                { name: 'metrics', image: 'other' },
                { name: 'app', image: '1.dkr.ecr.us-east-1.amazonaws.com/demo/web:1.2' },
              ],
              registeredAt: 1_767_225_600,
              registeredBy: 'arn:aws:iam::1:user/anna',
            },
          });
    expect(await revisions(clients(), (service) => `demo-${service}`).list(REGION, 'web', 9)).toEqual([
      {
        arn: 'arn:aws:ecs:us-east-1:1:task-definition/demo-web:5',
        number: 5,
        image: 'demo/web:1.2',
        registeredMs: 1_767_225_600_000,
        registeredBy: 'arn:aws:iam::1:user/anna',
      },
    ]);
  });
});

describe('the other sources', () => {
  it('tell the limits of scaling, and that there are none', async () => {
    const port = scalingLimits(clients(), 'demo');
    answer = () => json({ ScalableTargets: [{ MinCapacity: 2, MaxCapacity: 6 }] });
    expect(await port.read(REGION, 'web')).toEqual({ min: 2, max: 6 });
    answer = () => json({ ScalableTargets: [] });
    expect(await port.read(REGION, 'web')).toBeUndefined();
    await port.write(REGION, 'web', { min: 4, max: 6 });
    expect(asked()).toMatchObject({ ResourceId: 'service/demo/web', MinCapacity: 4, MaxCapacity: 6 });
  });

  it('tell targets with their zones', async () => {
    answer = () =>
      xml(
        '<DescribeTargetHealthResponse xmlns="http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/"><DescribeTargetHealthResult><TargetHealthDescriptions><member><Target><Id>10.0.0.1</Id><AvailabilityZone>us-east-1a</AvailabilityZone></Target><TargetHealth><State>healthy</State></TargetHealth></member></TargetHealthDescriptions></DescribeTargetHealthResult></DescribeTargetHealthResponse>',
      );
    expect(await targets(clients()).states(REGION, 'arn:group')).toEqual([
      { zone: 'us-east-1a', state: 'healthy' },
    ]);
  });

  it('tell the state of a cache', async () => {
    answer = () =>
      xml(
        '<DescribeReplicationGroupsResponse xmlns="http://elasticache.amazonaws.com/doc/2015-02-02/"><DescribeReplicationGroupsResult><ReplicationGroups><ReplicationGroup><ReplicationGroupId>demo-cache</ReplicationGroupId><Status>modifying</Status></ReplicationGroup></ReplicationGroups></DescribeReplicationGroupsResult></DescribeReplicationGroupsResponse>',
      );
    expect(await caches(clients()).status(REGION, 'demo-cache')).toBe('modifying');
  });

  it('tell a permission that is missing by its name', async () => {
    answer = () => refusal('AccessDeniedException');
    const call = logLines(clients()).read(REGION, '/group', {
      sinceMs: 0,
      text: undefined,
      streams: 'web/app/',
    });
    await expect(call).rejects.toThrow(CallFailed);
    await expect(call).rejects.toMatchObject({ action: 'logs:FilterLogEvents', region: REGION });
  });

  it('read a log by the streams of the application, a text as it stands', async () => {
    answer = () =>
      json({ events: [{ eventId: '1', timestamp: 5, logStreamName: 'web/app/0', message: 'say "x"' }] });
    const query = { sinceMs: 3, text: 'say "x"', streams: 'web/app/' };
    expect(await logLines(clients()).read(REGION, '/group', query)).toEqual([
      { id: '1', atMs: 5, stream: 'web/app/0', text: 'say "x"' },
    ]);
    expect(asked()).toMatchObject({
      startTime: 3,
      logStreamNamePrefix: 'web/app/',
      filterPattern: '"say \\"x\\""',
    });
    expect(phrase('a\\b')).toBe('"a\\\\b"');
    await logLines(clients()).read(REGION, '/group', { ...query, streams: '' });
    expect(asked()).not.toHaveProperty('logStreamNamePrefix');
    answer = () => refusal('ResourceNotFoundException');
    expect(await logLines(clients()).read(REGION, '/group', query)).toBeUndefined();
  });

  it('tell composites from the alarms that are their causes', async () => {
    answer = () =>
      json({ CompositeAlarms: [{ AlarmName: 'demo-a' }], MetricAlarms: [{ AlarmName: 'demo-b' }] });
    expect(await alarms(clients()).firing(REGION, 'demo-')).toEqual([
      { name: 'demo-a', isComposite: true },
      { name: 'demo-b', isComposite: false },
    ]);
  });
});

describe('the figures of a queue', () => {
  const figures = (...found: readonly (readonly [string, readonly number[]])[]) => {
    answer = () => json({ MetricDataResults: found.map(([Id, Values]) => ({ Id, Values })) });
  };
  const metrics = () =>
    (
      asked() as {
        MetricDataQueries: { MetricStat: { Metric: { MetricName: string; Dimensions: object[] } } }[];
      }
    ).MetricDataQueries.map(({ MetricStat: { Metric } }) => [
      Metric.MetricName,
      ...Metric.Dimensions.map((one) => Object.values(one).join('=')),
    ]);

  it('of SQS are the newest ones, with those of its dead letters', async () => {
    figures(['waiting', [4, 900]], ['oldestSeconds', [12]], ['dead', []]);
    const found = await queues(clients(), platform()).state(REGION, { name: 'jobs', engine: 'sqs' } as Queue);
    expect(found).toEqual({ waiting: 4, oldestSeconds: 12, dead: undefined });
    expect(metrics()).toEqual([
      ['ApproximateNumberOfMessagesVisible', 'QueueName=demo-queue-jobs'],
      ['ApproximateAgeOfOldestMessage', 'QueueName=demo-queue-jobs'],
      ['ApproximateNumberOfMessagesVisible', 'QueueName=demo-dead-jobs'],
    ]);
  });

  it('of a broker are those of its queue, and who takes from it', async () => {
    figures(['waiting', [7]], ['consumers', [0]]);
    const queue = { name: 'events', engine: 'rabbitmq' } as Queue;
    expect(await queues(clients(), platform()).state(REGION, queue)).toEqual({ waiting: 7, consumers: 0 });
    expect(metrics()).toEqual([
      ['MessageReadyCount', 'Broker=demo-events', 'VirtualHost=/', 'Queue=events'],
      ['ConsumerCount', 'Broker=demo-events', 'VirtualHost=/', 'Queue=events'],
    ]);
  });
});

describe('an answer as a client gets it', () => {
  const { key, certificate } = selfSigned();
  let server: Server;
  let port = 0;
  beforeAll(async () => {
    server = createServer({ key, cert: certificate }, ({ url, headers }, response) => {
      response.writeHead(headers.host === 'localhost' && url === '/health' ? 204 : 503).end();
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    port = (server.address() as AddressInfo).port;
  });
  afterAll(() => new Promise((done) => server.close(done)));

  it('is asked under the public name, wherever it is sent', async () => {
    const entrance = { host: '127.0.0.1', port, name: 'localhost', path: '/health' };
    const { status, milliseconds } = await clientAnswers(certificate).ask(entrance);
    expect(status).toBe(204);
    expect(milliseconds).toBeLessThan(8_000);
  });

  it('is none from a stranger, and where nothing listens', async () => {
    const entrance = { host: '127.0.0.1', port, name: 'localhost', path: '/health' };
    await expect(clientAnswers().ask(entrance)).rejects.toThrow();
    await expect(clientAnswers(certificate).ask({ ...entrance, port: 1 })).rejects.toThrow();
  });
});
