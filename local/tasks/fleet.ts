import { availableParallelism } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import type { DeployedService, DeployedServices, ServiceTarget } from './deployed-services';
import { FewAtOnce } from './few-at-once';
import { busySlot, divide, inSlot, type Weights } from './pairs';
import { type Bounds, next } from './rollout';
import { advance, failed, type Shift, type Stage, setsOf, sharesOf, type TaskSet } from './shift';
import { Task } from './task';
import { planOf, type Surroundings } from './task-plan';

export interface FleetOptions extends Surroundings {
  readonly deployed: Pick<DeployedServices, 'list' | 'container'>;
  /** File of the sample application. */
  readonly bundle: string;
  /** From the order to start a task until its process starts: Fargate finds a machine and fetches the image. */
  readonly startMs: number;
  readonly say: (sentence: string) => void;
}

/** Told when tasks come and go, and where the traffic goes: a balancer. */
export interface Registry extends Weights {
  register(service: Pick<DeployedService, 'targets'>, task: Task): void;
  /** Gives it no new requests. Resolves when the balancer has drained it: at once if its process has ended. */
  deregister(task: Task): Promise<void>;
  isHealthy(task: Task): boolean;
  /** Whether the balancer has given it up, so that it has to be replaced. */
  isUnhealthy(task: Task): boolean;
}

const TURN_MS = 250;
/**
 * On AWS each task starts on a machine of its own. Here all share one: a dozen that start together would leave those that
 * serve without a processor for seconds, and clients would give their requests up.
 */
const starts = new FewAtOnce(availableParallelism());

/** A task that has been ordered and does not run yet. */
interface Order {
  readonly service: string;
  readonly definition: string;
  readonly cancel: AbortController;
}

/**
 * Keeps, in one region, so many tasks of each service as ECS says is desired: starts what is missing, replaces what has
 * ended or is unhealthy, and brings a new revision by the service's strategy: rolled out within the bounds of the
 * deployment, or as a second set that takes the traffic over (shift.ts).
 *
 * What it does not do: it places nothing in zones, it calls no hook and looks at no alarm, only a second set has a circuit
 * breaker, the weights that it moves are those of the balancer here and not of the deployed rules, and every image is the
 * sample application.
 */
export class Fleet {
  /** All whose process has not ended, also those that are told to. */
  private readonly tasks = new Set<Task>();
  private readonly orders = new Set<Order>();
  private readonly underWay = new Set<Promise<void>>();
  /** Of the services that shift traffic, by name. */
  private readonly shifts = new Map<string, Shift>();
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

  /** @returns the revision of a service that did not get its traffic because its tasks failed, if that was the last one */
  gaveUp(service: string): string | undefined {
    return this.shifts.get(service)?.refused;
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
    const shift = this.shifts.get(name);
    const wanted = shift?.refused === definition ? shift.live.definition : definition;
    const present = this.list(name);
    return (
      !shift?.coming &&
      present.length === desired &&
      present.every((task) => task.plan.definition === wanted && this.registry.isHealthy(task))
    );
  }

  private turn(service: DeployedService): void {
    const { name, stages } = service;
    for (const task of this.list(name).filter((one) => this.isGivenUp(one, service))) {
      this.options.say(`a task of ${name} is unhealthy and is replaced`);
      this.hasFailed(task.plan);
      this.track(this.end(task));
    }
    if (stages) this.shift(service, stages);
    else this.roll(service);
  }

  private roll(service: DeployedService): void {
    const { definition } = service;
    this.abandonOrders(service, [definition]);
    this.step(service, service, { definition, slot: 0 }, this.list(service.name));
  }

  /** Two sets of tasks while a new revision comes, each with all tasks that are desired. */
  private shift(service: DeployedService, planned: readonly Stage[]): void {
    const { name, definition, desired, targets } = service;
    const stages = planned.map(({ percent, forMs }) => ({ percent, forMs: forMs / this.options.factor }));
    const before = this.shifts.get(name) ?? { live: { definition, slot: busySlot(this.registry, targets) } };
    const healthy = (one: string): number =>
      this.list(name).filter((task) => task.plan.definition === one && this.registry.isHealthy(task)).length;
    const nowMs = performance.now();
    const { shift, says } = advance(before, { wanted: definition, desired, stages, healthy, nowMs });
    this.shifts.set(name, shift);
    if (says !== undefined) this.options.say(`${name}: ${says}`);
    divide(this.registry, targets, sharesOf(shift, stages));
    const sets = setsOf(shift);
    const wanted = sets.map((one) => one.definition);
    this.abandonOrders(service, wanted);
    const whole = { desired, minimumHealthyPercent: 100, maximumPercent: 100 };
    for (const set of sets) {
      const members = this.list(name).filter(({ plan }) => plan.definition === set.definition);
      this.step(service, whole, set, members);
    }
    for (const task of this.list(name))
      if (!wanted.includes(task.plan.definition)) this.track(this.end(task));
  }

  /** Starts and stops what one step of a rollout asks for, among some tasks of a service. */
  private step(service: DeployedService, bounds: Bounds, set: TaskSet, among: readonly Task[]): void {
    const present = among.map((task) => ({
      task,
      isNew: task.plan.definition === set.definition,
      isHealthy: service.targets.length === 0 || this.registry.isHealthy(task),
    }));
    const ordered = this.ordersOf(service.name).filter(({ definition }) => definition === set.definition);
    const { start, stop } = next(bounds, present, ordered.length);
    for (let count = 0; count < start; count += 1) this.track(this.begin(service, set));
    for (const { task } of stop) this.track(this.end(task));
  }

  private abandonOrders({ name }: DeployedService, wanted: readonly string[]): void {
    for (const order of this.ordersOf(name)) if (!wanted.includes(order.definition)) order.cancel.abort();
  }

  /** Counts against a deployment that is under way. */
  private hasFailed({
    service,
    definition,
  }: {
    readonly service: string;
    readonly definition: string;
  }): void {
    const shift = this.shifts.get(service);
    if (shift) this.shifts.set(service, failed(shift, definition));
  }

  /** Unhealthy, and no longer within the time that a task is given to start. */
  private isGivenUp(task: Task, { graceSeconds }: DeployedService): boolean {
    const graceMs = (graceSeconds * 1000) / this.options.factor;
    return performance.now() - task.startedMs >= graceMs && this.registry.isUnhealthy(task);
  }

  private ordersOf(service: string): readonly Order[] {
    return [...this.orders].filter((one) => one.service === service && !one.cancel.signal.aborted);
  }

  private async begin({ name, targets }: DeployedService, { definition, slot }: TaskSet): Promise<void> {
    const { deployed, bundle } = this.options;
    const order: Order = { service: name, definition, cancel: new AbortController() };
    const { signal } = order.cancel;
    this.orders.add(order);
    try {
      await wait(this.options.startMs, undefined, { signal });
      const plan = planOf(this.options, name, definition, await deployed.container(definition));
      const task = await starts.run(() => {
        signal.throwIfAborted();
        return Task.start(plan, bundle, signal);
      });
      this.adopt(task, targets.map(inSlot(slot)), signal);
    } catch (error) {
      if (signal.aborted) return;
      this.hasFailed(order);
      this.complain(`a task of ${name} did not start: ${sentenceOf(error)}`);
    } finally {
      this.orders.delete(order);
    }
  }

  /** Keeps a task that has just started, unless it is not wanted any more. @throws if it cannot be registered */
  private adopt(task: Task, targets: readonly ServiceTarget[], signal: AbortSignal): void {
    this.tasks.add(task);
    this.track(this.bury(task));
    try {
      signal.throwIfAborted();
      this.registry.register({ targets }, task);
    } catch (error) {
      task.kill();
      throw error;
    }
  }

  /** Lets nobody ask a task any more as soon as its process has ended, whoever ended it. */
  private async bury(task: Task): Promise<void> {
    await task.gone;
    if (!task.leaving) this.hasFailed(task.plan);
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
}

const sentenceOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
