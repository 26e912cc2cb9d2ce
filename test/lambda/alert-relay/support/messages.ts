import type { RelaySettings } from '../../../../lambda/alert-relay/contract';

/** Messages as their senders write them, and the settings of a platform that has every way out. */

const ACCOUNT = '111122223333';
export const HOME = 'us-east-1';
export const STANDBY = 'us-west-2';

export const SETTINGS: RelaySettings = {
  platform: 'shop',
  region: HOME,
  role: 'home',
  peerRegion: STANDBY,
  onCall: 'critical-alerts',
  slackWebhookSecret: 'shop/slack',
  receivers: {
    default: { slackChannel: '#alerts' },
    'critical-alerts': { slackChannel: '#critical', pagerDutySecret: 'shop/pagerduty' },
    everybody: {
      slackChannel: '#everybody',
      webhookSecret: 'shop/webhook',
      pagerDutySecret: 'shop/pagerduty',
      mailTopicArn: `arn:aws:sns:${HOME}:${ACCOUNT}:shop-mail-everybody`,
    },
  },
};

/** A message of a queue behind a topic. */
export function sns(
  topic: 'alerts' | 'on-call' | 'edge-alarms',
  message: string | object,
  {
    receiver,
    subject,
    id = '00000000-0000-4000-8000-000000000001',
    region = HOME,
  }: {
    readonly receiver?: string;
    readonly subject?: string;
    readonly id?: string;
    readonly region?: string;
  } = {},
): string {
  return JSON.stringify({
    Type: 'Notification',
    MessageId: id,
    TopicArn: `arn:aws:sns:${region}:${ACCOUNT}:shop-${topic}`,
    ...(subject === undefined ? {} : { Subject: subject }),
    Message: typeof message === 'string' ? message : JSON.stringify(message),
    Timestamp: '2026-11-21T08:45:00.123Z',
    SignatureVersion: '1',
    Signature: 'EXAMPLE',
    SigningCertURL: 'https://sns.us-east-1.amazonaws.com/cert.pem',
    UnsubscribeURL: 'https://sns.us-east-1.amazonaws.com/?Action=Unsubscribe',
    ...(receiver === undefined
      ? {}
      : { MessageAttributes: { receiver: { Type: 'String', Value: receiver } } }),
  });
}

export const alert = (over: object = {}, labels: object = {}) => ({
  status: 'firing',
  labels: {
    alertname: 'HighErrorRate',
    severity: 'critical',
    component: 'service',
    team: 'application',
    platform: 'shop',
    region: STANDBY,
    role: 'home',
    service: 'backend',
    ...labels,
  },
  annotations: {
    summary: 'backend answers 7 % of its requests with errors.',
    description: 'Users see errors. Look at the log of the newest tasks first.',
    runbook_url: 'https://example.net/docs/runbooks/alerts.md#higherrorrate',
    panel: 'services/errors',
  },
  startsAt: '2026-11-21T08:42:00Z',
  fingerprint: '0123456789abcdef',
  generatorURL: '/graph?g0.expr=x',
  ...over,
});

/** What the alert manager writes by the template of the platform. */
export const group = (over: object = {}) => ({
  version: 1,
  source: 'amp',
  platform: 'shop',
  region: HOME,
  receiver: 'everybody',
  status: 'firing',
  firing: 1,
  resolved: 0,
  groupLabels: { alertname: 'HighErrorRate', component: 'service', severity: 'critical' },
  externalURL: '',
  alerts: [alert()],
  ...over,
});

/** What CloudWatch writes of a metric alarm. */
export const alarm = (over: object = {}) => ({
  AlarmName: 'shop-archive-silent',
  AlarmDescription: 'Nothing is archived. Look at the slot first. Runbook: docs/runbooks/archive-gap.md',
  AWSAccountId: ACCOUNT,
  AlarmConfigurationUpdatedTimestamp: '2026-11-01T00:00:00.000+0000',
  NewStateValue: 'ALARM',
  NewStateReason: 'Threshold Crossed: no datapoints were received for 3 periods.',
  StateChangeTime: '2026-11-21T08:42:00.000+0000',
  Region: 'US East (N. Virginia)',
  AlarmArn: `arn:aws:cloudwatch:${HOME}:${ACCOUNT}:alarm:shop-archive-silent`,
  OldStateValue: 'OK',
  OKActions: [],
  AlarmActions: [],
  InsufficientDataActions: [],
  Trigger: {
    MetricName: 'ArchiveRuns',
    Namespace: 'Holdfast',
    Dimensions: [{ name: 'Platform', value: 'shop' }],
  },
  ...over,
});

/** What CloudWatch writes of a composite alarm. */
export const composite = () => ({
  AlarmName: 'shop-users-see-errors',
  AlarmDescription: 'Users see errors.',
  AWSAccountId: ACCOUNT,
  NewStateValue: 'ALARM',
  NewStateReason: 'shop-backend-5xx transitioned to ALARM.',
  StateChangeTime: '2026-11-21T08:42:00.000+0000',
  Region: 'US West (Oregon)',
  AlarmArn: `arn:aws:cloudwatch:${STANDBY}:${ACCOUNT}:alarm:shop-users-see-errors`,
  AlarmRule: 'ALARM("shop-backend-5xx")',
  TriggeringChildren: [],
});

export const queueArn = (channel: string): string => `arn:aws:sqs:${HOME}:${ACCOUNT}:shop-relay-${channel}`;
