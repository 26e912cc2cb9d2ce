import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Message } from '../../../local/tasks/sample-queue';
import { SampleWorker } from '../../../local/tasks/sample-worker';

/** A queue in memory: what is received and not deleted comes back. */
class MemoryQueue {
  readonly waiting: string[] = [];
  readonly deleted: string[] = [];
  broken = false;

  async receive(): Promise<readonly Message[]> {
    if (this.broken) throw new Error('The queue does not answer.');
    return this.waiting.splice(0, 10).map((job) => ({ job, receipt: `receipt of ${job}` }));
  }

  async delete({ job }: Message): Promise<void> {
    this.deleted.push(job);
  }
}

let queue: MemoryQueue;
let committed: unknown[];
let refused: boolean;
let worker: SampleWorker;
const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await new Promise((done) => setTimeout(done, 5));
};

beforeEach(() => {
  queue = new MemoryQueue();
  committed = [];
  refused = false;
  const query = async (_: string, values: unknown[]): Promise<void> => {
    if (refused) throw new Error('This region does not lead.');
    committed.push(values[0]);
  };
  worker = new SampleWorker(queue, { query }, 'us-east-1');
});
afterEach(() => worker.stop());

describe('a worker of the sample application', () => {
  it('commits a job, and only then deletes its message', async () => {
    queue.waiting.push('a', 'b');
    worker.start();
    await until(() => queue.deleted.length === 2);
    expect(committed).toEqual(['a', 'b']);
  });

  it('acknowledges nothing whose write was refused, and goes on when writes are taken again', async () => {
    refused = true;
    queue.waiting.push('a');
    worker.start();
    await until(() => queue.waiting.length === 0);
    expect(queue.deleted).toEqual([]);
    refused = false;
    queue.waiting.push('a');
    await until(() => queue.deleted.length === 1);
    expect(committed).toEqual(['a']);
  });

  it('finishes what it has in hand before it ends, and takes nothing more', async () => {
    queue.waiting.push('a');
    worker.start();
    await until(() => committed.length === 1);
    await worker.stop();
    queue.waiting.push('b');
    await new Promise((done) => setTimeout(done, 20));
    expect([committed, queue.deleted]).toEqual([['a'], ['a']]);
  });

  it('survives a queue that does not answer', async () => {
    queue.broken = true;
    worker.start();
    await new Promise((done) => setTimeout(done, 20));
    queue.broken = false;
    queue.waiting.push('a');
    await until(() => queue.deleted.length === 1);
    expect(committed).toEqual(['a']);
  });
});
