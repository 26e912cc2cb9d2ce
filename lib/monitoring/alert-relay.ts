import { Duration } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import {
  CHANNELS,
  type Channel,
  ENVIRONMENT,
  METRIC_NAMESPACE,
  NO_GRAFANA,
  PAGERDUTY_EVENTS_URL,
  type RelaySettings,
  relayQueue,
  WATCHDOG_RECEIVER,
} from '../../lambda/alert-relay/contract';
import {
  alertsTopicArn,
  EDGE_REGION,
  edgeAlarmsTopicArn,
  onCallTopicArn,
  secretArnByName,
} from '../config/names';
import type { Platform, Role } from '../config/platform';
import { HoldfastFunction } from '../functions/holdfast-function';
import { type Alarm, makeAlarms } from './cloudwatch/alarm';
import { DeadLetters, type RelayedTopic, RelayQueue, relayQueueArn } from './relay-queue';
import { relaySettings } from './routing/relay-settings';

export interface AlertRelayProps {
  readonly platform: Platform;
  readonly role: Role;
  /** The region's keys: of logs and notifications, and of secrets. */
  readonly operationsKey: IKey;
  readonly dataKey: IKey;
  /** Address of the region's Grafana, without a slash at its end. Default: links to Grafana are left out. */
  readonly grafanaUrl?: string;
}

/** A run tries a message for so long; in between, its queue keeps it. */
const TIMEOUT = Duration.seconds(30);

/**
 * What brings messages of topics to people: one function behind a queue for each channel that the platform uses. SNS copies
 * each message into the queue of every channel, so that a channel in trouble keeps its own messages and nobody else's.
 *
 * Who is told by which topic:
 * - the alerts of the region: Slack, mail and webhook of the receiver that the message names (the alert manager pages
 *   PagerDuty itself);
 * - the region's topic of the person on call, and that of the edge: Slack, webhook and PagerDuty of `alerts.onCall`
 *   (addresses are subscribed to these topics directly, and need no relay).
 *
 * The alarms of the edge live in us-east-1, which has no relay of its own: the relays of both regions take them, so that they
 * come also while either is gone (`EdgeSubscriptions`). Both tell them under one key: PagerDuty makes one incident of it, Slack shows two messages.
 */
export class AlertRelay extends Construct {
  constructor(scope: Construct, id: string, props: AlertRelayProps) {
    super(scope, id);
    const { platform, role } = props;
    const settings = relaySettings(platform, role);
    const used = CHANNELS.filter((channel) => topicsOf(channel, platform, settings).length > 0);
    const relay = this.relay(props, settings);
    relay.allow(
      ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
      used.map((channel) => relayQueueArn(this, platform, channel)),
    );
    const people = used.filter((channel) => channel !== 'heartbeat');
    const deadLetters =
      people.length > 0 ? new DeadLetters(this, 'DeadLetters', { platform, channels: people }) : undefined;
    for (const channel of used) {
      new RelayQueue(this, `Queue-${channel}`, {
        platform,
        channel,
        topics: topicsOf(channel, platform, settings),
        functionName: relay.name,
        functionTimeout: TIMEOUT,
        ...(channel === 'heartbeat' || !deadLetters ? {} : { deadLetters }),
      });
    }
    const alarms = people.map((channel) => waiting(platform, channel));
    makeAlarms(this, { platform }, alarms);
  }

  private relay(props: AlertRelayProps, settings: RelaySettings): HoldfastFunction {
    const relay = new HoldfastFunction(this, 'Function', {
      platform: props.platform,
      name: 'alert-relay',
      description: 'Tells people what alert managers, alarms and agents have to say',
      timeout: TIMEOUT,
      logKey: props.operationsKey,
      environment: {
        [ENVIRONMENT.settings]: JSON.stringify(settings),
        [ENVIRONMENT.pagerDutyUrl]: PAGERDUTY_EVENTS_URL,
        [ENVIRONMENT.grafanaUrl]: props.grafanaUrl ?? NO_GRAFANA,
      },
    });
    allow(relay, props, settings);
    return relay;
  }
}

const HEARTBEATS = { receiver: [WATCHDOG_RECEIVER] };
/** A message without the attribute is one for people. */
const NO_HEARTBEATS = { receiver: [{ 'anything-but': [WATCHDOG_RECEIVER] }, { exists: false }] };

/** @returns the topics whose messages a channel takes; none if nobody is reached by it */
function topicsOf(channel: Channel, platform: Platform, settings: RelaySettings): readonly RelayedTopic[] {
  const { region } = settings;
  const witness = platform.regions.witness.name;
  const alerts = { arn: alertsTopicArn(platform, region), region };
  if (channel === 'heartbeat') return [{ ...alerts, filter: HEARTBEATS }];
  const names = Object.keys(settings.receivers).filter((name) => has(channel, settings, name));
  const pages = [
    { arn: onCallTopicArn(platform, region), region },
    { arn: edgeAlarmsTopicArn(platform), region: EDGE_REGION, subscribesItself: true } as const,
    // The witness has something to page only with its canary, and no relay.
    ...(platform.monitoring.canaries ? [{ arn: onCallTopicArn(platform, witness), region: witness }] : []),
  ];
  return [
    // The alert manager pages PagerDuty itself.
    ...(channel !== 'pager-duty' && names.length > 0 ? [{ ...alerts, filter: NO_HEARTBEATS }] : []),
    // Addresses are subscribed to the topic itself.
    ...(channel !== 'mail' && names.includes(settings.onCall) ? pages : []),
  ];
}

/** @returns the channels by which the relay of a region tells the person on call what the edge has to say */
export function edgeChannels(platform: Platform, role: Role): readonly Channel[] {
  const settings = relaySettings(platform, role);
  return CHANNELS.filter((channel) =>
    topicsOf(channel, platform, settings).some(({ subscribesItself }) => subscribesItself),
  );
}

/** Whether a receiver is reached by a channel. */
function has(channel: Channel, { receivers }: RelaySettings, name: string): boolean {
  const { slackChannel, mailTopicArn, webhookSecret, pagerDutySecret } = receivers[name] ?? {};
  const by: Readonly<Record<Channel, string | undefined>> = {
    slack: slackChannel,
    mail: mailTopicArn,
    webhook: webhookSecret,
    'pager-duty': pagerDutySecret,
    heartbeat: undefined,
  };
  return by[channel] !== undefined;
}

function allow(
  relay: HoldfastFunction,
  { platform, operationsKey, dataKey }: AlertRelayProps,
  settings: RelaySettings,
): void {
  const secrets = secretsOf(settings).map((name) => secretArnByName(platform, name, settings.region));
  if (secrets.length > 0) {
    relay.allow(['secretsmanager:GetSecretValue'], secrets);
    for (const arn of secrets)
      relay.explainWildcard(arn, 'Secrets Manager ends the ARN of a secret in six characters of its own.');
    relay.allow(['kms:Decrypt'], [dataKey.keyArn], via('secretsmanager', settings.region));
  }
  const mail = Object.values(settings.receivers).flatMap(({ mailTopicArn }) => mailTopicArn ?? []);
  if (mail.length > 0) {
    relay.allow(['sns:Publish'], mail);
    relay.allow(['kms:Decrypt', 'kms:GenerateDataKey'], [operationsKey.keyArn], via('sns', settings.region));
  }
  relay.allowOnAnyResource(
    ['cloudwatch:PutMetricData'],
    'CloudWatch knows no resource for it; conditions name the namespace and the other region.',
    {
      StringEquals: { 'cloudwatch:namespace': METRIC_NAMESPACE, 'aws:RequestedRegion': settings.peerRegion },
    },
  );
}

/** Only those that are read: PagerDuty's key of a receiver that no alarm pages is the alert manager's. */
function secretsOf({ slackWebhookSecret, receivers, onCall }: RelaySettings): string[] {
  const { pagerDutySecret } = receivers[onCall] ?? {};
  const named = [
    slackWebhookSecret,
    pagerDutySecret,
    ...Object.values(receivers).map(({ webhookSecret }) => webhookSecret),
  ];
  return [...new Set(named.flatMap((name) => name ?? []))].sort();
}

const via = (service: string, region: string) => ({
  StringEquals: { 'kms:ViaService': `${service}.${region}.amazonaws.com` },
});

/**
 * A queue that nobody reads: the function's own alarms are silent then. SQS leaves out messages that were tried three times,
 * so that a channel in trouble does not sound like it.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
 */
export const waiting = (platform: Platform, channel: Channel): Alarm => ({
  name: `relay-waiting-${channel}`,
  says: `Messages to people wait in the queue ${relayQueue(platform.name, channel)} for more than 15 minutes. Look whether the event source mapping of the function alert-relay is enabled, then whether the account has no room for runs.`,
  runbook: 'alert-relay',
  urgency: 'page',
  silence: 'nothing-happened',
  namespace: 'AWS/SQS',
  metric: 'ApproximateAgeOfOldestMessage',
  dimensions: { QueueName: relayQueue(platform.name, channel) },
  statistic: 'Maximum',
  periodSeconds: 300,
  periods: 2,
  of: 2,
  threshold: 900,
});
