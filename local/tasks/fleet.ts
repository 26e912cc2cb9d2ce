import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Platform, Role, Service } from '../../lib/config/platform';
import type { DeployedService, DeployedServices } from './deployed-services';
import { next } from './rollout';
import type { SampleSettings } from './sample-contract';
import { Task, type TaskPlan } from './task';

export interface FleetOptions {
  readonly platform: Platform;
  readonly role: Role;
  readonly deployed: Pick<DeployedServices, 'list' | 'container'>;
  /** File of the sample application. */
  readonly bundle: string;
  /** File with the ports of names as they are seen from the region, and what their certificates are trusted by. */
  readonly names: string;
  readonly ca: string;
  /** Queue of the region in the local AWS API; absent where the platform has none. */
  readonly queue?: { readonly name: string; readonly endpoint: string; readonly url: string };
  /** From the order to start a task until its process starts: Fargate finds a machine and fetches the image. */
  readonly startMs: number;
  /** Times of ECS are divided by it. */
  readonly factor: number;
  readonly say: (sentence: string) => void;
}

/** Told when tasks come and go: a balancer. */
export interface Registry {
  register(service: DeployedService, task: Task): void;
  /** Gives it no new requests. Resolves when the balancer has drained it: at once if its process has ended. */
  deregister(task: Task): Promise<void>;
  isHealthy(task: Task): boolean;
  /** Whether the balancer has given it up, so that it has to be replaced. */
  isUnhealthy(task: Task): boolean;
}

const TURN_MS = 250;

/** A task that has been ordered and does not run yet. */
interface Order {
  readonly service: string;
  readonly definition: string;
  readonly cancel: AbortController;
}

/**
 * Keeps, in one region, so many tasks of each service as ECS says is desired: starts what is missing, replaces what has
 * ended or is unhealthy, and rolls out a new revision within the bounds of the deployment, starting first.
 *
 * What it does not do: it places nothing in zones, it has no circuit breaker and calls no hook, every image is the sample
 * application, and it rolls out whatever the strategy: of a blue/green or canary service it uses the first target group of
 * each pair, moves no weights and bakes nothing.
 */
export class Fleet {
  /** All whose process has not ended, also those that are told to. */
  private readonly tasks = new Set<Task>();
  private readonly orders = new Set<Order>();
  private readonly underWay = new Set<Promise<void>>();
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;
  private lost = false;
  private held = false;
  private complete = false;
  private lastProblem = '';

  constructor(
    private readonly options: FleetOptions,
    private readonly registry: Registry,
  ) {}

  start(): void {
    this.running ??= this.run();
  }

  /** Tasks that have started and are not told to end. */
  list(service?: string): readonly Task[] {
    return [...this.tasks].filter(
      ({ leaving, ended, plan }) => !leaving && !ended && (service === undefined || plan.service === service),
    );
  }

  /** Whether, at the last look, every service had its tasks of the wanted revision, and all of them were healthy. */
  get isComplete(): boolean {
    return this.complete;
  }

  /** Ends all tasks at once, and starts none until `regain`. */
  lose(): void {
    this.lost = true;
    this.complete = false;
    this.endAll();
  }

  regain(): void {
    this.lost = false;
  }

  /** Starts and ends nothing until `release`, as where no machine is to be had. */
  hold(): void {
    this.held = true;
    for (const { cancel } of this.orders) cancel.abort();
  }

  release(): void {
    this.held = false;
  }

  /** Ends every task and waits until its process has gone. May be called at any time, and twice. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.endAll();
    await this.running;
    await Promise.all(this.underWay);
    await Promise.all([...this.tasks].map(({ gone }) => gone));
  }

  private endAll(): void {
    for (const { cancel } of this.orders) cancel.abort();
    for (const task of this.tasks) task.kill();
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        await this.round();
        this.lastProblem = '';
      } catch (error) {
        this.complain(`ECS was not read: ${sentenceOf(error)}`);
      }
      await wait(TURN_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Says what is wrong, once as long as it stays the same. */
  private complain(sentence: string): void {
    if (sentence !== this.lastProblem) this.options.say(sentence);
    this.lastProblem = sentence;
  }

  private async round(): Promise<void> {
    if (this.lost) return;
    const services = await this.options.deployed.list();
    // It takes a while, and the region may be gone since.
    if (this.lost || this.stopping.signal.aborted) return;
    if (!this.held) for (const service of services) this.turn(service);
    this.complete = services.every((service) => this.hasAll(service));
  }

  private hasAll({ name, desired, definition }: DeployedService): boolean {
    const present = this.list(name);
    return (
      present.length === desired &&
      present.every((task) => task.plan.definition === definition && this.registry.isHealthy(task))
    );
  }

  private turn(service: DeployedService): void {
    const { name, definition, targets } = service;
    for (const order of this.ordersOf(name)) if (order.definition !== definition) order.cancel.abort();
    for (const task of this.list(name).filter((one) => this.isGivenUp(one, service))) {
      this.options.say(`a task of ${name} is unhealthy and is replaced`);
      this.track(this.end(task));
    }
    const present = this.list(name).map((task) => ({
      task,
      isNew: task.plan.definition === definition,
      isHealthy: targets.length === 0 || this.registry.isHealthy(task),
    }));
    const { start, stop } = next(service, present, this.ordersOf(name).length);
    for (let count = 0; count < start; count += 1) this.track(this.begin(service));
    for (const { task } of stop) this.track(this.end(task));
  }

  /** Unhealthy, and no longer within the time that a task is given to start. */
  private isGivenUp(task: Task, { graceSeconds }: DeployedService): boolean {
    const graceMs = (graceSeconds * 1000) / this.options.factor;
    return performance.now() - task.startedMs >= graceMs && this.registry.isUnhealthy(task);
  }

  private ordersOf(service: string): readonly Order[] {
    return [...this.orders].filter((one) => one.service === service && !one.cancel.signal.aborted);
  }

  private async begin(service: DeployedService): Promise<void> {
    const { name, definition } = service;
    const order: Order = { service: name, definition, cancel: new AbortController() };
    const { signal } = order.cancel;
    this.orders.add(order);
    try {
      await wait(this.options.startMs, undefined, { signal });
      const task = await Task.start(await this.plan(service), this.options.bundle, signal);
      this.adopt(task, service, signal);
    } catch (error) {
      if (!signal.aborted) this.complain(`a task of ${name} did not start: ${sentenceOf(error)}`);
    } finally {
      this.orders.delete(order);
    }
  }

  /** Keeps a task that has just started, unless it is not wanted any more. @throws if it cannot be registered */
  private adopt(task: Task, service: DeployedService, signal: AbortSignal): void {
    this.tasks.add(task);
    this.track(this.bury(task));
    try {
      signal.throwIfAborted();
      this.registry.register(service, task);
    } catch (error) {
      task.kill();
      throw error;
    }
  }

  /** Lets nobody ask a task any more as soon as its process has ended, whoever ended it. */
  private async bury(task: Task): Promise<void> {
    await task.gone;
    this.tasks.delete(task);
    await this.registry.deregister(task);
  }

  /** Out of the balancer first, then told to end. */
  private async end(task: Task): Promise<void> {
    task.leaving = true;
    await this.registry.deregister(task);
    await task.stop();
  }

  private track(work: Promise<void>): void {
    const done = work
      .catch((error: unknown) => this.complain(sentenceOf(error)))
      .finally(() => this.underWay.delete(done));
    this.underWay.add(done);
  }

  private async plan(service: DeployedService): Promise<TaskPlan> {
    const { platform, role, deployed } = this.options;
    const region = platform.regions[role].name;
    const { environment, login, stopSeconds, ports } = await deployed.container(service.definition);
    const described = platform.services.find(({ name }) => name === service.name);
    const database = login && this.database(environment, login);
    const settings: SampleSettings = {
      service: service.name,
      region,
      ports,
      ...pathsOf(described),
      ...database,
      ...this.queue(region, described),
    };
    return {
      id: randomUUID().slice(0, 8),
      service: service.name,
      region,
      definition: service.definition,
      environment,
      settings,
      stopMs: (stopSeconds * 1000) / this.options.factor,
    };
  }

  private queue(region: string, service: Service | undefined): Pick<SampleSettings, 'queue'> {
    const { queue } = this.options;
    if (!queue || !service?.queues.includes(queue.name)) return {};
    const { endpoint, url } = queue;
    return { queue: { endpoint, region, url, use: service.routes.length > 0 ? 'send' : 'work' } };
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

const sentenceOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
