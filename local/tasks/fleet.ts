import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Platform, Role, Service } from '../../lib/config/platform';
import type { DeployedService, DeployedServices } from './deployed-services';
import { next } from './rollout';
import type { SampleSettings } from './sample-contract';
import { Task } from './task';

export interface FleetOptions {
  readonly platform: Platform;
  readonly role: Role;
  readonly deployed: DeployedServices;
  /** File of the sample application. */
  readonly bundle: string;
  /** File with the ports of names as they are seen from the region, and what their certificates are trusted by. */
  readonly names: string;
  readonly ca: string;
  /** From the order to start a task until its process starts: Fargate finds a machine and fetches the image. */
  readonly startMs: number;
  readonly say: (sentence: string) => void;
}

/** Told when tasks come and go: a balancer. */
export interface Registry {
  register(service: DeployedService, task: Task): void;
  /** Resolves when the balancer has drained it. */
  deregister(task: Task): Promise<void>;
  isHealthy(task: Task): boolean;
  /** Whether the balancer has given it up, so that it has to be replaced. */
  isUnhealthy(task: Task): boolean;
}

const TURN_MS = 250;

/**
 * Keeps, in one region, so many tasks of each service as ECS says is desired: starts what is missing, replaces what has
 * ended or is unhealthy, and rolls out a new revision within the bounds of the deployment, starting first.
 *
 * What it does not do: it places nothing in zones, it has no circuit breaker, and every image is the sample application.
 */
export class Fleet {
  private readonly tasks = new Set<Task>();
  private starting = new Map<string, number>();
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;
  private lost = false;
  private complete = false;

  constructor(
    private readonly options: FleetOptions,
    private readonly registry: Registry,
  ) {}

  start(): void {
    this.running = this.run();
  }

  /** Tasks that have started and are not told to end. */
  list(service?: string): readonly Task[] {
    return [...this.tasks].filter(
      ({ leaving, ended, plan }) => !leaving && !ended && (service === undefined || plan.service === service),
    );
  }

  /** Whether, at the last look, every service had its tasks, and all of them were healthy. */
  get isComplete(): boolean {
    return this.complete;
  }

  /** Ends all tasks at once, and starts none until `regain`. */
  lose(): void {
    this.lost = true;
    for (const task of this.tasks) task.kill();
  }

  regain(): void {
    this.lost = false;
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
    for (const task of this.tasks) task.kill();
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        if (!this.lost) await this.round();
      } catch (error) {
        this.options.say(`ECS was not read: ${error instanceof Error ? error.message : String(error)}`);
      }
      await wait(TURN_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  private async round(): Promise<void> {
    const services = await this.options.deployed.list();
    for (const service of services) this.turn(service);
    this.complete = services.every(
      ({ name, desired }) =>
        this.list(name).length === desired && this.list(name).every((task) => this.registry.isHealthy(task)),
    );
  }

  private turn(service: DeployedService): void {
    const all = this.list(service.name);
    for (const task of all.filter((one) => this.registry.isUnhealthy(one))) {
      this.options.say(`a task of ${service.name} is unhealthy and is replaced`);
      void this.end(task);
    }
    const present = this.list(service.name).map((task) => ({
      task,
      isNew: task.plan.definition === service.definition,
      isHealthy: service.targets.length === 0 || this.registry.isHealthy(task),
    }));
    const { start, stop } = next(service, present, this.starting.get(service.name) ?? 0);
    for (let count = 0; count < start; count += 1) void this.begin(service);
    for (const { task } of stop) void this.end(task);
  }

  private async begin(service: DeployedService): Promise<void> {
    const count = (by: number): void =>
      void this.starting.set(service.name, (this.starting.get(service.name) ?? 0) + by);
    count(1);
    try {
      await wait(this.options.startMs, undefined, { signal: this.stopping.signal });
      const task = await Task.start(await this.plan(service), this.options.bundle);
      // Its region may be gone, or the drill over, since it was ordered.
      if (this.lost || this.stopping.signal.aborted) {
        task.kill();
        return;
      }
      this.tasks.add(task);
      task.onEnd(() => {
        this.tasks.delete(task);
        void this.registry.deregister(task);
      });
      this.registry.register(service, task);
    } catch (error) {
      if (!this.stopping.signal.aborted)
        this.options.say(
          `a task of ${service.name} did not start: ${error instanceof Error ? error.message : error}`,
        );
    } finally {
      count(-1);
    }
  }

  /** Out of the balancer first, then told to end. */
  private async end(task: Task): Promise<void> {
    task.leaving = true;
    await this.registry.deregister(task);
    await task.stop();
  }

  private async plan(service: DeployedService) {
    const { platform, role, deployed } = this.options;
    const region = platform.regions[role].name;
    const container = await deployed.container(service.definition);
    const { environment, login, stopSeconds, ports } = container;
    const described = platform.services.find(({ name }) => name === service.name);
    const database = login && this.database(environment, login);
    const settings: SampleSettings = {
      service: service.name,
      region,
      ports,
      ...pathsOf(described),
      ...database,
    };
    return {
      id: randomUUID().slice(0, 8),
      service: service.name,
      region,
      definition: service.definition,
      environment,
      settings,
      stopMs: stopSeconds * 1000,
    };
  }

  private database(
    { DATABASE_HOST: host, DATABASE_NAME: name }: Readonly<Record<string, string>>,
    login: { readonly username: string; readonly password: string },
  ): Pick<SampleSettings, 'database'> {
    const { names, ca } = this.options;
    return host === undefined || name === undefined ? {} : { database: { host, name, names, ca, ...login } };
  }
}

function pathsOf(service: Service | undefined): Partial<SampleSettings> {
  return {
    ...(service?.health ? { healthPath: service.health.path } : {}),
    ...(service?.readiness ? { readinessPath: service.readiness.path } : {}),
    ...(service?.metrics ? { metricsPath: service.metrics.path } : {}),
  };
}
