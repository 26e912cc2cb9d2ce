import type { Platform } from '../../config/platform';
import type { Alert } from './alert';
import { own } from './promql';

/** Messages in a queue whose readers are not scaled by it: more than a burst, for most. */
const MESSAGES = 1000;

/** More than the readers at their largest are meant to have waiting, in the queue that is meant to hold most. */
function largestBacklog({ services }: Platform): number {
  const planned = services.flatMap(({ scaling, replicas }) =>
    scaling?.backlogPerTask === undefined ? [] : [scaling.backlogPerTask * replicas.home.max],
  );
  return planned.length === 0 ? MESSAGES : Math.max(...planned);
}

/** The queues. */
export const QUEUE_ALERTS: readonly Alert[] = [
  {
    name: 'QueueBacklog',
    severity: 'warning',
    component: 'queue',
    team: 'application',
    appliesTo: ({ queues }) => queues.length > 0,
    // Scaling out takes a few minutes, and then the queue is shorter.
    forSeconds: 600,
    threshold: { value: largestBacklog, unit: 'messages' },
    expression: (context) => {
      const engines = new Set(context.platform.queues.map(({ engine }) => engine));
      // Both are read every five minutes.
      const waiting = [
        ...(engines.has('sqs') ? ['aws_sqs_approximate_number_of_messages_visible_maximum'] : []),
        ...(engines.has('rabbitmq') ? ['aws_amazonmq_message_ready_count_maximum'] : []),
      ];
      return waiting
        .map(
          (series) => `max by (queue) (min_over_time(${series}${own(context)}[11m])) > ${context.threshold}`,
        )
        .join(' or ');
    },
    summary: 'Messages pile up in the queue {{ $labels.queue }}.',
    description:
      '{{ printf "%.0f" $value }} messages wait, more than {threshold}. Their work is late until the readers catch up.',
    panel: 'queue/backlog',
  },
];
