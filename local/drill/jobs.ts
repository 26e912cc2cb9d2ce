import { sqsIdentifiers } from '../../lib/config/names';
import type { Platform, Queue } from '../../lib/config/platform';
import { json, regionAt } from '../readback/aws';
import type { Jobs, Side } from './model';
import { withDatabase } from './table';
import type { World } from './world';

/** The first queue of the platform file: the one that the drill puts jobs into. */
export const drilledQueue = ({ queues }: Platform): Queue | undefined => queues[0];

/** How long a message that was not worked off stays hidden, in seconds: SQS's own default. */
const HIDDEN_SECONDS = 30;

/**
 * What stands in for a broker: nothing here speaks AMQP, so its messages are in a queue of SQS of the same region, made
 * when the region begins.
 */
const standInOf = ({ name }: Platform, queue: Queue): string => `${name}-stand-in-${queue.name}`;

/** @returns the address of the queue of a region; undefined if the platform has none */
export async function queueUrl(
  platform: Platform,
  endpoint: string,
  region: string,
): Promise<string | undefined> {
  const queue = drilledQueue(platform);
  if (!queue) return undefined;
  const at = regionAt(endpoint, platform.account, region);
  const QueueName =
    queue.engine === 'sqs' ? sqsIdentifiers(platform, queue.name).queue : standInOf(platform, queue);
  if (queue.engine === 'rabbitmq') {
    const Attributes = { VisibilityTimeout: String(HIDDEN_SECONDS) };
    await json(at, 'sqs', 'AmazonSQS.CreateQueue', { QueueName, Attributes });
  }
  return (await json<{ QueueUrl: string }>(at, 'sqs', 'AmazonSQS.GetQueueUrl', { QueueName })).QueueUrl;
}

/** An effect of a job; `id` is the row's own, and the same where the row was replicated. */
interface Row {
  readonly id: string;
  readonly job: string;
  readonly region: string;
}

/**
 * @param sides whose databases are asked. Effects that only the one that was left has count too: what it did was done.
 * @returns what became of the jobs
 * @throws if one of the databases does not answer
 */
export async function jobsOf(world: World, sides: readonly Side[]): Promise<Jobs> {
  const rows: Row[] = [];
  for (const side of sides) {
    await withDatabase(world, side, async (session) => {
      rows.push(...(await session.query<Row>('SELECT id, job, region FROM drill_jobs')).rows);
    });
  }
  return countJobs(rows, (region) => world.sideOf(region));
}

/** @param found one for each effect of a job that a database has: what two of them have is one effect */
export function countJobs(found: readonly Row[], sideOf: (region: string) => Side | undefined): Jobs {
  const rows = [...new Map(found.map((row) => [row.id, row])).values()];
  const times = new Map<string, number>();
  for (const { job } of rows) times.set(job, (times.get(job) ?? 0) + 1);
  const by = (side: Side): number => rows.filter(({ region }) => sideOf(region) === side).length;
  return {
    committed: times.size,
    twice: [...times].filter(([, count]) => count > 1).map(([job]) => job),
    by: { home: by('home'), standby: by('standby') },
  };
}
