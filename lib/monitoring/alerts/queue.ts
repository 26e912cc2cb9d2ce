import type { Platform, Queue } from '../../config/platform';
import type { Alert, AlertContext } from './alert';
import { own, whileLeading } from './promql';

/** Messages in a queue whose readers are not scaled by it: more than a burst, for most. */
const MESSAGES = 1000;

/** More than the readers at their largest are meant to have waiting, in the queue that is meant to hold most. */
function largestBacklog({ services }: Platform): number {
  const planned = services.flatMap(({ scaling, replicas }) =>
    scaling?.backlogPerTask === undefined ? [] : [scaling.backlogPerTask * replicas.home.max],
  );
  return planned.length === 0 ? MESSAGES : Math.max(...planned);
}

/** Messages that may wait in a queue of the platform: what its file says, or what its readers are meant for. */
export const backlogBound = (platform: Platform): number =>
  platform.alerts?.thresholds.QueueBacklog?.value ?? largestBacklog(platform);

/** Scaling out has had its time twice over by then. It also tells of messages that a failover has left behind. */
export const OLDEST_SECONDS = 1800;

const has =
  (engine: Queue['engine']) =>
  ({ queues }: Platform): boolean =>
    queues.some((queue) => queue.engine === engine);
const OF_A_QUEUE = { component: 'queue', team: 'application' } as const;
const OF_A_BROKER = { component: 'queue', team: 'ops', appliesTo: has('rabbitmq') } as const;

/** Matchers of the queues with what could not be worked off, and of the others; both have names from the platform's. */
const dead = ({ platform }: AlertContext): string => `queue=~"${platform.name}-dead-.+"`;
const alive = ({ platform }: AlertContext): string => `queue!~"${platform.name}-dead-.+"`;

/** The newest value of what is read every five minutes, of which one reading may be missing. */
const newest = (series: string): string => `last_over_time(${series}[11m])`;
const VISIBLE = 'aws_sqs_approximate_number_of_messages_visible_maximum';
const READY = 'aws_amazonmq_message_ready_count_maximum';

/** The queues. */
export const QUEUE_ALERTS: readonly Alert[] = [
  {
    ...OF_A_QUEUE,
    name: 'QueueBacklog',
    severity: 'warning',
    appliesTo: ({ queues }) => queues.length > 0,
    // Scaling out takes a few minutes, and then the queue is shorter.
    forSeconds: 600,
    threshold: { value: largestBacklog, unit: 'messages' },
    expression: (context) => {
      // Both are read every five minutes.
      const waiting = [
        ...(has('sqs')(context.platform) ? [VISIBLE] : []),
        ...(has('rabbitmq')(context.platform) ? [READY] : []),
      ];
      return waiting
        .map(
          (series) =>
            `max by (queue) (min_over_time(${series}${own(context, alive(context))}[11m])) > ${context.threshold}`,
        )
        .join(' or ');
    },
    summary: 'Messages pile up in the queue {{ $labels.queue }}.',
    description:
      '{{ printf "%.0f" $value }} messages wait, more than {threshold}. Their work is late until the readers catch up.',
    panel: 'queue/backlog',
  },
  {
    ...OF_A_QUEUE,
    name: 'QueueMessagesOld',
    severity: 'warning',
    appliesTo: has('sqs'),
    forSeconds: 600,
    threshold: { value: OLDEST_SECONDS, unit: 'seconds' },
    expression: (context) =>
      `max by (queue) (${newest(`aws_sqs_approximate_age_of_oldest_message_maximum${own(context, alive(context))}`)}) > ${context.threshold}`,
    summary: 'A message waits too long in the queue {{ $labels.queue }}.',
    description:
      'The oldest message has waited {{ printf "%.0f" $value }} seconds, more than {threshold}. Nobody takes it, or it fails again and again.',
    panel: 'queue/oldest',
  },
  {
    ...OF_A_QUEUE,
    name: 'QueueDeadLetters',
    severity: 'warning',
    appliesTo: has('sqs'),
    forSeconds: 0,
    threshold: { value: 0, unit: 'messages' },
    expression: (context) =>
      `max by (queue) (${newest(`${VISIBLE}${own(context, dead(context))}`)}) > ${context.threshold}`,
    summary: 'Messages could not be worked off and are in {{ $labels.queue }}.',
    description:
      '{{ printf "%.0f" $value }} messages have failed as often as queues.maxReceives allows. They are kept for two weeks, and nobody works on them.',
    panel: 'queue/dead-letters',
  },
  {
    ...OF_A_QUEUE,
    name: 'QueueWithoutConsumers',
    severity: 'critical',
    appliesTo: has('rabbitmq'),
    forSeconds: 600,
    expression: (context) =>
      whileLeading(
        context,
        `max by (queue) (${newest(`${READY}${own(context)}`)}) > 0 and on (queue) max by (queue) (${newest(`aws_amazonmq_consumer_count_minimum${own(context)}`)}) == 0`,
      ),
    summary: 'Nobody takes messages from the queue {{ $labels.queue }}.',
    description:
      '{{ printf "%.0f" $value }} messages wait in the region that leads, and no worker is connected to take them.',
    panel: 'queue/consumers',
  },
  {
    ...OF_A_BROKER,
    name: 'BrokerMemoryHigh',
    severity: 'critical',
    forSeconds: 600,
    // At its limit RabbitMQ blocks everybody who sends.
    threshold: { value: 80, unit: 'percent' },
    expression: (context) =>
      `100 * max by (broker) (${newest(`aws_amazonmq_rabbit_mqmem_used_maximum${own(context)}`)}) / max by (broker) (${newest(`aws_amazonmq_rabbit_mqmem_limit_maximum${own(context)}`)}) > ${context.threshold}`,
    summary: 'The broker {{ $labels.broker }} runs out of memory.',
    description:
      'It uses {{ printf "%.0f" $value }} percent of the memory that it may take, more than {threshold}. At its limit it blocks all who send.',
    panel: 'queue/broker-memory',
  },
  {
    ...OF_A_BROKER,
    name: 'BrokerDiskLow',
    severity: 'critical',
    forSeconds: 600,
    // At its limit, once, RabbitMQ blocks everybody who sends.
    threshold: { value: 2, unit: 'times its limit' },
    expression: (context) =>
      `min by (broker) (${newest(`aws_amazonmq_rabbit_mqdisk_free_minimum${own(context)}`)}) / max by (broker) (${newest(`aws_amazonmq_rabbit_mqdisk_free_limit_maximum${own(context)}`)}) < ${context.threshold}`,
    summary: 'The broker {{ $labels.broker }} runs out of disk.',
    description:
      'Its free disk is {{ printf "%.1f" $value }} times the limit, less than {threshold}. At the limit it blocks all who send.',
    panel: 'queue/broker-disk',
  },
];
