import { homeReplicas, surgeConnections } from '../../config/replicas';
import type { PlatformInput } from '../../config/schema/platform';
import type { SizeName } from '../../config/schema/primitives';
import { fargateSize, SIZES } from '../../config/sizes';
import { field, numberOf, textOf } from '../json';
import type { ComposeService } from '../project';
import type { Report } from '../report';
import { type HttpCheck, healthTimes } from './health';
import { commandText, partedCommand } from './migration-words';
import { holdsSecret, secretValues } from './secret-names';

export type ServiceInput = PlatformInput['services'][string];

/** What there must be exactly one of: something that starts jobs by the clock. */
const BY_THE_CLOCK =
  /\b(celery\s+.*beat|beat|rqscheduler|supercronic|crond|cron|scheduler|schedule:work|clockwork|clock)\b|celery\s.*\s-B\b|\bcelery\s.*--beat\b/i;

/** Whether a service starts jobs by the clock, so that two of it would start each twice. */
export const startsJobs = ({ name, command, entrypoint }: ComposeService): boolean =>
  BY_THE_CLOCK.test([name.replace(/[-_.]/g, ' '), ...(entrypoint ?? []), ...(command ?? [])].join(' '));

/** vCPU and MiB of a task, rounded up to what Fargate has, and a comment where that is another figure. */
export function taskSize(
  service: ComposeService,
  report: Report,
): { size: Pick<ServiceInput, 'cpu' | 'memory'>; comment: string | undefined } {
  const { cpu, memoryMib, path } = service;
  if (cpu === undefined && memoryMib === undefined) return { size: {}, comment: undefined };
  const largest = { cpuUnits: 16_384, memoryMib: 122_880 };
  const fits = fargateSize(Math.max(cpu ?? 0, 0.25), Math.max(memoryMib ?? 0, 512)) ?? largest;
  const asked = [
    ...(cpu === undefined ? [] : [`${cpu} vCPU`]),
    ...(memoryMib === undefined ? [] : [`${memoryMib} MiB`]),
  ].join(' with ');
  const got = { cpu: fits.cpuUnits / 1024, memory: fits.memoryMib };
  if (got.cpu === cpu && got.memory === memoryMib) return { size: got, comment: undefined };
  const isInDeploy = field(service.raw, 'deploy') !== undefined;
  report.changed(
    [...path, ...(isInDeploy ? ['deploy', 'resources'] : ['mem_limit'])],
    `${asked} becomes ${got.cpu} vCPU with ${got.memory} MiB`,
    fits === largest ? 'Fargate has nothing larger.' : 'it is the smallest task of Fargate that has both.',
  );
  return { size: got, comment: `${asked} in Compose` };
}

/** Number of tasks. Without a number in Compose the size of the platform decides. */
export function replicasOf(service: ComposeService, report: Report): ServiceInput['replicas'] {
  const { replicas, path } = service;
  if (startsJobs(service) && (replicas ?? 1) <= 1) {
    report.guessed(
      path,
      'one task and never two',
      'it starts jobs by the clock, and two would start each twice.',
    );
    return { min: 1, max: 1 };
  }
  if (replicas === undefined) return undefined;
  if (replicas > MOST_TASKS) {
    report.changed(
      [...path, 'deploy', 'replicas'],
      `${replicas} tasks become ${MOST_TASKS}`,
      'a service has no more.',
    );
    return { min: MOST_TASKS, max: MOST_TASKS };
  }
  return replicas === 0 ? { min: 0, max: 1 } : { min: replicas, max: replicas };
}
const MOST_TASKS = 500;

/** Where the tasks are: what works by itself, by the clock or off a queue, does so in the region that leads. */
export function runsOf(
  service: ComposeService,
  hasRoutes: boolean,
  report: Report,
): Pick<ServiceInput, 'runs'> {
  if (hasRoutes && !startsJobs(service)) return {};
  report.guessed(
    service.path,
    'it runs in the region that leads only',
    hasRoutes
      ? 'it starts jobs by the clock, and two regions would start each twice.'
      : 'it has no route, so it works by itself, and two regions would do its work twice.',
    'If it does no harm in both regions, say runs: everywhere.',
  );
  return { runs: 'leader' };
}

/** Command of the tasks and the migration before them. */
export function commandsOf(
  service: ComposeService,
  migration: readonly string[] | undefined,
  report: Report,
): Pick<ServiceInput, 'command' | 'migration'> {
  const { entrypoint, command, path } = service;
  const words = [...(entrypoint ?? []), ...(command ?? [])].filter((word, i) => i > 0 || word !== '');
  if (entrypoint) {
    report.changed(
      [...path, 'entrypoint'],
      'entrypoint becomes the beginning of command',
      'a platform file leaves the entrypoint of the image in front of it.',
      'Look whether the image has one of its own.',
    );
  }
  const parted = partedCommand(words);
  const before = migration ?? parted?.migration;
  const rest = parted?.command ?? words;
  const carried = hasSecret(service, rest, report) ? [] : rest;
  const carriedBefore = before && !hasSecret(service, before, report) ? before : undefined;
  if (carriedBefore && !migration) {
    report.changed(
      [...path, 'command'],
      `${commandText(carriedBefore)} becomes the migration`,
      'it runs once, on the writer, before new tasks take traffic, and not in every task.',
    );
  }
  return {
    ...(carried.length > 0 ? { command: [...carried] } : {}),
    ...(carriedBefore ? { migration: { command: [...carriedBefore] } } : {}),
  };
}

/** `--db-password=x`, `DB_PASSWORD=x` */
const SECRET_FLAG =
  /(?:^|\s)['"]?--?[\w-]*(password|passwd|secret|token|api-?key)[\w-]*[= ][^\s-]|\b\w*(password|passwd|secret|token|api_?key)\w*=\S/i;

/** A command is visible in the account: what holds a password stays out. */
function hasSecret({ path, environment }: ComposeService, words: readonly string[], report: Report): boolean {
  const text = words.join(' ');
  const isSecret =
    holdsSecret(text) ||
    SECRET_FLAG.test(text) ||
    secretValues(environment).some((value) => text.includes(value));
  if (!isSecret) return false;
  report.lost(
    [...path, 'command'],
    'the command',
    'it holds a password or a key, and commands are visible.',
    'Let the service read it from a variable, then write the command without it.',
  );
  return true;
}

/** What the process may do: what Compose says, else what Holdfast allows by default, with a root that can be written. */
export function containerOf(
  { user, isReadOnly, tmpfs, path }: ComposeService,
  port: number | undefined,
  report: Report,
): { container: ServiceInput['container']; comment: string | undefined } {
  const plain = user === '0' || user === '0:0' ? 'root' : user;
  const known = plain !== undefined && /^(root|\d{1,5}(:\d{1,5})?)$/.test(plain) ? plain : undefined;
  if (plain !== undefined && known === undefined)
    report.changed(
      [...path, 'user'],
      'the user becomes 1000:1000',
      'a platform file takes numbers, or root.',
      'Write its number into container.user.',
    );
  const opensLowPort = known === undefined && port !== undefined && port < 1024;
  const folders = [...new Set(['/tmp', ...tmpfs])].filter((folder) => /^\/[\w\-./]+$/.test(folder));
  return {
    container: {
      ...(opensLowPort ? { user: 'root' } : known === undefined ? {} : { user: known }),
      ...(isReadOnly ? { writablePaths: folders } : { readOnlyRoot: false }),
    },
    comment: opensLowPort ? `port ${port} is opened by root` : undefined,
  };
}

/** The health check of a service with routes: what Compose asks by HTTP, else a guess. */
export function healthOf(
  service: ComposeService,
  check: HttpCheck | undefined,
  told: string | undefined,
  portName: string | undefined,
  report: Report,
): { health: NonNullable<ServiceInput['health']>; comment: string | undefined } {
  const port = portName === undefined ? {} : { port: portName };
  const times = healthTimes(service, report);
  const path = told !== undefined && /^\/[\w\-./~%]*$/.test(told) ? told : check?.path;
  if (path !== undefined) return { health: { path, ...port, ...times }, comment: undefined };
  const has = service.healthcheck && !service.healthcheck.isDisabled;
  report.guessed(
    [...service.path, ...(service.healthcheck ? ['healthcheck'] : [])],
    'the health path /',
    has
      ? 'the check of Compose asks nothing by HTTP, and a balancer asks nothing else.'
      : 'Compose has no check of it.',
    'Name a path that answers 200 where the service itself is well.',
  );
  return { health: { path: '/', ...times, statusCodes: '200-399' }, comment: 'a guess' };
}

/** How a new version replaces the old one, where Compose says how many at a time. */
export function deploymentOf({ raw, replicas }: ComposeService): ServiceInput['deployment'] {
  const parallelism = numberOf(field(field(field(raw, 'deploy'), 'update_config'), 'parallelism'));
  if (parallelism === undefined || parallelism < 2 || replicas === undefined || replicas < 2)
    return undefined;
  return { strategy: 'rolling', surgePercent: Math.min(100, Math.ceil((100 * parallelism) / replicas)) };
}

/** `linux/arm64` */
export const architectureOf = ({ raw }: ComposeService): Pick<ServiceInput, 'architecture'> =>
  /arm64|aarch64/.test(textOf(field(raw, 'platform')) ?? '') ? { architecture: 'arm64' } : {};

/** Fargate allows 2 to 120 seconds. */
export function stopSeconds(
  { stopSeconds: asked, path }: ComposeService,
  report: Report,
): Pick<ServiceInput, 'stopSeconds'> {
  if (asked === undefined) return {};
  const seconds = Math.max(2, Math.min(120, Math.ceil(asked)));
  if (seconds !== asked)
    report.changed(
      [...path, 'stop_grace_period'],
      `${asked} s become ${seconds} s`,
      'Fargate allows 2 to 120.',
    );
  return { stopSeconds: seconds };
}

/** Tasks of a service at most: as many as it grows to, and those that a deployment starts beside them. */
export interface TasksAtMost {
  readonly steady: number;
  readonly surge: number;
}

export function tasksAtMost({ replicas, deployment }: ServiceInput, size: SizeName): TasksAtMost {
  const home = homeReplicas(replicas ?? {}, SIZES[size].service);
  const oneEach = { open: 1, idle: 1 };
  const surge = surgeConnections(home, { strategy: 'rolling', ...deployment }, oneEach);
  return { steady: home.max, surge };
}
