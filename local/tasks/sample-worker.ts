import { setTimeout as wait } from 'node:timers/promises';
import type { Message, SampleQueue } from './sample-queue';

/** Between two looks into an empty queue, or after a failure. */
const PAUSE_MS = 500;

/** What a worker needs of its pool. */
export interface Database {
  query(text: string, values: unknown[]): Promise<unknown>;
}

/**
 * Works a queue off as a careful worker does: the effect of a job is committed first, then the message is deleted. The
 * effect has no key: a job that is committed twice is there twice, and the drill counts it.
 */
export class SampleWorker {
  private readonly ending = new AbortController();
  private working: Promise<void> | undefined;

  constructor(
    private readonly queue: Pick<SampleQueue, 'receive' | 'delete'>,
    private readonly pool: Database,
    private readonly region: string,
  ) {}

  start(): void {
    this.working ??= this.run();
  }

  /** Takes no message any more, and finishes those that it has. */
  async stop(): Promise<void> {
    this.ending.abort();
    await this.working;
  }

  private async run(): Promise<void> {
    const { signal } = this.ending;
    while (!signal.aborted) {
      const found = await this.round().catch(() => 0);
      if (found === 0) await wait(PAUSE_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  /** @returns how many messages were worked off; what fails stays in the queue and comes back */
  private async round(): Promise<number> {
    const messages = await this.queue.receive();
    for (const message of messages) await this.work(message);
    return messages.length;
  }

  private async work(message: Message): Promise<void> {
    await this.pool.query(
      'INSERT INTO drill_jobs (job, region, epoch) SELECT $1, $2, epoch FROM holdfast.lease',
      [message.job, this.region],
    );
    await this.queue.delete(message);
  }
}
