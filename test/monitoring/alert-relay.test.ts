import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { Stack, Validations } from 'aws-cdk-lib';
import { Template as Assertions } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { RelaySettings } from '../../lambda/alert-relay/contract';
import type { Platform, Role } from '../../lib/config/platform';
import { AlertRelay } from '../../lib/monitoring/alert-relay';
import { AlertTopics } from '../../lib/monitoring/alert-topics';
import { EdgeSubscriptions } from '../../lib/monitoring/edge-subscriptions';
import { bareApp, newApp, platform, type Resource, ROOT, type Template, variant } from '../support/synth';

const WORKSPACE = 'arn:aws:aps:us-east-1:111122223333:workspace/ws-1';

interface Made {
  readonly template: Template;
  readonly findings: readonly string[];
}

/** The topics and the relay of a region in a stack of their own. */
function made(target: Platform, role: Role): Made {
  const outdir = mkdtempSync(join(tmpdir(), 'holdfast-relay-'));
  try {
    const app = newApp(outdir);
    const { account } = target;
    const stack = new Stack(app, 'Relay', { env: { account, region: target.regions[role].name } });
    const key = (id: string) => new Key(stack, id, { enableKeyRotation: true });
    const operationsKey = key('Operations');
    new AlertTopics(stack, 'Topics', { platform: target, key: operationsKey, workspaceArn: WORKSPACE });
    new AlertRelay(stack, 'Relay', { platform: target, role, operationsKey, dataKey: key('Data') });
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    try {
      app.synth();
    } catch (error) {
      if (!/Validation ?[Ff]ailed/.test(String(error))) throw error;
    }
    const read = (file: string) => JSON.parse(readFileSync(join(outdir, file), 'utf8'));
    const reports: { violations: { ruleName: string }[] }[] = read('validation-report.json').pluginReports;
    const findings = reports.flatMap(({ violations }) => violations.map(({ ruleName }) => ruleName));
    return { template: read('Relay.template.json'), findings };
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

const jackcwf = platform('jackcwf');
const home = jackcwf.regions.home.name;
let relay: Made;
beforeAll(() => {
  relay = made(jackcwf, 'home');
});

const resources = ({ template }: Made, type: string): Resource['Properties'][] =>
  Object.values(template.Resources).flatMap(({ Type, Properties }) => (Type === type ? [Properties] : []));
const queues = (from: Made) => resources(from, 'AWS::SQS::Queue');
const queue = (channel: string) => {
  const found = queues(relay).find(({ QueueName }) => QueueName === `jackcwf-relay-${channel}`);
  if (!found) throw new Error(`There is no queue for ${channel}.`);
  return found;
};

/** Topics of each queue, as `name in region`. */
function subscribed(from: Made): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (const { Endpoint, TopicArn, Region, Protocol } of resources(from, 'AWS::SNS::Subscription')) {
    if (Protocol !== 'sqs') continue;
    const { QueueName } = from.template.Resources[Endpoint['Fn::GetAtt'][0]]?.Properties ?? {};
    found[QueueName] = [...(found[QueueName] ?? []), `${TopicArn.split(':').at(-1)} in ${Region}`];
  }
  return found;
}

describe('the relay of a region', () => {
  it('has a queue for each channel, behind the topics whose messages that channel tells', () => {
    const alerts = `jackcwf-alerts in ${home}`;
    const pages = [`jackcwf-on-call in ${home}`];
    expect(subscribed(relay)).toEqual({
      'jackcwf-relay-slack': [alerts, ...pages],
      'jackcwf-relay-mail': [alerts],
      'jackcwf-relay-webhook': [alerts],
      'jackcwf-relay-pager-duty': pages,
      'jackcwf-relay-heartbeat': [alerts],
    });
  });

  it('takes the alarms of the edge in both regions, so that they come while either is gone', () => {
    const stack = new Stack(bareApp(), 'Edge', { env: { account: jackcwf.account, region: 'us-east-1' } });
    new EdgeSubscriptions(stack, 'Edge', { platform: jackcwf, topicArn: 'arn:aws:sns:us-east-1:1:edge' });
    const found = Assertions.fromStack(stack).findResources('AWS::SNS::Subscription');
    const endpoints = Object.values(found).map(({ Properties }) => Properties.Endpoint);
    const expected = [home, jackcwf.regions.standby.name].flatMap((region) =>
      ['slack', 'pager-duty'].map((name) => `arn:aws:sqs:${region}:${jackcwf.account}:jackcwf-relay-${name}`),
    );
    expect(endpoints.sort()).toEqual(expected.sort());
  });

  it('admits the topic of the edge into the queues that it feeds', () => {
    const policies = resources(relay, 'AWS::SQS::QueuePolicy').map((policy) => JSON.stringify(policy));
    expect(policies.filter((text) => text.includes('jackcwf-edge-alarms'))).toHaveLength(2);
  });

  it('has only the queue of the heartbeat where nobody is reached', () => {
    expect(
      queues(made(variant('jackcwf', { alerts: null }), 'home')).map(({ QueueName }) => QueueName),
    ).toEqual(['jackcwf-relay-heartbeat']);
  });

  it('leads the watchdog to the heartbeat and to nobody else, and everything without a receiver to people', () => {
    const filters = resources(relay, 'AWS::SNS::Subscription').flatMap(
      ({ Protocol, TopicArn, FilterPolicy }) =>
        Protocol === 'sqs' && TopicArn.endsWith('-alerts') ? [FilterPolicy.receiver] : [],
    );
    const people = [{ 'anything-but': ['holdfast-watchdog'] }, { exists: false }];
    expect(filters).toEqual([people, people, people, ['holdfast-watchdog']]);
  });

  it('brings a message again six timeouts later, and after eight tries keeps it for two weeks', () => {
    const [relayFunction] = resources(relay, 'AWS::Lambda::Function');
    for (const channel of ['slack', 'mail', 'webhook', 'pager-duty']) {
      const { VisibilityTimeout, RedrivePolicy, MessageRetentionPeriod } = queue(channel);
      expect(VisibilityTimeout).toBeGreaterThanOrEqual(6 * relayFunction?.Timeout);
      expect(RedrivePolicy.maxReceiveCount).toBe(8);
      // It must not be gone before it has become a dead letter.
      expect(MessageRetentionPeriod).toBeGreaterThan(100 * 8 * VisibilityTimeout);
    }
    expect(queue('dead').MessageRetentionPeriod).toBe(14 * 24 * 3600);
  });

  it('keeps no heartbeat that is late', () => {
    expect(queue('heartbeat')).toMatchObject({ MessageRetentionPeriod: 300 });
    expect(queue('heartbeat')).not.toHaveProperty('RedrivePolicy');
  });

  it('brings back only what was not delivered, and never takes more than its share of runs', () => {
    const mappings = resources(relay, 'AWS::Lambda::EventSourceMapping');
    expect(mappings).toHaveLength(5);
    for (const mapping of mappings)
      expect(mapping).toMatchObject({
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        ScalingConfig: { MaximumConcurrency: 2 },
      });
  });

  it('is told of secrets by name only, and reads no key that the alert manager uses alone', () => {
    const [{ Environment } = { Environment: {} }] = resources(relay, 'AWS::Lambda::Function');
    const settings: RelaySettings = JSON.parse(Environment.Variables.RELAY_SETTINGS);
    expect(settings.slackWebhookSecret).toBe('jackcwf/slack-webhook');
    const policy = JSON.stringify(resources(relay, 'AWS::IAM::Role'));
    expect([...policy.matchAll(/secret:jackcwf\/([a-z-]+)-\?/g)].map(([, name]) => name)).toEqual([
      'alert-webhook',
      'pagerduty-critical',
      'slack-webhook',
    ]);
  });

  it('writes heartbeats into the other region and nowhere else', () => {
    expect(JSON.stringify(resources(relay, 'AWS::IAM::Role'))).toContain(
      JSON.stringify({
        'cloudwatch:namespace': 'Holdfast',
        'aws:RequestedRegion': jackcwf.regions.standby.name,
      }),
    );
  });

  it('pages when nobody takes messages out of a queue', () => {
    const alarms = resources(relay, 'AWS::CloudWatch::Alarm');
    expect(alarms.map(({ AlarmName }) => AlarmName)).toEqual(
      ['slack', 'mail', 'webhook', 'pager-duty'].map((channel) => `jackcwf-relay-waiting-${channel}`),
    );
    for (const { AlarmActions } of alarms)
      expect(AlarmActions).toEqual([`arn:aws:sns:${home}:${jackcwf.account}:jackcwf-on-call`]);
  });

  it('names in its alarms a runbook that names them, and how messages are sent again', () => {
    const runbook = readFileSync(join(ROOT, 'docs/runbooks/alert-relay.md'), 'utf8');
    for (const { AlarmName, AlarmDescription } of resources(relay, 'AWS::CloudWatch::Alarm')) {
      expect(AlarmDescription).toMatch(/Runbook: docs\/runbooks\/alert-relay\.md$/);
      expect(runbook).toContain(`\`${AlarmName.replace('jackcwf-', '')}\``);
    }
    expect(runbook).toContain('aws sqs start-message-move-task');
  });

  it('has nothing that cdk-nag objects to', () => {
    expect(relay.findings).toEqual([]);
  });
});

describe('the topics of the alerts', () => {
  const statements = (): { Sid?: string; Condition?: unknown }[] =>
    resources(relay, 'AWS::SNS::TopicPolicy').flatMap(({ PolicyDocument }) => PolicyDocument.Statement);

  it('admit the alert manager of this region and the quiet alarms of this account', () => {
    const found = Object.fromEntries(statements().map(({ Sid, Condition }) => [Sid, Condition]));
    expect(found.AllowAlertManagerOfTheRegion).toEqual({
      StringEquals: { 'aws:SourceAccount': jackcwf.account },
      ArnEquals: { 'aws:SourceArn': WORKSPACE },
    });
    expect(found.AllowQuietAlarmsOfThisAccount).toEqual({
      StringEquals: { 'aws:SourceAccount': jackcwf.account },
    });
  });

  it('send the mail of each receiver to its addresses', () => {
    const mail = resources(relay, 'AWS::SNS::Subscription').filter(({ Protocol }) => Protocol === 'email');
    const expected = Object.values(jackcwf.alerts?.receivers ?? {}).flatMap(({ email }) => email);
    expect(expected.length).toBeGreaterThan(1);
    expect(mail.map(({ Endpoint }) => Endpoint)).toEqual(expected);
  });

  it('are all encrypted by the key of the region', () => {
    for (const { KmsMasterKeyId } of resources(relay, 'AWS::SNS::Topic'))
      expect(KmsMasterKeyId).toEqual({ 'Fn::GetAtt': [expect.stringMatching(/^Operations/), 'Arn'] });
  });
});
