import type { Values } from './metric-math';
import type { Rule, Rules } from './rules';

/**
 * A service under load, minute by minute: its tasks work off what arrives, CloudWatch measures them late, the alarms ask
 * the formula of the template, and the policies take their steps. What Application Auto Scaling does with a step is as its
 * guide says; how long AWS takes is assumed, and named below.
 * https://docs.aws.amazon.com/autoscaling/application/userguide/step-scaling-policy-overview.html
 */

export interface Workload {
  /** What arrives in a second, at a time in seconds since midnight. */
  readonly arrivals: (time: number) => number;
  /** What a task gets done in a second at most. */
  readonly perTask: number;
  /** Whether what is not done at once waits: messages of a queue. Requests do not. */
  readonly waits: boolean;
}

export interface Minute {
  readonly time: number;
  /** What arrived in a second, on average. */
  readonly arrivals: number;
  readonly desired: number;
  readonly running: number;
  readonly backlog: number;
}

export interface Action {
  readonly time: number;
  readonly from: number;
  readonly to: number;
}

export interface Course {
  readonly minutes: readonly Minute[];
  readonly actions: readonly Action[];
}

const STEP = 10;
const MINUTE = 60;
/** From the end of a minute until its value can be asked for. Assumed; most metrics are sooner. */
const METRIC_LATE = 60;
/** From the order until a task works: Fargate, the image, the start of the application. Assumed. */
const TASK_STARTS = 75;
/** What a task uses whatever it does, in percent of its memory. */
const MEMORY_PERCENT = 45;
/** Messages that a task has in its hands. */
const IN_HAND = 4;

export interface Span {
  /** Seconds since midnight. */
  readonly from: number;
  readonly to: number;
}

export function simulate(rules: Rules, workload: Workload, { from, to }: Span): Course {
  const service = new SimulatedService(rules, workload);
  const minutes: Minute[] = [];
  for (let time = from; time < to; time += MINUTE) minutes.push(service.minute(time));
  return { minutes, actions: service.actions };
}

class SimulatedService {
  readonly actions: Action[] = [];
  private desired: number;
  private running: number;
  private backlog = 0;
  private readonly starting: { readonly at: number; count: number }[] = [];
  private readonly measured: { readonly known: number; readonly values: Values }[] = [];
  private readonly resting = new Map<Rule, number>();

  constructor(
    private readonly rules: Rules,
    private readonly workload: Workload,
  ) {
    this.desired = rules.min;
    this.running = rules.min;
  }

  minute(time: number): Minute {
    this.scale(time);
    const sums = { arrived: 0, done: 0, tasks: 0 };
    for (let at = time; at < time + MINUTE; at += STEP) {
      this.start(at);
      const arrived = this.workload.arrivals(at) * STEP;
      const possible = this.running * this.workload.perTask * STEP;
      const wanted = this.workload.waits ? this.backlog + arrived : arrived;
      const done = Math.min(wanted, possible);
      if (this.workload.waits) this.backlog = wanted - done;
      sums.arrived += arrived;
      sums.done += done;
      sums.tasks += this.running;
    }
    this.measure(time, sums);
    const { desired, running, backlog } = this;
    return { time, arrivals: sums.arrived / MINUTE, desired, running, backlog };
  }

  private start(time: number): void {
    while (this.starting[0] && this.starting[0].at <= time) this.running += this.starting.shift()?.count ?? 0;
  }

  private measure(time: number, sums: { arrived: number; done: number; tasks: number }): void {
    const tasks = (sums.tasks * STEP) / MINUTE;
    const values = new Map([['memory', MEMORY_PERCENT]]);
    if (tasks > 0) {
      values.set('tasks', tasks).set('requests0', sums.arrived / tasks);
      values.set('cpu', (100 * sums.done) / (tasks * this.workload.perTask * MINUTE));
    }
    if (this.workload.waits) {
      const taken = Math.min(this.backlog + sums.done / MINUTE, this.running * IN_HAND);
      values.set('taken', taken).set('waiting', Math.max(0, this.backlog - taken));
    }
    this.measured.push({ known: time + MINUTE + METRIC_LATE, values });
  }

  /** Each alarm is asked once a minute, and calls its policy for as long as it is on. */
  private scale(time: number): void {
    const known = this.measured.filter((one) => one.known <= time).map(({ values }) => values);
    this.apply(time, this.rules.out, known, (load, { threshold }) => load > threshold);
    this.apply(time, this.rules.in, known, (load, { threshold }) => load < threshold);
  }

  private apply(
    time: number,
    rule: Rule,
    known: readonly Values[],
    isBeyond: (load: number, rule: Rule) => boolean,
  ): void {
    const loads = known.slice(-rule.periods).map((values) => rule.load(values));
    const beyond = loads.filter((load): load is number => load !== undefined && isBeyond(load, rule));
    if (beyond.length < rule.periods || time < (this.resting.get(rule) ?? 0)) return;
    const to = this.stepped(rule, Math.max(...beyond) - rule.threshold);
    if (to === this.desired) return;
    this.resting.set(rule, time + rule.cooldownSeconds);
    this.resize(time, to);
  }

  /** Percent are rounded towards zero, and one task is the least; the step is never less than the policy says. */
  private stepped({ steps, fewest }: Rule, distance: number): number {
    const step = steps.find(({ from, to }) => distance >= from && distance < to);
    if (!step) return this.desired;
    const change = Math.max(fewest, 1, Math.floor((this.desired * Math.abs(step.percent)) / 100));
    const to = this.desired + Math.sign(step.percent) * change;
    return Math.min(this.rules.max, Math.max(this.rules.min, to));
  }

  /** Tasks that have not started yet go first; those that work finish what they have in their hands. */
  private resize(time: number, to: number): void {
    this.actions.push({ time, from: this.desired, to });
    let less = this.desired - to;
    this.desired = to;
    if (less < 0) this.starting.push({ at: time + TASK_STARTS, count: -less });
    for (const start of [...this.starting].reverse()) {
      const taken = Math.max(0, Math.min(start.count, less));
      start.count -= taken;
      less -= taken;
    }
    if (less > 0) this.running -= less;
  }
}

/** @returns seconds between each two actions, one after the other, of which one adds tasks and the other takes some */
export const secondsBetweenOpposites = (actions: readonly Action[]): number[] =>
  actions.flatMap((action, index) => {
    const before = actions[index - 1];
    if (!before || Math.sign(action.to - action.from) === Math.sign(before.to - before.from)) return [];
    return [action.time - before.time];
  });
