import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { cloudOf } from '../../../lambda/deep-health/aws';
import { type AwsStub, startAwsStub } from '../../support/aws-stub';
import { FakeClock } from '../../support/fake-clock';

/** What ECS answers is played: the local AWS API knows no addresses. */
let stub: AwsStub;
let answers: Record<string, object> = {};
const lines: { event: string; fields: unknown }[] = [];
const clock = new FakeClock();
const cloud = () =>
  cloudOf({ platform: 'shop', cluster: 'shop' }, clock, (event, fields) => lines.push({ event, fields }));

beforeEach(async () => {
  lines.length = 0;
  stub = await startAwsStub(({ headers }) => {
    const operation = String(headers['x-amz-target']).split('.').at(-1) ?? '';
    return { status: 200, body: JSON.stringify(answers[operation] ?? {}) };
  });
  Object.assign(process.env, {
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_ECS: stub.endpoint,
  });
});
afterEach(async () => {
  delete process.env.AWS_ENDPOINT_URL_ECS;
  answers = {};
  await stub.stop();
});

describe('the tasks that are asked', () => {
  const task = (id: string, more: object) => ({
    taskArn: `arn:aws:ecs:eu-west-1:123456789012:task/shop/${id}`,
    attachments: [{ details: [{ name: 'privateIPv4Address', value: '10.0.0.7' }] }],
    ...more,
  });

  it('are those that run, with address and age; one that ended meanwhile is none', async () => {
    answers = {
      ListTasks: { taskArns: ['a', 'b'] },
      DescribeTasks: {
        tasks: [
          task('a', { lastStatus: 'RUNNING', startedAt: 1_700_000_000 }),
          task('b', { lastStatus: 'STOPPED', startedAt: 1_700_000_000 }),
        ],
      },
    };
    expect(await cloud().running('api')).toEqual([
      { id: 'a', address: '10.0.0.7', startedAt: 1_700_000_000_000 },
    ]);
    const [listed] = stub.requests.map(({ body }) => JSON.parse(body) as object);
    expect(listed).toMatchObject({ cluster: 'shop', serviceName: 'api', desiredStatus: 'RUNNING' });
  });

  it('are none where ECS lists none, and nothing is described', async () => {
    answers = { ListTasks: { taskArns: [] } };
    expect(await cloud().running('api')).toEqual([]);
    expect(stub.requests).toHaveLength(1);
  });
});

describe('the question to a task', () => {
  let server: Server;
  const portOf = (): number => (server.address() as AddressInfo).port;
  const serve = (answer: Parameters<typeof createServer>[1]) =>
    new Promise<void>((done) => {
      server = createServer({}, answer).listen(0, '127.0.0.1', done);
    });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  it('is plain HTTP for the path, and its answer the status code', async () => {
    await serve((request, response) =>
      response.writeHead(request.url === '/health/deep' ? 503 : 404).end('{}'),
    );
    expect(await cloud().ask('127.0.0.1', portOf(), '/health/deep', 5_000)).toBe(503);
  });

  it('ends after its time when nobody answers', async () => {
    await serve(() => undefined);
    await expect(cloud().ask('127.0.0.1', portOf(), '/', 50)).rejects.toThrow(/abort|timeout/i);
  });
});

describe('the report', () => {
  it('is a line that CloudWatch makes a metric of, for each service by itself', () => {
    cloud().report('api', 2);
    expect(lines).toEqual([
      {
        event: 'deep-health-metrics',
        fields: {
          _aws: {
            Timestamp: clock.now(),
            CloudWatchMetrics: [
              {
                Namespace: 'Holdfast',
                Dimensions: [['Platform', 'Service']],
                Metrics: [{ Name: 'DeepHealthFailing', Unit: 'Count' }],
              },
            ],
          },
          Platform: 'shop',
          Service: 'api',
          DeepHealthFailing: 2,
        },
      },
    ]);
  });
});
