import { Construct } from 'constructs';
import { METRIC_NAMESPACE, METRICS, relayDeadLetters } from '../../../lambda/alert-relay/contract';
import { alertsTopic, functionName, onCallTopic } from '../../config/names';
import type { Platform } from '../../config/platform';
import { type Alarm, type Metric, makeAlarms } from './alarm';
import { makeSymptom, type Symptom } from './symptom';

export interface OnCallAlarmsProps {
  readonly platform: Platform;
  /** Id of the region's workspace of Amazon Managed Prometheus. */
  readonly workspaceId: string;
}

const PERIOD_SECONDS = 300;
/** A platform has some thousand series; so many are a label with a value for each user. */
const SERIES_MAX = 500_000;

const counted = {
  runbook: 'cloudwatch-alarms',
  silence: 'nothing-happened',
  periodSeconds: PERIOD_SECONDS,
  threshold: 1,
} as const;

/** @returns the alarms on the way from an alert to a person: topics, relay, alert manager */
export function onCallAlarms(props: OnCallAlarmsProps): Alarm[] {
  return [...ofTheRelay(props.platform), ...ofThePrometheus(props.workspaceId)];
}

function ofTheRelay(platform: Platform): Alarm[] {
  const own = { namespace: METRIC_NAMESPACE, dimensions: { Platform: platform.name }, statistic: 'Sum' };
  const refused = (topic: string): Metric => ({
    namespace: 'AWS/SNS',
    metric: 'NumberOfNotificationsFailed',
    dimensions: { TopicName: topic },
    statistic: 'Sum',
  });
  return [
    {
      ...counted,
      name: 'relay-dead-letters',
      says: `Messages to people could not be delivered and are in the queue ${relayDeadLetters(platform.name)}. Read them there, act on what they say, then look in the log of the relay which way out refused them and move them back.`,
      urgency: 'cause',
      namespace: 'AWS/SQS',
      metric: 'ApproximateNumberOfMessagesVisible',
      dimensions: { QueueName: relayDeadLetters(platform.name) },
      statistic: 'Maximum',
      periods: 1,
      of: 1,
    },
    {
      ...counted,
      ...own,
      name: 'relay-failing',
      says: 'A way out to people has refused messages for a quarter of an hour; they are tried again. Look in the log of the relay which one it is and what it answers: a secret that expired, a channel that is gone.',
      urgency: 'cause',
      metric: METRICS.failed,
      periods: 3,
      of: 3,
    },
    {
      ...counted,
      name: 'relay-errors',
      says: 'Runs of the relay end with an error. Read the end of its log.',
      urgency: 'cause',
      namespace: 'AWS/Lambda',
      metric: 'Errors',
      dimensions: { FunctionName: functionName(platform, 'alert-relay') },
      statistic: 'Sum',
      periods: 2,
      of: 3,
    },
    {
      ...counted,
      name: 'topics-failing',
      says: 'A topic could not hand its messages on. Look at the subscriptions of the topics of the alerts and of the person on call: an address that is not confirmed, a queue that refuses.',
      urgency: 'cause',
      formula: {
        of: { oncall: refused(onCallTopic(platform)), alerts: refused(alertsTopic(platform)) },
        expression: 'FILL(oncall, 0) + FILL(alerts, 0)',
        label: 'Messages that no subscriber took',
      },
      periods: 2,
      of: 3,
    },
    {
      ...counted,
      ...own,
      name: 'heartbeats-refused',
      says: 'The other region has not taken the heartbeat of this one for a quarter of an hour; it will page there that this region is silent. Look in the log of the relay what CloudWatch of the other region answers.',
      urgency: 'morning',
      metric: METRICS.heartbeatsFailed,
      periods: 3,
      of: 3,
    },
  ];
}

/** To AMP a metric that is missing is a metric of 0: https://docs.aws.amazon.com/prometheus/latest/userguide/AMP-CW-usage-metrics.html */
function ofThePrometheus(workspaceId: string): Alarm[] {
  const of = (metric: string): Metric => ({
    namespace: 'AWS/Prometheus',
    metric,
    dimensions: { Workspace: workspaceId },
    statistic: 'Sum',
  });
  const everyKind = (metric: string) =>
    `SELECT SUM(${metric}) FROM "AWS/Prometheus" WHERE Workspace = '${workspaceId}'`;
  return [
    {
      ...counted,
      name: 'alert-manager-failing',
      says: 'The alert manager could not deliver alerts, or held them back. Look in its log group which receiver refuses: a routing key of PagerDuty that is wrong, or a topic that does not admit it.',
      urgency: 'cause',
      formula: {
        of: {
          failed: of('AlertManagerNotificationsFailed'),
          throttled: of('AlertManagerNotificationsThrottled'),
        },
        expression: 'FILL(failed, 0) + FILL(throttled, 0)',
        label: 'Alerts that were not delivered',
      },
      periods: 2,
      of: 3,
    },
    {
      ...counted,
      name: 'rules-failing',
      says: 'Rules of the alerts cannot be evaluated, so what they watch over is not watched. Look in the log group of the workspace which group fails and why.',
      urgency: 'morning',
      query: { query: everyKind('RuleEvaluationFailures'), label: 'Rules that could not be evaluated' },
      periods: 3,
      of: 3,
    },
    {
      ...counted,
      name: 'samples-discarded',
      says: 'The workspace of the metrics throws samples away: alerts see less than there is. Look at the metric DiscardedSamples for the reason: too many series, a clock that is off, or two collectors that send the same.',
      urgency: 'morning',
      query: { query: everyKind('DiscardedSamples'), label: 'Discarded samples' },
      periods: 3,
      of: 3,
    },
    {
      ...counted,
      name: 'series-many',
      says: `The workspace of the metrics holds more than ${SERIES_MAX} series: some label has a value for each user or request, and each costs. Look which metric has the most series, and drop the label in the service.`,
      urgency: 'morning',
      namespace: 'AWS/Usage',
      metric: 'ResourceCount',
      dimensions: {
        Type: 'Resource',
        ResourceId: workspaceId,
        Resource: 'ActiveSeries',
        Service: 'Prometheus',
        Class: 'None',
      },
      statistic: 'Maximum',
      periods: 3,
      of: 3,
      threshold: SERIES_MAX,
    },
  ];
}

/**
 * What pages of them. It takes the addresses of the topic, which need neither relay nor alert manager; where the person on
 * call has none, the heartbeat, which goes the same way as the messages, stops as well and the other region pages.
 */
export const ON_CALL_SYMPTOM: Symptom = {
  name: 'on-call-unreachable',
  says: 'Alerts of this region do not reach people. Read first what was not delivered, then look which part of the way is broken.',
  runbook: 'cloudwatch-alarms',
  anyOf: ['relay-dead-letters', 'relay-failing', 'relay-errors', 'topics-failing', 'alert-manager-failing'],
};

/** Alarms on what brings alerts to people. */
export class OnCallAlarms extends Construct {
  constructor(scope: Construct, id: string, props: OnCallAlarmsProps) {
    super(scope, id);
    makeAlarms(this, props, onCallAlarms(props));
    makeSymptom(this, props, ON_CALL_SYMPTOM);
  }
}
