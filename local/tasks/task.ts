import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { type SampleSettings, SETTINGS, type Started } from './sample-contract';

export interface TaskPlan {
  readonly id: string;
  readonly service: string;
  readonly region: string;
  /** Revision of the task definition that it runs. */
  readonly definition: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly settings: SampleSettings;
  readonly stopMs: number;
}

/** A task that listens and does not is given up after this. */
const START_MS = 30_000;

/** One task of a service: a process of the sample application with the environment that was deployed. */
export class Task {
  /** Whether it has been told to end. */
  leaving = false;
  private ports: Readonly<Record<string, number>> = {};
  private readonly gone: Promise<void>;
  private hasEnded = false;

  private constructor(
    readonly plan: TaskPlan,
    private readonly child: ChildProcess,
  ) {
    this.gone = new Promise((done) => {
      child.once('exit', () => {
        this.hasEnded = true;
        done();
      });
    });
  }

  /** @throws if it does not listen in time */
  static async start(plan: TaskPlan, bundle: string): Promise<Task> {
    const child = fork(bundle, {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      // A group of its own: Ctrl-C reaches only whoever ends the tasks in order.
      detached: true,
      env: { PATH: process.env.PATH, ...plan.environment, [SETTINGS]: JSON.stringify(plan.settings) },
    });
    const task = new Task(plan, child);
    try {
      task.ports = (await firstMessage(child)).ports;
      return task;
    } catch (error) {
      task.kill();
      throw error;
    }
  }

  get ended(): boolean {
    return this.hasEnded;
  }

  /** Port of this machine for a port of the container. @throws if the container has no such port */
  port(containerPort: number): number {
    const found = this.ports[String(containerPort)];
    if (found === undefined) throw new Error(`${this.plan.service} has no port ${containerPort}.`);
    return found;
  }

  /** Tells it to end, and ends it when it takes too long. */
  async stop(): Promise<void> {
    this.leaving = true;
    if (this.hasEnded) return;
    this.child.kill('SIGTERM');
    const timer = setTimeout(() => this.kill(), this.plan.stopMs);
    await this.gone;
    clearTimeout(timer);
  }

  /** Ends it at once. */
  kill(): void {
    this.leaving = true;
    this.child.kill('SIGKILL');
  }

  onEnd(listener: () => void): void {
    void this.gone.then(listener);
  }
}

async function firstMessage(child: ChildProcess): Promise<Started> {
  const waiting = AbortSignal.timeout(START_MS);
  const ended = once(child, 'exit', { signal: waiting }).then(([code]) => {
    throw new Error(`The sample application ended with ${code}.`);
  });
  const [message] = await Promise.race([once(child, 'message', { signal: waiting }), ended]);
  ended.catch(() => undefined);
  return message as Started;
}
