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

/** A task that does not listen is given up after this. */
const START_MS = 30_000;

/** One task of a service: a process of the sample application with the environment that was deployed. */
export class Task {
  /** Whether it has been told to end. */
  leaving = false;
  /** By `performance.now()`. */
  readonly startedMs = performance.now();
  /** Resolves when its process has ended, whoever ended it. */
  readonly gone: Promise<void>;
  private ports: Readonly<Record<string, number>> = {};
  private hasEnded = false;

  private constructor(
    readonly plan: TaskPlan,
    private readonly child: ChildProcess,
  ) {
    this.gone = new Promise((done) => {
      const end = (): void => {
        this.hasEnded = true;
        done();
      };
      child.once('exit', end);
      child.on('error', () => {
        // A process that could not be made has no exit.
        if (child.pid === undefined) end();
      });
    });
  }

  /**
   * @param signal gives the start up
   * @throws if it does not listen in time; its process is ended then
   */
  static async start(plan: TaskPlan, bundle: string, signal?: AbortSignal): Promise<Task> {
    const child = fork(bundle, {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      // A group of its own: Ctrl-C reaches only whoever ends the tasks in order.
      detached: true,
      // The bundle needs nothing that this process was started with, such as a loader of TypeScript.
      execArgv: [],
      env: { PATH: process.env.PATH, ...plan.environment, [SETTINGS]: JSON.stringify(plan.settings) },
    });
    const task = new Task(plan, child);
    try {
      task.ports = (await firstMessage(task, child, signal)).ports;
      return task;
    } catch (error) {
      task.kill();
      await task.gone;
      throw error;
    }
  }

  /** Of its process; 0 if none could be made. */
  get pid(): number {
    return this.child.pid ?? 0;
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

  /** Ends it at once, without a word. */
  kill(): void {
    this.leaving = true;
    this.child.kill('SIGKILL');
  }
}

async function firstMessage(task: Task, child: ChildProcess, signal?: AbortSignal): Promise<Started> {
  const late = AbortSignal.timeout(START_MS);
  const waiting = signal ? AbortSignal.any([signal, late]) : late;
  const ended = task.gone.then(() => {
    throw new Error(`The sample application ended with ${child.exitCode ?? child.signalCode}.`);
  });
  const [message] = await Promise.race([once(child, 'message', { signal: waiting }), ended]);
  return message as Started;
}
