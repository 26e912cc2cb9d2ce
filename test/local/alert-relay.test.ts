import { CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { CreateTopicCommand, PublishCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { relayQueue } from '../../lambda/alert-relay/contract';
import { bundle } from '../../lib/functions/bundle';
import { AlertRelay, edgeChannels } from '../../lib/monitoring/alert-relay';
import { AlertTopics } from '../../lib/monitoring/alert-topics';
import { type LocalAws, startLocalAws } from '../../local/aws-api';
import { json, regionAt } from '../../local/readback/aws';
import { type Endpoint, startEndpoint } from '../lambda/alert-relay/support/endpoint';
import { alarm, alert, group } from '../lambda/alert-relay/support/messages';
import { bareStack } from '../monitoring/support';
import { sayAtOnce, WITH_INSTALLATION_MS } from '../support/local-aws';
import { platform } from '../support/synth';
import { codeOf, Stacks, type Template } from './support';

/** The topics and the relay as they are deployed, on the local AWS API: from what is published to what a person reads. */
const jackcwf = platform('jackcwf');
const { account } = jackcwf;
const HOME = jackcwf.regions.home.name;
const PEER = jackcwf.regions.standby.name;
const STACK = 'relay';

let api: LocalAws;
let stacks: Stacks;
let slack: Endpoint;
let webhook: Endpoint;
let pagerDuty: Endpoint;

interface Deployed {
  readonly Type: string;
  readonly Properties: Record<string, unknown>;
}

/** The deployed template, with PagerDuty on this machine and with two tries for the webhook that follow each other. */
async function template(): Promise<Template> {
  const { stack, key, template: made } = bareStack(jackcwf, 'home');
  const workspaceArn = `arn:aws:aps:${HOME}:${account}:workspace/ws-1`;
  new AlertTopics(stack, 'Topics', { platform: jackcwf, key, workspaceArn });
  new AlertRelay(stack, 'Relay', { platform: jackcwf, role: 'home', operationsKey: key, dataKey: key });
  const Resources: Record<string, Deployed> = made().toJSON().Resources;
  for (const resource of Object.values(Resources)) {
    const { Type, Properties } = resource;
    if (Type === 'AWS::Lambda::Function') {
      Properties.Code = await stacks.upload(codeOf(bundle('alert-relay').directory));
      // A cold start of Node on a busy machine takes seconds.
      Properties.Timeout = 20;
      const { Variables } = Properties.Environment as { Variables: Record<string, string> };
      Variables.PAGERDUTY_URL = `${pagerDuty.url}/v2/enqueue`;
    }
    if (Type === 'AWS::SQS::Queue' && Properties.QueueName === relayQueue('jackcwf', 'webhook')) {
      Properties.VisibilityTimeout = 2;
      Object.assign(Properties.RedrivePolicy as object, { maxReceiveCount: 2 });
    }
  }
  return { Resources };
}

/** As the Edge stack does. */
async function subscribeEdge(sns: SNSClient): Promise<void> {
  for (const channel of edgeChannels(jackcwf, 'home')) {
    await sns.send(
      new SubscribeCommand({
        TopicArn: `arn:aws:sns:us-east-1:${account}:jackcwf-edge-alarms`,
        Protocol: 'sqs',
        Endpoint: `arn:aws:sqs:${HOME}:${account}:${relayQueue('jackcwf', channel)}`,
      }),
    );
  }
}

beforeAll(async () => {
  [slack, webhook, pagerDuty] = await Promise.all([
    startEndpoint({ status: 200, text: 'ok' }),
    startEndpoint({ status: 200 }),
    startEndpoint({ status: 202 }),
  ]);
  api = await startLocalAws({ account, say: sayAtOnce });
  stacks = new Stacks(api, HOME);
  const sns = (region: string) => new SNSClient({ ...stacks.config, region });
  await sns(HOME).send(new CreateTopicCommand({ Name: 'jackcwf-on-call' }));
  await sns('us-east-1').send(new CreateTopicCommand({ Name: 'jackcwf-edge-alarms' }));
  const secrets = new SecretsManagerClient(stacks.config);
  for (const [Name, SecretString] of Object.entries({
    'jackcwf/slack-webhook': `${slack.url}/services/T0/B0/token`,
    'jackcwf/alert-webhook': `${webhook.url}/hook`,
    'jackcwf/pagerduty-critical': JSON.stringify({ routing_key: 'routing0key0critical' }),
  }))
    await secrets.send(new CreateSecretCommand({ Name, SecretString }));
  await stacks.create(STACK, await template());
  await subscribeEdge(sns('us-east-1'));
}, WITH_INSTALLATION_MS);
afterAll(async () => {
  await api?.stop();
  await Promise.all([slack, webhook, pagerDuty].map((one) => one?.stop()));
});

async function publish(topic: string, message: object, receiver?: string): Promise<void> {
  const region = topic.endsWith('edge-alarms') ? 'us-east-1' : HOME;
  await new SNSClient({ ...stacks.config, region }).send(
    new PublishCommand({
      TopicArn: `arn:aws:sns:${region}:${account}:jackcwf-${topic}`,
      Message: JSON.stringify(message),
      ...(receiver === undefined
        ? {}
        : { MessageAttributes: { receiver: { DataType: 'String', StringValue: receiver } } }),
    }),
  );
}

const sqs = <T>(operation: string, body: object): Promise<T> =>
  json<T>(regionAt(api.endpoint, account, HOME), 'sqs', `AmazonSQS.${operation}`, body);
const queueUrl = (name: string): string => `${api.endpoint}/${account}/${name}`;
interface Received {
  readonly Messages?: readonly { readonly Body: string; readonly ReceiptHandle: string }[];
}

async function eventually<T>(what: string, look: () => T | undefined | Promise<T | undefined>): Promise<T> {
  for (let tries = 0; tries < 250; tries += 1) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${what} did not come.`);
}
const firstOf = (endpoint: Endpoint, has: string) => () =>
  endpoint.requests.find(({ body }) => JSON.stringify(body).includes(has));

describe('the deployed relay', () => {
  it('is there as the template says', async () => {
    expect(await stacks.failures(STACK)).toEqual([]);
    expect((await stacks.describe(STACK)).StackStatus).toBe('CREATE_COMPLETE');
  });

  it('tells an alert of the alert manager to Slack and by mail, and pages nobody with it', async () => {
    const { QueueUrl } = await sqs<{ QueueUrl: string }>('CreateQueue', { QueueName: 'mailbox' });
    await new SNSClient(stacks.config).send(
      new SubscribeCommand({
        TopicArn: `arn:aws:sns:${HOME}:${account}:jackcwf-mail-database-team`,
        Protocol: 'sqs',
        Endpoint: `arn:aws:sqs:${HOME}:${account}:mailbox`,
      }),
    );
    const message = group({
      platform: 'jackcwf',
      receiver: 'database-team',
      alerts: [alert({}, { platform: 'jackcwf' })],
    });
    await publish('alerts', message, 'database-team');
    const { path, body } = await eventually('The message in Slack', firstOf(slack, 'HighErrorRate'));
    expect([path, body.channel, body.text]).toEqual([
      '/services/T0/B0/token',
      '#database',
      'FIRING critical: HighErrorRate (us-west-2, backend)',
    ]);
    const [mail] = await eventually(
      'The mail',
      async () => (await sqs<Received>('ReceiveMessage', { QueueUrl })).Messages,
    );
    const { Subject, Message } = JSON.parse(mail?.Body ?? '{}');
    expect(Subject).toBe('[jackcwf] FIRING critical: HighErrorRate (us-west-2, backend)');
    expect(Message).toMatch(/^backend answers 7 % of its requests with errors\.\n\nUsers see errors\./);
    expect(pagerDuty.requests).toEqual([]);
  });

  it('pages the person on call with an alarm of the region, and once', async () => {
    await publish('on-call', alarm());
    const { body } = await eventually('The incident', firstOf(pagerDuty, 'shop-archive-silent'));
    expect(body).toMatchObject({ routing_key: 'routing0key0critical', event_action: 'trigger' });
    await eventually('The message in Slack', firstOf(slack, 'shop-archive-silent'));
    expect(pagerDuty.requests).toHaveLength(1);
  });

  it('takes the alarms of the edge out of their region', async () => {
    await publish('edge-alarms', alarm({ AlarmName: 'jackcwf-standby-leads', AlarmArn: '' }));
    await eventually('The incident', firstOf(pagerDuty, 'jackcwf-standby-leads'));
  });

  it('makes a heartbeat in the other region of the watchdog, and tells it to nobody', async () => {
    await publish('alerts', group({ receiver: 'holdfast-watchdog' }), 'holdfast-watchdog');
    const command = new GetMetricStatisticsCommand({
      Namespace: 'Holdfast',
      MetricName: 'PeerHeartbeat',
      Dimensions: [
        { Name: 'Platform', Value: 'jackcwf' },
        { Name: 'From', Value: HOME },
      ],
      StartTime: new Date(Date.now() - 3_600_000),
      EndTime: new Date(Date.now() + 3_600_000),
      Period: 60,
      Statistics: ['Sum'],
    });
    const there = new CloudWatchClient({ ...stacks.config, region: PEER });
    const [beat] = await eventually('The heartbeat', async () => {
      const { Datapoints } = await there.send(command);
      return Datapoints?.length ? Datapoints : undefined;
    });
    expect(beat?.Sum).toBe(1);
  });

  it('keeps whole what a channel did not take in all tries, and brings it when it is moved back', async () => {
    webhook.answerWith({ status: 404 });
    const message = group({
      platform: 'jackcwf',
      receiver: 'webhook',
      alerts: [alert({ annotations: { summary: 'Übergröße & <Rest>' } })],
    });
    await publish('alerts', message, 'webhook');
    const QueueUrl = queueUrl('jackcwf-relay-dead');
    const [dead] = await eventually(
      'The dead letter',
      async () => (await sqs<Received>('ReceiveMessage', { QueueUrl })).Messages,
    );
    expect(JSON.parse(JSON.parse(dead?.Body ?? '{}').Message)).toEqual(message);
    const refused = webhook.requests.length;
    expect(refused).toBe(2);
    webhook.answerWith({ status: 200 });
    await sqs('SendMessage', { QueueUrl: queueUrl('jackcwf-relay-webhook'), MessageBody: dead?.Body });
    await eventually('The message', () => webhook.requests[refused]);
    expect(webhook.requests[refused]?.body).toMatchObject({
      what: 'Übergröße & <Rest>',
      receiver: 'webhook',
    });
  }, 60_000);
});
