import type { Platform, Role } from '../../../lib/config/platform';
import { backlogBound, OLDEST_SECONDS } from '../../../lib/monitoring/alerts/queue';
import type { QueueState } from '../ports';
import type { SeenQueue } from './look';
import { type Level, type Row, row } from './row';

/**
 * One queue in one region, by the bounds of the alerts on queues. Nothing works where the region does not lead, so what waits
 * there is told, and is wrong only where it has failed.
 * @param leads role of the region that leads; undefined if nobody knows
 */
export function queueRow(platform: Platform, seen: SeenQueue, leads: Role | undefined): Row {
  const { queue, role, region, state } = seen;
  const is = (level: Level, sentence: string): Row => row(region, `queue ${queue.name}`, level, sentence);
  if (!state.known) return is('unknown', state.sentence);
  const { waiting, dead = 0 } = state.value;
  // SQS stops writing figures of a queue that nobody has used for six hours; a broker never does.
  if (waiting === undefined)
    return queue.engine === 'sqs' && dead === 0
      ? is('ok', 'rests: nobody has used it for hours')
      : is(dead > 0 ? 'degraded' : 'unknown', `CloudWatch has no figure of it${deadLetters(dead)}`);
  const late = role === leads ? lateness(state.value, backlogBound(platform)) : [];
  const level: Level = late.length > 0 || dead > 0 ? 'degraded' : 'ok';
  const age = ageOf(state.value);
  return is(
    level,
    `${waiting} messages wait${age}${late.map((one) => `; ${one}`).join('')}${deadLetters(dead)}`,
  );
}

const ageOf = ({ waiting, oldestSeconds }: QueueState): string =>
  waiting && oldestSeconds !== undefined ? `, the oldest for ${oldestSeconds} s` : '';

const deadLetters = (dead: number): string => (dead > 0 ? `; ${dead} could not be worked off` : '');

function lateness({ waiting = 0, oldestSeconds = 0, consumers }: QueueState, bound: number): string[] {
  return [
    ...(waiting > bound ? [`more than ${bound}`] : []),
    ...(waiting > 0 && oldestSeconds > OLDEST_SECONDS ? [`longer than ${OLDEST_SECONDS} s`] : []),
    ...(waiting > 0 && consumers === 0 ? ['nobody takes them'] : []),
  ];
}
