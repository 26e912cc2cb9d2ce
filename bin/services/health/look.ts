import { alarmName, cacheIdentifier, regionDomain } from '../../../lib/config/names';
import type { Platform, Queue, Role, Service } from '../../../lib/config/platform';
import { checkedPath } from '../../../lib/traffic/checked-path';
import { deployedRegions, ROLES } from '../../checks/places';
import { type Answer, answerOf } from '../../operate/failures';
import type { OperatorPorts } from '../../operate/ports';
import { lookAt, type Situation } from '../../operate/situation';
import type {
  Alarms,
  Answers,
  Caches,
  Entrance,
  FiringAlarm,
  QueueState,
  Queues,
  ServiceState,
  Services,
  TargetState,
  Targets,
} from '../ports';

/** What `health` asks beside what `status` asks. */
export interface HealthPorts extends OperatorPorts {
  readonly services: Pick<Services, 'describe'>;
  readonly targets: Targets;
  readonly caches: Caches;
  readonly queues: Queues;
  readonly alarms: Alarms;
  readonly answers: Answers;
}

export interface SeenService {
  readonly service: Service;
  readonly role: Role;
  readonly region: string;
  readonly state: Answer<ServiceState | undefined>;
  /** Of all its target groups; undefined if it has none. */
  readonly targets: Answer<readonly TargetState[]> | undefined;
}

export interface SeenQueue {
  readonly queue: Queue;
  readonly role: Role;
  readonly region: string;
  readonly state: Answer<QueueState>;
}

export interface SeenAnswer {
  /** Undefined: the public name, wherever it leads. */
  readonly role: Role | undefined;
  /** A region, or the public name. */
  readonly place: string;
  readonly answer: Answer<{ readonly status: number; readonly milliseconds: number }>;
}

/** A platform and what runs on it at one moment; each source may have failed alone. */
export interface Seen {
  readonly situation: Situation;
  readonly services: readonly SeenService[];
  readonly answers: readonly SeenAnswer[];
  /** By region role; empty without a cache. */
  readonly caches: readonly {
    readonly role: Role;
    readonly region: string;
    readonly status: Answer<string | undefined>;
  }[];
  /** By region role and queue. */
  readonly queues: readonly SeenQueue[];
  readonly alarms: readonly { readonly region: string; readonly firing: Answer<readonly FiringAlarm[]> }[];
}

/**
 * Asks every source at once. Never rejects; takes as long as the slowest source's deadline at most.
 * @param only the services that are asked about
 */
export async function lookAtHealth(
  platform: Platform,
  only: readonly Service[],
  ports: HealthPorts,
  atMs: number,
): Promise<Seen> {
  const [situation, services, answers, caches, queues, alarms] = await Promise.all([
    lookAt(platform, ports, atMs),
    Promise.all(ROLES.flatMap((role) => only.map((service) => seenService(platform, service, role, ports)))),
    Promise.all(entrances(platform).map((one) => seenAnswer(one, ports.answers))),
    seenCaches(platform, ports.caches),
    seenQueues(platform, ports.queues),
    seenAlarms(platform, ports.alarms),
  ]);
  return { situation, services, answers, caches, queues, alarms };
}

async function seenService(
  platform: Platform,
  service: Service,
  role: Role,
  { services, targets }: HealthPorts,
): Promise<SeenService> {
  const region = platform.regions[role].name;
  const state = await answerOf(services.describe(region, service.name));
  const groups = state.known ? (state.value?.targetGroups ?? []) : [];
  const states =
    groups.length === 0
      ? undefined
      : await answerOf(
          Promise.all(groups.map((group) => targets.states(region, group))).then((all) => all.flat()),
        );
  return { service, role, region, state, targets: states };
}

interface Asked {
  readonly role: Role | undefined;
  readonly place: string;
  readonly entrance: Entrance;
}

/** The public name, and each region's balancer as if the public name led there. */
function entrances(platform: Platform): Asked[] {
  const path = checkedPath(platform);
  if (path === undefined) return [];
  const { name } = platform.domain;
  const port = platform.edge.httpsPort;
  return [
    { role: undefined, place: name, entrance: { host: name, port, name, path } },
    ...ROLES.map((role) => ({
      role,
      place: platform.regions[role].name,
      entrance: { host: regionDomain(platform, role), port, name, path },
    })),
  ];
}

const seenAnswer = async ({ role, place, entrance }: Asked, answers: Answers): Promise<SeenAnswer> => ({
  role,
  place,
  answer: await answerOf(answers.ask(entrance)),
});

const seenCaches = (platform: Platform, caches: Caches): Promise<Seen['caches']> =>
  Promise.all(
    platform.cache === undefined
      ? []
      : ROLES.map(async (role) => {
          const region = platform.regions[role].name;
          return { role, region, status: await answerOf(caches.status(region, cacheIdentifier(platform))) };
        }),
  );

const seenQueues = (platform: Platform, queues: Queues): Promise<Seen['queues']> =>
  Promise.all(
    ROLES.flatMap((role) =>
      platform.queues.map(async (queue) => {
        const region = platform.regions[role].name;
        return { queue, role, region, state: await answerOf(queues.state(region, queue)) };
      }),
    ),
  );

const seenAlarms = (platform: Platform, alarms: Alarms): Promise<Seen['alarms']> =>
  Promise.all(
    deployedRegions(platform).map(async (region) => ({
      region,
      firing: await answerOf(alarms.firing(region, alarmName(platform, ''))),
    })),
  );
