import { serviceOf } from '../../../bin/commands/platform-file';
import type { HealthPorts } from '../../../bin/services/health/look';
import type {
  FiringAlarm,
  Limits,
  QueueState,
  Revision,
  Rollout,
  ServiceState,
  ServicesPorts,
  TargetState,
} from '../../../bin/services/ports';
import type { LeadershipRecord } from '../../../lambda/leader/record';
import { FakePlatform } from '../operate/fakes';
import { HOME, STANDBY } from '../operate/records';
import { platform } from '../support/ports';

export const FAMILY = 'demo-web';
export const arn = (region: string, number: number): string =>
  `arn:aws:ecs:${region}:123456789012:task-definition/${FAMILY}:${number}`;

export const rollout = (taskDefinition: string, changes: Partial<Rollout> = {}): Rollout => ({
  isPrimary: true,
  taskDefinition,
  state: 'COMPLETED',
  reason: '',
  desired: 3,
  running: 3,
  failed: 0,
  ...changes,
});

export const state = (taskDefinition: string, changes: Partial<ServiceState> = {}): ServiceState => ({
  desired: 3,
  running: 3,
  taskDefinition,
  rollouts: [rollout(taskDefinition)],
  targetGroups: ['group'],
  ...changes,
});

export const revision = (region: string, number: number, tag: string, hour = number): Revision => ({
  arn: arn(region, number),
  number,
  image: `demo/web:${tag}`,
  registeredMs: Date.UTC(2026, 0, 1, hour),
  registeredBy: 'arn:aws:sts::123456789012:assumed-role/cdk-deploy/anna',
});

/** Services that are made of values; a test changes them, and what a deployment makes of them. */
export class FakeServices extends FakePlatform implements ServicesPorts, HealthPorts {
  /** By region. */
  states: Record<string, ServiceState | undefined | Error> = {
    [HOME]: state(arn(HOME, 5)),
    [STANDBY]: state(arn(STANDBY, 8), {
      desired: 1,
      running: 1,
      rollouts: [rollout(arn(STANDBY, 8), { desired: 1, running: 1 })],
    }),
  };
  known: Record<string, readonly Revision[]> = {
    [HOME]: [revision(HOME, 5, '1.2'), revision(HOME, 4, '1.1'), revision(HOME, 3, '1.0')],
    [STANDBY]: [
      revision(STANDBY, 8, '1.2', 5),
      revision(STANDBY, 7, '1.1', 4),
      revision(STANDBY, 2, '1.0', 3),
    ],
  };
  limitsIn: Record<string, Limits | undefined> = {
    [HOME]: { min: 2, max: 6 },
    [STANDBY]: { min: 1, max: 6 },
  };
  targetsIn: Record<string, readonly TargetState[]> = {
    [HOME]: zones('healthy', HOME),
    [STANDBY]: [zone('a', 'healthy', STANDBY)],
  };
  firing: Record<string, readonly FiringAlarm[]> = {};
  cacheStatus: Record<string, string | undefined> = { [HOME]: 'available', [STANDBY]: 'available' };
  /** By region; of every queue alike. */
  queueStates: Record<string, QueueState | Error> = {
    [HOME]: { waiting: 12, oldestSeconds: 3, dead: 0 },
    [STANDBY]: {},
  };
  /** By host; a host that is not here does not answer. */
  statuses: Record<string, number> = {
    'demo.example.com': 200,
    'home.demo.example.com': 200,
    'standby.demo.example.com': 200,
  };
  /** What was changed, in its order. */
  readonly done: string[] = [];
  /** What becomes of a deployment; at once by default. */
  onDeploy: (region: string, taskDefinition: string) => void = (region, taskDefinition) => {
    const before = this.states[region];
    if (!before || before instanceof Error) return;
    const { desired } = before;
    this.states[region] = {
      ...before,
      taskDefinition,
      rollouts: [rollout(taskDefinition, { desired, running: desired })],
    };
  };

  constructor(record: LeadershipRecord | undefined | Error) {
    super(record);
  }

  readonly services: ServicesPorts['services'] = {
    describe: async (region) => {
      const found = this.states[region];
      if (found instanceof Error) throw found;
      return found;
    },
    deploy: async (region, service, taskDefinition) => {
      this.done.push(`deploy ${service} ${taskDefinition}`);
      this.onDeploy(region, taskDefinition);
    },
    setDesired: async (region, service, desired) => {
      this.done.push(`${region} ${service} desired ${desired}`);
      const before = this.states[region];
      if (before && !(before instanceof Error))
        this.states[region] = { ...before, desired, running: desired };
    },
    underWay: async (region) => `arn:deployment-in-${region}`,
    rollBack: async (region, deployment) => {
      this.done.push(`stop ${deployment}`);
      const before = this.states[region];
      if (!before || before instanceof Error) return;
      const old = before.rollouts.find(({ isPrimary }) => !isPrimary);
      if (old) this.onDeploy(region, old.taskDefinition);
    },
  };

  readonly revisions: ServicesPorts['revisions'] = {
    list: async (region) => this.known[region] ?? [],
    one: async (region, wanted) => {
      const found = this.known[region]?.find((one) => one.arn === wanted);
      if (!found) throw new Error(`no ${wanted}`);
      return found;
    },
  };

  readonly limits: ServicesPorts['limits'] = {
    read: async (region) => this.limitsIn[region],
    write: async (region, service, { min, max }) => {
      this.done.push(`${region} ${service} limits ${min} ${max}`);
    },
  };

  readonly targets: HealthPorts['targets'] = { states: async (region) => this.targetsIn[region] ?? [] };
  readonly caches: HealthPorts['caches'] = { status: async (region) => this.cacheStatus[region] };
  readonly queues: HealthPorts['queues'] = {
    state: async (region) => {
      const found = this.queueStates[region];
      if (found instanceof Error) throw found;
      return found ?? {};
    },
  };
  readonly alarms: HealthPorts['alarms'] = { firing: async (region) => this.firing[region] ?? [] };
  readonly answers: HealthPorts['answers'] = {
    ask: async ({ host }) => {
      const status = this.statuses[host];
      if (status === undefined) throw new Error(`${host} does not answer`);
      return { status, milliseconds: 42 };
    },
  };
}

export const zone = (letter: string, is: string, region = HOME): TargetState => ({
  zone: `${region}${letter}`,
  state: is,
});
export const zones = (is: string, region = HOME): TargetState[] =>
  ['a', 'b', 'c'].map((letter) => zone(letter, is, region));

/** The platform of the fixture, and its service that has routes. */
export const demo = platform();
export const web = serviceOf(demo, 'web');
export const worker = serviceOf(demo, 'worker');
