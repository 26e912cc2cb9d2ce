import { APPLICATION_CONTAINER, logGroup } from '../../../lib/config/names';
import type { Platform } from '../../../lib/config/platform';
import { PlatformFileError } from '../../../lib/config/problem';
import { noSuch } from '../../../lib/config/suggest';

/** A log that can be shown, the same in both regions. */
export interface LogSource {
  /** Of the service or function. */
  readonly name: string;
  readonly group: string;
  /**
   * @param task id of a task, or its beginning; empty: all
   * @returns the beginning of the streams that are read
   */
  streams(task: string): string;
}

/** The archiver where it runs as a service of its own. */
const ARCHIVER = 'archiver';

/** Functions of Holdfast's own. Not each of them is there for every platform and in every region. */
const FUNCTIONS: readonly string[] = [
  'alert-relay',
  'backup',
  'bucket-replication',
  'database-setup',
  'deep-health',
  'deploy-guard',
  'grafana-setup',
  'health-check-gate',
  'heartbeat',
  'image-gate',
  'leadership-endpoint',
  'leadership-setup',
  'prober',
  'readiness-gate',
  'region-agent',
  'registry-replication',
  'restore',
  'restore-drill',
  'secret-rotation',
  'shared-files',
  'wal-archive',
];

/**
 * @param name of a service of the platform, or of a function of Holdfast's
 * @returns its log. A service comes first where both have the name
 * @throws PlatformFileError with the names that there are and, for a misspelt one, the likely meaning
 */
export function logSource(platform: Platform, name: string): LogSource {
  const services = platform.services.map((one) => one.name);
  if (services.includes(name)) return ofService(platform, name);
  if (name === ARCHIVER) return { name, group: logGroup(platform, ARCHIVER), streams: () => '' };
  const functions = functionsOf(platform);
  if (functions.includes(name))
    return { name, group: logGroup(platform, 'functions', name), streams: () => '' };
  const known = [...services, ...functions, ARCHIVER];
  throw new PlatformFileError(platform.name, [
    `${platform.name}: ${noSuch('service or function', name, known)}`,
  ]);
}

/** A migration has a function for each service. */
export const functionsOf = ({ services }: Pick<Platform, 'services'>): readonly string[] => [
  ...FUNCTIONS,
  ...services.flatMap(({ name, migration }) => (migration ? [`migration-gate-${name}`] : [])),
];

/** ECS names a stream `<prefix>/<container>/<task>`; the collector beside the application has another prefix. */
const ofService = (platform: Platform, name: string): LogSource => ({
  name,
  group: logGroup(platform, 'services', name),
  streams: (task) => `${name}/${APPLICATION_CONTAINER}/${task}`,
});
