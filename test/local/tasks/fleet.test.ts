import { spawn } from 'node:child_process';
import { get } from 'node:http';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { loadPlatform } from '../../../lib/config/load';
import type { DeployedContainer, DeployedService } from '../../../local/tasks/deployed-services';
import { Fleet, type FleetOptions, type Registry } from '../../../local/tasks/fleet';
import { bundleSample, type SampleBundle } from '../../../local/tasks/sample-bundle';
import { Task } from '../../../local/tasks/task';
import { until } from '../until';

const ROOT = resolve(__dirname, '../../..');
const platform = loadPlatform('ops-center', { root: ROOT });
const CONTAINER: DeployedContainer = { ports: [8084], environment: { LOG_LEVEL: 'info' }, stopSeconds: 5 };
const BACKEND: DeployedService = {
  name: 'backend',
  desired: 2,
  definition: 'backend:1',
  minimumHealthyPercent: 50,
  maximumPercent: 200,
  graceSeconds: 0,
  targets: [{ containerPort: 8084, group: 'group' }],
};

/** ECS as a test says that it is. */
class Ecs {
  services: readonly DeployedService[] = [BACKEND];
  problem: Error | undefined;
  looks = 0;

  async list(): Promise<readonly DeployedService[]> {
    this.looks += 1;
    if (this.problem) throw this.problem;
    return this.services;
  }

  async container(): Promise<DeployedContainer> {
    return CONTAINER;
  }

  set(change: Partial<DeployedService>): void {
    this.services = this.services.map((one) => ({ ...one, ...change }));
  }
}

/** A balancer that finds healthy whom it knows, unless it is told otherwise. */
class Register implements Registry {
  readonly tasks = new Set<Task>();
  readonly sick = new Set<Task>();
  /** Of the one rule, by target group. */
  readonly weights = new Map([['group', 100]]);
  /** Target groups in which a task was put. */
  readonly places = new Map<Task, string | undefined>();
  refuses = false;
  drained: Promise<void> = Promise.resolve();

  register({ targets }: Pick<DeployedService, 'targets'>, task: Task): void {
    if (this.refuses) throw new Error('There is no such port.');
    this.places.set(task, targets[0]?.group);
    this.tasks.add(task);
  }
  async deregister(task: Task): Promise<void> {
    this.tasks.delete(task);
    if (!task.ended) await this.drained;
  }
  isHealthy(task: Task): boolean {
    return this.tasks.has(task) && !this.sick.has(task);
  }
  isUnhealthy(task: Task): boolean {
    return this.sick.has(task);
  }
  weightOf(_: string, group: string): number {
    return this.weights.get(group) ?? 0;
  }
  weigh(_: string, weights: readonly { readonly group: string; readonly weight: number }[]): void {
    for (const { group, weight } of weights) this.weights.set(group, weight);
  }
}

let bundle: SampleBundle;
const fleets: Fleet[] = [];
const seen = new Set<number>();

beforeAll(() => {
  bundle = bundleSample();
});
afterAll(() => bundle.remove());
afterEach(async () => {
  await Promise.all(fleets.splice(0).map((fleet) => fleet.stop()));
  const left = [...seen].filter(isAlive);
  seen.clear();
  expect(left).toEqual([]);
});

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

function fleetOf(options: Partial<FleetOptions> = {}) {
  const [ecs, registry, said] = [new Ecs(), new Register(), [] as string[]];
  const fleet = new Fleet(
    {
      platform,
      role: 'home',
      deployed: ecs,
      bundle: bundle.file,
      names: '',
      ca: '',
      startMs: 1,
      factor: 4,
      say: (sentence) => void said.push(sentence),
      ...options,
    },
    registry,
  );
  fleets.push(fleet);
  fleet.start();
  const complete = (): Promise<void> => until(() => fleet.isComplete);
  return { fleet, ecs, registry, said, complete };
}

/** @returns process of a task, by what it says of itself */
const pidOf = (task: Task): number => {
  seen.add(task.pid);
  return task.pid;
};

const answerOf = (task: Task, path: string): Promise<{ status: number; text: string }> =>
  new Promise((done, failed) => {
    const options = { host: '127.0.0.1', port: task.port(8084), path, agent: false };
    get(options, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      response.on('end', () => done({ status: response.statusCode ?? 0, text }));
    }).on('error', failed);
  });

describe('a fleet', () => {
  it('starts as many tasks as are desired, each a process that answers', async () => {
    const { fleet, complete, registry } = fleetOf();
    await complete();
    const tasks = fleet.list('backend');
    expect(new Set(tasks.map(pidOf)).size).toBe(2);
    expect(registry.tasks.size).toBe(2);
    const [task] = tasks;
    expect(task && (await answerOf(task, '/health'))).toEqual({ status: 200, text: '{"status":"ok"}' });
    expect(task && (await answerOf(task, '/metrics')).text).toContain('http_requests_total');
  });

  it('replaces a task that was killed, and nobody is sent to it any more', async () => {
    const { fleet, complete, registry } = fleetOf();
    await complete();
    const [killed] = fleet.list();
    if (!killed) throw new Error('No task runs.');
    pidOf(killed);
    killed.kill();
    expect(fleet.list()).not.toContain(killed);
    await killed.gone;
    await until(() => !registry.tasks.has(killed));
    await until(() => fleet.list().length === 2);
    fleet.list().forEach(pidOf);
  });

  it('follows the desired number down to none', async () => {
    const { fleet, ecs, complete } = fleetOf();
    await complete();
    const pids = fleet.list().map(pidOf);
    ecs.set({ desired: 0 });
    await until(() => !pids.some(isAlive));
    expect(fleet.list()).toEqual([]);
  });

  it('replaces a task that the balancer has given up, not before its time to start is over', async () => {
    const { fleet, ecs, registry, said, complete } = fleetOf();
    await complete();
    ecs.set({ graceSeconds: 3600 });
    const [sick] = fleet.list();
    if (!sick) throw new Error('No task runs.');
    pidOf(sick);
    const looks = ecs.looks;
    registry.sick.add(sick);
    await until(() => ecs.looks > looks + 2);
    expect(fleet.list()).toContain(sick);
    ecs.set({ graceSeconds: 0 });
    await sick.gone;
    expect(said).toEqual(['a task of backend is unhealthy and is replaced']);
    await complete();
    fleet.list().forEach(pidOf);
  });

  it('rolls out a new revision and always has a task that serves', async () => {
    const { fleet, ecs, registry, complete } = fleetOf();
    await complete();
    const old = fleet.list().map(pidOf);
    let fewest = Number.POSITIVE_INFINITY;
    const watch = setInterval(() => {
      fewest = Math.min(fewest, registry.tasks.size);
    }, 1);
    ecs.set({ definition: 'backend:2' });
    await until(() => fleet.isComplete && fleet.list().every(({ plan }) => plan.definition === 'backend:2'));
    clearInterval(watch);
    fleet.list().forEach(pidOf);
    await until(() => !old.some(isAlive));
    expect(fewest).toBeGreaterThanOrEqual(1);
  });

  it('does not end a task before the balancer has drained it', async () => {
    const { fleet, ecs, registry, complete } = fleetOf();
    await complete();
    const tasks = fleet.list();
    tasks.forEach(pidOf);
    let drained = (): void => undefined;
    registry.drained = new Promise((done) => {
      drained = done;
    });
    ecs.set({ desired: 0 });
    await until(() => registry.tasks.size === 0);
    expect(tasks.map(({ ended }) => ended)).toEqual([false, false]);
    drained();
    await Promise.all(tasks.map(({ gone }) => gone));
  });

  it('loses all tasks at once, has none while its region is gone, and comes back', async () => {
    const { fleet, ecs, complete } = fleetOf();
    await complete();
    const tasks = fleet.list();
    const pids = tasks.map(pidOf);
    fleet.lose();
    expect([fleet.list(), fleet.isComplete]).toEqual([[], false]);
    await Promise.all(tasks.map(({ gone }) => gone));
    expect(pids.some(isAlive)).toBe(false);
    const looks = ecs.looks;
    await new Promise((done) => setTimeout(done, 300));
    expect([fleet.list(), ecs.looks - looks]).toEqual([[], 0]);
    fleet.regain();
    await complete();
    fleet.list().forEach(pidOf);
  });

  it('replaces nothing while there is no room, and goes on when there is', async () => {
    const { fleet, ecs, complete } = fleetOf();
    await complete();
    fleet.hold();
    const [killed] = fleet.list();
    killed?.kill();
    const looks = ecs.looks;
    await until(() => ecs.looks > looks + 2);
    expect([fleet.list().length, fleet.isComplete]).toEqual([1, false]);
    fleet.release();
    await complete();
    fleet.list().forEach(pidOf);
  });

  it('goes on after ECS did not answer, and says so once', async () => {
    const { fleet, ecs, said, complete } = fleetOf();
    ecs.problem = new Error('No answer.');
    await until(() => ecs.looks > 2);
    ecs.problem = undefined;
    await complete();
    expect(said).toEqual(['ECS was not read: No answer.']);
    fleet.list().forEach(pidOf);
  });

  it('keeps no task that cannot be registered', async () => {
    const { fleet, registry, said } = fleetOf();
    registry.refuses = true;
    await until(() => said.length > 0);
    expect(said[0]).toBe('a task of backend did not start: There is no such port.');
    expect(fleet.list()).toEqual([]);
  });

  it('says why a task does not start', async () => {
    const { said } = fleetOf({ bundle: join(ROOT, 'no-such-file.js') });
    await until(() => said.length > 0);
    expect(said[0]).toBe('a task of backend did not start: The sample application ended with 1.');
  });

  it('can be stopped while tasks start, and leaves none', async () => {
    const { fleet, ecs } = fleetOf();
    await until(() => ecs.looks > 0);
    await fleet.stop();
    await fleet.stop();
    expect(fleet.list()).toEqual([]);
  });
});

const SHIFTING: Partial<DeployedService> = {
  stages: [
    { percent: 10, forMs: 40 },
    { percent: 100, forMs: 40 },
  ],
  targets: [{ containerPort: 8084, group: 'group', alternate: { group: 'green', rule: 'rule' } }],
};

describe('a service that shifts its traffic', () => {
  async function serving() {
    const made = fleetOf();
    made.ecs.set(SHIFTING);
    await made.complete();
    return made;
  }
  const revisions = (fleet: Fleet): string[] => fleet.list().map(({ plan }) => plan.definition);

  it('gets a whole new set in the other target group before any traffic moves, and only then loses the old one', async () => {
    const { fleet, ecs, registry, said } = await serving();
    const old = fleet.list();
    old.forEach(pidOf);
    const looks: { readonly green: number; readonly old: number; readonly made: number }[] = [];
    const watch = setInterval(() => {
      const made = fleet.list().filter((one) => registry.places.get(one) === 'green');
      looks.push({
        green: registry.weights.get('green') ?? 0,
        old: old.filter((one) => registry.tasks.has(one)).length,
        made: made.length,
      });
    }, 1);
    ecs.set({ definition: 'backend:2' });
    await until(() => fleet.isComplete && revisions(fleet).every((one) => one === 'backend:2'));
    clearInterval(watch);
    fleet.list().forEach(pidOf);
    expect(said).toEqual([
      'backend: the new set gets 10 % of the traffic',
      'backend: the new set gets 100 % of the traffic',
      'backend: the old set goes',
    ]);
    expect(looks.filter(({ green, made }) => green > 0 && made < 2)).toEqual([]);
    expect(looks.filter(({ green, old: left }) => green < 100 && left < 2)).toEqual([]);
    expect([registry.weights.get('group'), registry.weights.get('green')]).toEqual([0, 100]);
    await Promise.all(old.map(({ gone }) => gone));
  });

  it('keeps the old set as it is when tasks of the new one are unhealthy, and the new set goes', async () => {
    const { fleet, ecs, registry, said } = await serving();
    const old = fleet.list();
    old.forEach(pidOf);
    const register = registry.register.bind(registry);
    registry.register = (service, task) => {
      register(service, task);
      if (task.plan.definition === 'backend:2') registry.sick.add(task);
    };
    ecs.set({ definition: 'backend:2' });
    await until(() => said.some((one) => one.includes('serves on')));
    await until(() => fleet.isComplete && fleet.list().length === 2);
    expect(fleet.list()).toEqual(old);
    expect([registry.weights.get('group'), registry.weights.get('green') ?? 0]).toEqual([100, 0]);
    const looks = ecs.looks;
    await until(() => ecs.looks > looks + 2);
    expect(fleet.list()).toEqual(old);
  });

  it('replaces a task of the set that serves in that set, also after a shift', async () => {
    const { fleet, ecs, registry, complete } = await serving();
    fleet.list().forEach(pidOf);
    ecs.set({ definition: 'backend:2' });
    await until(() => fleet.isComplete && revisions(fleet).every((one) => one === 'backend:2'));
    const [killed] = fleet.list();
    killed?.kill();
    await until(() => !fleet.isComplete);
    await complete();
    fleet.list().forEach(pidOf);
    expect(fleet.list().map((one) => registry.places.get(one))).toEqual(['green', 'green']);
  });
});

const ORPHANS = `
  const { Task } = require('./local/tasks/task');
  const settings = { service: 's', region: 'r', ports: [80] };
  const plan = { id: 'a', service: 's', region: 'r', definition: 'd', environment: {}, settings, stopMs: 1000 };
  Task.start(plan, process.argv[1]).then(({ pid }) => console.log(pid));
  setInterval(() => undefined, 1000);
`;

describe('a task', () => {
  it('that is given up while it starts ends, and says so', async () => {
    const settings = { service: 'backend', region: 'us-east-1', ports: [80] };
    const names = { id: 'a', service: 'backend', region: 'us-east-1', definition: 'backend:1' };
    const plan = { ...names, environment: {}, settings, stopMs: 1_000 };
    const stopping = new AbortController();
    const started = Task.start(plan, bundle.file, stopping.signal);
    setImmediate(() => stopping.abort());
    await expect(started).rejects.toThrow('aborted');
  });

  it('ends by itself when whoever started it has died without a word', async () => {
    const parent = spawn(process.execPath, ['--import', 'tsx', '-e', ORPHANS, '--', bundle.file], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const pid = await new Promise<number>((done, failed) => {
      createInterface({ input: parent.stdout }).once('line', (line) => done(Number(line)));
      parent.once('exit', () => failed(new Error('It ended before it had a task.')));
    });
    expect(isAlive(pid)).toBe(true);
    parent.kill('SIGKILL');
    await until(() => !isAlive(pid));
  });
});
