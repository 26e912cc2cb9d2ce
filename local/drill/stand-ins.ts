import type { Platform } from '../../lib/config/platform';
import { emptyAmong } from '../postgres/stand-ins';
import { drilledQueue } from './jobs';

/** @returns what of AWS was not there in a drill, and what stood in for it: a sentence each */
export function standIns(platform: Platform): string[] {
  const extensions = platform.database?.kind === 'managed' ? platform.database.extensions : [];
  const empty = emptyAmong(extensions);
  return [
    'AWS: the local AWS API; the stacks were deployed by the CDK, and the functions that ran are the deployed bundles.',
    'RDS: PostgreSQL 17 processes on this machine, with streaming replication; a promotion takes as long as theirs.',
    ...(empty.length > 0 ? [`Extensions of PostgreSQL: ${empty.join(', ')} are there, and empty.`] : []),
    `Images: each of ${platform.services.map(({ name }) => name).join(', ')} is the sample application.`,
    ...(drilledQueue(platform)?.engine === 'rabbitmq'
      ? ['RabbitMQ: a queue of SQS in the local AWS API of each region; nothing here speaks AMQP.']
      : []),
    'Balancers and Route 53: small ones of this machine that follow what was deployed.',
  ];
}
