import type { Platform } from '../../config/platform';
import type { Dashboard, Panel } from './panel';
import { where } from './parts';
import { one, REGION, slow } from './queries';

/** Message queues, of the engines that the platform has. */
export const queue = ({ queues }: Platform): Dashboard | undefined => {
  const engines = new Set(queues.map(({ engine }) => engine));
  if (engines.size === 0) return undefined;
  return {
    name: 'queue',
    title: 'Queues',
    description: 'How much waits, how long, and whether somebody takes it.',
    choices: ['region'],
    rows: [
      { title: 'Backlog', panels: [backlog(engines)] },
      {
        title: 'Queues',
        panels: [...where(engines.has('rabbitmq'), ...RABBITMQ), ...where(engines.has('sqs'), ...SQS)],
      },
    ],
  };
};

const VISIBLE = 'aws_sqs_approximate_number_of_messages_visible_maximum';
/** Not those that take what could not be worked off. */
const ALIVE = 'queue!~".+-dead-.+"';
const newest = (metric: string): string => slow(`${metric}{${REGION}}`);

function backlog(engines: ReadonlySet<string>): Panel {
  const waiting = [
    ...where(engines.has('rabbitmq'), newest('aws_amazonmq_message_ready_count_maximum')),
    ...where(engines.has('sqs'), slow(`${VISIBLE}{${REGION},${ALIVE}}`)),
  ];
  return {
    slug: 'backlog',
    title: 'Messages that wait',
    description: 'Messages that nobody has taken yet. Workers scale by this.',
    view: 'lines',
    unit: 'short',
    queries: one(
      '{{queue}} in {{region}}',
      waiting.map((series) => `sum by (region, queue) (${series})`).join(' or '),
    ),
    width: 24,
    min: 0,
  };
}

const RABBITMQ: readonly Panel[] = [
  {
    slug: 'consumers',
    title: 'Consumers',
    description: 'Workers that take messages from a queue. Where there is none, messages wait for ever.',
    view: 'lines',
    unit: 'short',
    queries: one(
      '{{queue}} in {{region}}',
      `sum by (region, queue) (${newest('aws_amazonmq_consumer_count_minimum')})`,
    ),
    width: 12,
    bad: 'below',
    min: 0,
  },
  {
    slug: 'broker',
    title: 'Messages in the broker',
    description: 'Waiting or being worked on, in all queues.',
    view: 'lines',
    unit: 'short',
    queries: one(
      '{{broker}} in {{region}}',
      `max by (region, broker) (${newest('aws_amazonmq_message_count_maximum')})`,
    ),
    width: 12,
    min: 0,
  },
  {
    slug: 'broker-memory',
    title: 'Memory of the broker',
    description: 'Share of the memory that it may take. At all of it it blocks all who send.',
    view: 'lines',
    unit: 'percentunit',
    queries: one(
      '{{broker}} in {{region}}',
      `max by (region, broker) (${newest('aws_amazonmq_rabbit_mqmem_used_maximum')}) / max by (region, broker) (${newest('aws_amazonmq_rabbit_mqmem_limit_maximum')})`,
    ),
    width: 12,
    min: 0,
  },
  {
    slug: 'broker-disk',
    title: 'Free disk of the broker',
    description: 'As a multiple of its limit, at which it blocks all who send.',
    view: 'lines',
    unit: 'short',
    queries: one(
      '{{broker}} in {{region}}',
      `min by (region, broker) (${newest('aws_amazonmq_rabbit_mqdisk_free_minimum')}) / max by (region, broker) (${newest('aws_amazonmq_rabbit_mqdisk_free_limit_maximum')})`,
    ),
    width: 12,
    bad: 'below',
    min: 0,
  },
];

const SQS: readonly Panel[] = [
  {
    slug: 'dead-letters',
    title: 'Dead letters',
    description: 'Messages that failed too often and that nobody works on any more.',
    view: 'lines',
    unit: 'short',
    queries: one(
      '{{queue}} in {{region}}',
      `max by (region, queue) (${slow(`${VISIBLE}{${REGION},queue=~".+-dead-.+"}`)})`,
    ),
    width: 12,
    min: 0,
  },
  {
    slug: 'oldest',
    title: 'Oldest message',
    description: 'How long the first message in line has waited.',
    view: 'lines',
    unit: 's',
    queries: one(
      '{{queue}} in {{region}}',
      `max by (region, queue) (${slow(`aws_sqs_approximate_age_of_oldest_message_maximum{${REGION},${ALIVE}}`)})`,
    ),
    width: 12,
    min: 0,
  },
];
