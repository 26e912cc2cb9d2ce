import type { Notification, Severity, Status } from '../notification';
import { dedupKey } from './dedup-key';
import { type Json, objectIn, objectsIn, textIn, timeOf } from './json';
import { alarmInConsole } from './links';

/**
 * What CloudWatch publishes of an alarm that changes its state, metric alarm or composite.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
 */

export const isOfCloudWatch = (json: Json): boolean =>
  textIn(json, 'AlarmName') !== undefined && textIn(json, 'NewStateValue') !== undefined;

/** Constructs write the article behind this word, at the end of an alarm's description. */
const RUNBOOK = /\s*Runbook: (\S+?)\.?$/;

/** @param json for which `isOfCloudWatch` holds */
export function readAlarm(
  json: Json,
  platform: string,
  topicRegion: string | undefined,
  severity: Severity,
): Omit<Notification, 'receiver'> {
  const name = textIn(json, 'AlarmName') ?? '';
  const arn = textIn(json, 'AlarmArn') ?? '';
  // The field `Region` has a name for people; that of the ARN is the one to work with.
  const region = arn.split(':')[3] || topicRegion;
  const state = textIn(json, 'NewStateValue') ?? '';
  const description = textIn(json, 'AlarmDescription') ?? '';
  const [, runbook] = RUNBOOK.exec(description) ?? [];
  return {
    source: 'cloudwatch',
    status: statusOf(state),
    severity,
    title: name,
    what: sentence(state, name, textIn(json, 'NewStateReason') ?? ''),
    where: { platform, region, service: serviceOf(objectIn(json, 'Trigger')) },
    since: timeOf(textIn(json, 'StateChangeTime')),
    description: description.replace(RUNBOOK, ''),
    links: {
      ...(region === undefined ? {} : { console: alarmInConsole(region, name) }),
      ...(runbook === undefined ? {} : { runbook }),
    },
    ...(region === undefined ? {} : { quiet: quietCommand(region, name) }),
    dedupKey: dedupKey('cloudwatch', arn || `${platform}/${region ?? ''}/${name}`),
    details: [],
    more: 0,
  };
}

/** An alarm without data is not over: nobody knows. */
const statusOf = (state: string): Status => (state === 'OK' ? 'resolved' : 'firing');

function sentence(state: string, name: string, reason: string): string {
  if (state === 'OK') return `The alarm ${name} is over. ${reason}`.trim();
  if (state === 'INSUFFICIENT_DATA') return `The alarm ${name} has no data to tell by. ${reason}`.trim();
  return reason || `The alarm ${name} has gone off.`;
}

/** Dimensions that name a service of the platform, as ECS and the constructs of Holdfast write them. */
const SERVICE_DIMENSIONS = ['Service', 'ServiceName'];

function serviceOf(trigger: Json): string | undefined {
  const dimensions = objectsIn(trigger, 'Dimensions');
  return SERVICE_DIMENSIONS.flatMap((wanted) =>
    dimensions.flatMap((one) => (textIn(one, 'name') === wanted ? (textIn(one, 'value') ?? []) : [])),
  )[0];
}

/** The alarm goes on watching and tells nobody. Names of alarms of a platform need no quoting; others are quoted. */
const quietCommand = (region: string, name: string): string =>
  `aws cloudwatch disable-alarm-actions --region ${region} --alarm-names ${shellWord(name)}`;

const shellWord = (text: string): string =>
  /^[\w.:/-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
