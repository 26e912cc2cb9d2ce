import { ofType } from './invariants/exposure';
import type { Resource, Synthesized } from './synth';

/**
 * Who is paged, read from the templates: from an alarm that goes off, through the symptom that names it, its topic and the
 * topic's subscriptions, to what reaches a person. Resources of a region that is lost count for nothing, wherever they are
 * named.
 */
export interface Page {
  readonly region: string;
  /** Name of the alarm or composite that pages. */
  readonly alarm: string;
  /** From the loss until the message leaves CloudWatch, at most, in seconds. */
  readonly withinSeconds: number;
  /** `e-mail`, `pager-duty`, `slack`, `webhook`; sorted. */
  readonly ways: readonly string[];
}

/** An alarm that goes off. */
export interface Trigger {
  readonly region: string;
  readonly alarm: string;
  /** From the loss until its metric says so; 0 if the metric is missing from then on. */
  readonly afterSeconds: number;
}

/** CloudWatch evaluates each alarm once a minute. */
const EVALUATED_EVERY = 60;
/**
 * Where data is missing, CloudWatch looks further back than the periods of the alarm, and old data in that range holds it
 * up. How far is not documented; three periods are what its examples show.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
const LOOKS_BACK_PERIODS = 3;

interface Found {
  readonly stack: string;
  readonly region: string;
  readonly id: string;
  readonly resource: Resource;
}

export const regionsOf = ({ assembly }: Synthesized): ReadonlyMap<string, string> =>
  new Map(assembly.stacks.map((stack) => [stack.stackName, stack.environment.region]));

/** Resources of a type in regions that are left. */
export function left(synth: Synthesized, type: string, lost: readonly string[] = []): Found[] {
  const regions = regionsOf(synth);
  return ofType(synth, type).flatMap((one) => {
    const region = regions.get(one.stack) ?? '';
    return lost.includes(region) ? [] : [{ ...one, region }];
  });
}

/** Metric alarms and composites. */
export const alarmsLeft = (synth: Synthesized, lost: readonly string[] = []): Found[] => [
  ...left(synth, 'AWS::CloudWatch::Alarm', lost),
  ...left(synth, 'AWS::CloudWatch::CompositeAlarm', lost),
];

/** Names of the alarms that a composite names. */
export const childrenOf = (rule: string): string[] =>
  [...rule.matchAll(/ALARM\("([^"]+)"\)/g)].map(([, name]) => name ?? '');

/** Whether a rule holds: alternatives in brackets, joined by AND, as the symptoms write them. */
export const holds = (rule: string, inAlarm: (name: string) => boolean): boolean =>
  rule.split(' AND ').every((part) => childrenOf(part).some(inAlarm));

/** ARN of a topic that a template names: by a reference in its own stack, or by its fixed name. */
export function topicArn(synth: Synthesized, { stack, region }: Found, topic: unknown): string {
  if (typeof topic === 'string') return topic;
  const id = (topic as { Ref?: string }).Ref ?? '';
  const found = synth.templates.get(stack)?.Resources[id];
  if (found?.Type !== 'AWS::SNS::Topic') return '';
  const account = synth.assembly.stacks[0]?.environment.account ?? '';
  return `arn:aws:sns:${region}:${account}:${found.Properties.TopicName}`;
}

/** What reaches a person from a topic, with what is left. */
export function waysFrom(synth: Synthesized, topic: string, lost: readonly string[] = []): string[] {
  const [, , , region = ''] = topic.split(':');
  if (lost.includes(region)) return [];
  const exists = left(synth, 'AWS::SNS::Topic', lost).some(
    (one) => topicArn(synth, one, { Ref: one.id }) === topic,
  );
  if (!exists) return [];
  const ways = left(synth, 'AWS::SNS::Subscription', lost)
    .filter((one) => topicArn(synth, one, one.resource.Properties.TopicArn) === topic)
    .flatMap((one) => {
      const { Protocol, Endpoint } = one.resource.Properties;
      if (Protocol === 'email') return ['e-mail'];
      return typeof Endpoint === 'string'
        ? relayedElsewhere(synth, Endpoint, lost)
        : relayed(synth, one, Endpoint['Fn::GetAtt'][0]);
    });
  return [...new Set(ways)].sort();
}

/** Through a queue and the function that reads it; both are in the stack of the subscription. */
function relayed(synth: Synthesized, { stack }: Found, queue: string): string[] {
  const resources = Object.values(synth.templates.get(stack)?.Resources ?? {});
  const name = String(synth.templates.get(stack)?.Resources[queue]?.Properties.QueueName);
  const mapped = resources.some(
    ({ Type, Properties }) =>
      Type === 'AWS::Lambda::EventSourceMapping' && Properties.EventSourceArn['Fn::GetAtt'][0] === queue,
  );
  return mapped ? [name.replace(/^.*-relay-/, '')] : [];
}

/** The same for a queue of another stack, by its name. */
function relayedElsewhere(synth: Synthesized, arn: string, lost: readonly string[]): string[] {
  const [, , , region, , name] = arn.split(':');
  return left(synth, 'AWS::SQS::Queue', lost)
    .filter((one) => one.region === region && one.resource.Properties.QueueName === name)
    .flatMap((one) => relayed(synth, one, one.id));
}

const secondsOf = ({ Properties }: Resource): number => {
  const period: number = Properties.Period ?? Properties.Metrics[0].MetricStat.Period;
  const silent = Properties.TreatMissingData === 'breaching' ? LOOKS_BACK_PERIODS : 0;
  return period * (Number(Properties.EvaluationPeriods) + silent) + EVALUATED_EVERY;
};

/**
 * @param triggers what goes off
 * @param latched names of alarms that hold all the time
 * @param lost regions that are gone
 * @returns every page that leaves, the first one first
 */
export function pages(
  synth: Synthesized,
  triggers: readonly Trigger[],
  latched: readonly string[],
  lost: readonly string[],
): Page[] {
  const alarms = alarmsLeft(synth, lost);
  return triggers
    .flatMap(({ region, alarm, afterSeconds }) => {
      const here = alarms.filter((one) => one.region === region);
      const off = here.find(({ resource }) => resource.Properties.AlarmName === alarm);
      if (!off) return [];
      const composites = here.filter(
        ({ resource: { Type, Properties } }) =>
          Type === 'AWS::CloudWatch::CompositeAlarm' &&
          childrenOf(Properties.AlarmRule).includes(alarm) &&
          holds(Properties.AlarmRule, (name) => name === alarm || latched.includes(name)),
      );
      return [off, ...composites].flatMap((one) =>
        (one.resource.Properties.AlarmActions ?? []).map((action: unknown) => ({
          region,
          alarm: String(one.resource.Properties.AlarmName),
          withinSeconds: afterSeconds + secondsOf(off.resource) + (one === off ? 0 : EVALUATED_EVERY),
          ways: waysFrom(synth, topicArn(synth, one, action), lost),
        })),
      );
    })
    .sort((a, b) => a.withinSeconds - b.withinSeconds);
}

/** A page as a sentence. */
export const sentence = ({ region, alarm, withinSeconds, ways }: Page): string =>
  `${alarm} in ${region} within ${withinSeconds} s: ${ways.join(', ') || 'nobody'}`;
