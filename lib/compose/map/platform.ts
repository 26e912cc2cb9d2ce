import { RESERVED_CONNECTIONS } from '../../config/postgres';
import type { PlatformInput } from '../../config/schema/platform';
import { SIZES } from '../../config/sizes';
import { platformHead, type Start } from '../../config/starter';
import { writePlatform } from '../../config/write-platform';
import type { ComposeService } from '../project';
import { type DataParts, dataParts } from './data-parts';
import { databaseInput, type FoundDatabase } from './database';
import { httpCheck } from './health';
import { tellIgnored } from './ignored';
import { Images } from './images';
import { tellLeftOut } from './left-out';
import { migrationsOf } from './migrations';
import { Mounts } from './mounts';
import { portsOf } from './ports';
import { hostsOf, type Scene, servicesOf } from './scene';
import { Secrets } from './secrets';
import {
  architectureOf,
  commandsOf,
  containerOf,
  deploymentOf,
  healthOf,
  replicasOf,
  runsOf,
  type ServiceInput,
  stopSeconds,
  taskSize,
  tasksAtMost,
} from './service';
import { sortVariables } from './variables';
import { type Traffic, trafficOf } from './wishes';

/** Everything that the services of one platform share while they are translated. */
interface Workshop {
  readonly scene: Scene;
  readonly parts: DataParts;
  readonly traffic: Traffic;
  readonly images: Images;
  readonly mounts: Mounts;
  readonly secrets: Secrets;
  readonly migrations: ReadonlyMap<string, readonly string[]>;
  readonly hosts: ReadonlyMap<string, string>;
  readonly comments: Map<string, string>;
}

/** Translates a project into the text of a platform file, which is still to be checked. */
export function platformOf(
  scene: Scene,
  start: Start,
  { email, schema }: { readonly email?: string | undefined; readonly schema: string },
  files: readonly string[],
): { readonly text: string; readonly services: PlatformInput['services'] } {
  const { head, comments } = platformHead(start);
  const traffic = trafficOf(scene);
  const workshop: Workshop = {
    scene,
    comments,
    traffic,
    parts: dataParts(scene),
    images: new Images(scene),
    mounts: new Mounts(scene),
    secrets: new Secrets(scene.project, scene.report),
    migrations: migrationsOf(scene, traffic.routes),
    hosts: hostsOf(scene.project),
  };
  const services = Object.fromEntries(
    servicesOf(scene, 'application').map((service) => {
      const name = scene.names.get(service.name) ?? service.name;
      return [name, serviceOf(workshop, service, name)];
    }),
  );
  tellLeftOut(scene);
  tellServices(scene, services, start);
  const document: PlatformInput = {
    ...head,
    services,
    ...dataOf(workshop, services, start),
    ...alertsOf(email),
  };
  const title = [
    `${start.name}: imported from ${files.join(', ')}. The import said what it could not carry over or had to guess.`,
  ];
  return { text: writePlatform({ title, document, comments, schema }), services };
}

const alertsOf = (email: string | undefined): Pick<PlatformInput, 'alerts'> =>
  email === undefined ? {} : { alerts: { receivers: { default: { email: [email] } } } };

/** One service; what was guessed of it has a comment. */
function serviceOf(workshop: Workshop, service: ComposeService, name: string): ServiceInput {
  const { scene, traffic, comments } = workshop;
  const { report } = scene;
  const routes = traffic.routes.of(service.name);
  const port = traffic.portOf(service);
  const check = httpCheck(service);
  const { ports, checkName } = portsOf(service, port, routes.length > 0 ? check?.port : undefined, report);
  const { size, comment: sizeComment } = taskSize(service, report);
  const { container, comment: containerComment } = containerOf(service, port, report);
  const comment = (key: string, text: string | undefined) =>
    text && comments.set(`services.${name}.${key}`, text);
  comment(size.cpu === undefined ? 'memory' : 'cpu', sizeComment);
  comment('container', containerComment);
  const labels = traffic.labels.get(service.name);
  tellIgnored(scene, service);
  return {
    image: workshop.images.of(service),
    ...commandsOf(service, workshop.migrations.get(service.name), report),
    ...filled('ports', ports),
    ...(routes.length > 0 ? { routes: [...routes] } : {}),
    ...size,
    ...architectureOf(service),
    ...given('replicas', replicasOf(service, report)),
    ...runsOf(service, routes.length > 0, report),
    ...healthIn(workshop, service, name, check, checkName),
    ...(labels?.isSticky ? { stickiness: { seconds: 3600 } } : {}),
    ...stopSeconds(service, report),
    ...variablesIn(workshop, service),
    ...given('deployment', deploymentOf(service)),
    ...filled('container', container ?? {}),
    ...given('sharedFiles', workshop.mounts.of(service, name)),
  };
}

/** A balancer asks only what it sends requests to. */
function healthIn(
  { scene: { report }, traffic, comments }: Workshop,
  service: ComposeService,
  name: string,
  check: ReturnType<typeof httpCheck>,
  portName: string | undefined,
): Pick<ServiceInput, 'health'> {
  if (traffic.routes.of(service.name).length > 0) {
    const told = traffic.labels.get(service.name)?.healthPath;
    const { health, comment } = healthOf(service, check, told, portName, report);
    if (comment) comments.set(`services.${name}.health.path`, comment);
    return { health };
  }
  if (service.healthcheck && !service.healthcheck.isDisabled) {
    report.lost(
      [...service.path, 'healthcheck'],
      'the health check',
      'the service has no route, so no balancer asks it; ECS replaces a task whose process ends.',
      'Let the process end when it cannot go on.',
    );
  }
  return {};
}

function variablesIn(workshop: Workshop, service: ComposeService) {
  const { scene, parts, secrets, hosts, traffic } = workshop;
  const publicAddress = (other: string): string | undefined =>
    scene.roles.get(other) === 'balancer' ? `https://${scene.domain}` : traffic.routes.addressOf(other);
  const sorted = sortVariables({ scene, parts, secrets, service, hosts, publicAddress });
  return {
    ...filled('environment', sorted.environment),
    ...filled('secrets', sorted.secrets),
    ...(sorted.usesBuckets && parts.buckets.length > 0 ? { buckets: [...parts.buckets] } : {}),
  };
}

/** What holds data, and what the services read of it. */
function dataOf(
  { parts, secrets, mounts, scene }: Workshop,
  services: PlatformInput['services'],
  { size }: Start,
): Partial<PlatformInput> {
  const { database, cacheInput, queues, buckets } = parts;
  return {
    ...(database ? { database: databaseInput(database, poolOf(scene, database, services, size)) } : {}),
    ...given('cache', cacheInput),
    ...filled(
      'queues',
      Object.fromEntries([...queues.values()].map((name) => [name, { engine: 'rabbitmq' as const }])),
    ),
    ...filled('buckets', Object.fromEntries(buckets.map((name) => [name, {}]))),
    ...filled('secrets', secrets.input),
    ...filled('files', mounts.input),
  };
}

/** What one task may have open by default. */
const OPEN = 10;

/** All tasks together must find a connection when every service is at its largest. */
function poolOf(
  { report }: Scene,
  { service, maxConnections }: FoundDatabase,
  services: PlatformInput['services'],
  size: Start['size'],
): Record<string, number> {
  const asks = ({ secrets = {} }: ServiceInput) =>
    Object.values(secrets).some((one) => one.startsWith('database.'));
  const users = Object.values(services)
    .filter(asks)
    .map((one) => tasksAtMost(one, size));
  // Services are deployed one after the other.
  const tasks =
    users.reduce((sum, { steady }) => sum + steady, 0) + Math.max(0, ...users.map(({ surge }) => surge));
  const limit = maxConnections ?? SIZES[size].database.maxConnections;
  const told = maxConnections === undefined ? {} : { maxConnections };
  if (tasks * OPEN <= limit - RESERVED_CONNECTIONS) return told;
  const open = Math.max(1, Math.floor((limit - RESERVED_CONNECTIONS) / tasks));
  report.guessed(
    service.path,
    `${open} open connections of each task`,
    `${tasks} tasks at most, with those of a deployment, share ${limit} connections.`,
    'Set the pool of the application to it, or raise database.pool.',
  );
  const needed = tasks * open + RESERVED_CONNECTIONS;
  return { ...told, ...(needed > limit ? { maxConnections: needed } : {}), open, idle: Math.min(2, open) };
}

/** What is said once for all services. */
function tellServices({ report, roles }: Scene, services: PlatformInput['services'], { size }: Start): void {
  if (Object.keys(services).length === 0) {
    const left = [...roles.keys()].join(', ') || 'none';
    report.problem(['services'], `no service is left that a platform could run; there are: ${left}.`);
    return;
  }
  const { minReplicas, maxReplicas } = SIZES[size].service;
  const open = Object.keys(services).filter((name) => services[name]?.replicas === undefined);
  if (open.length > 0) {
    report.guessed(
      ['services'],
      `${minReplicas} to ${maxReplicas} tasks of ${open.join(', ')}`,
      `Compose runs one and says no number; the size ${size} does.`,
      'Say another number in replicas.',
    );
  }
  report.guessed(
    ['services'],
    'user 1000:1000 where nothing else is said, and folders that can be written',
    'Compose leaves both to the image.',
    'Set container.user to that of the image; take readOnlyRoot: false away where nothing is written.',
  );
}

const given = <K extends string, T>(key: K, value: T | undefined): { [P in K]?: T } =>
  (value === undefined ? {} : { [key]: value }) as { [P in K]?: T };

const filled = <K extends string, T extends object>(key: K, value: T): { [P in K]?: T } =>
  given(key, Object.keys(value).length > 0 ? value : undefined);
