import type { PlatformDocument } from './schema/platform';

/**
 * What a platform file can say and this version reads and checks, but does not build. One entry each: who builds a
 * part deletes its entry.
 */
type Entry = (document: PlatformDocument) => readonly string[];

const sentence = (path: string, what: string): string =>
  `${path}: read and checked; this version does not build ${what} yet.`;

const DEPLOYS_ROLLING = 'read and checked; this version does not build it yet and deploys rolling.';

/** One sentence for each service of which `has` holds. */
const perService =
  (key: string, what: string, has: (service: PlatformDocument['services'][string]) => boolean): Entry =>
  ({ services }) =>
    Object.entries(services)
      .filter(([, service]) => has(service))
      .map(([name]) => sentence(`services.${name}.${key}`, what));

const when =
  (path: string, what: string, has: (document: PlatformDocument) => boolean): Entry =>
  (document) =>
    has(document) ? [sentence(path, what)] : [];

const NOT_BUILT: readonly Entry[] = [
  ({ queues }) => Object.keys(queues).map((name) => sentence(`queues.${name}`, 'queues')),
  ({ files }) => Object.keys(files).map((name) => sentence(`files.${name}`, 'configuration files')),
  perService('sharedFiles', 'shared files', (s) => s.sharedFiles !== undefined),
  perService('migration', 'migrations', (s) => s.migration !== undefined),
  perService('readiness', 'the readiness gate', (s) => s.readiness !== undefined),
  perService('deepHealth', 'alarms on deep health', (s) => s.deepHealth !== undefined),
  perService('metrics', 'collectors of metrics', (s) => s.metrics !== undefined),
  ({ services }) =>
    Object.entries(services)
      .filter(([, { deployment }]) => deployment.strategy !== 'rolling')
      .map(
        ([name, { deployment }]) =>
          `services.${name}.deployment: ${deployment.strategy} is ${DEPLOYS_ROLLING}`,
      ),
  perService('scaling.backlogPerTask', 'scaling by a queue', (s) => s.scaling?.backlogPerTask !== undefined),
  when('database.extensions', 'the creation of extensions', ({ database }) =>
    database?.kind === 'managed' ? database.extensions.length > 0 : false,
  ),
  when('edge.cdn', 'a CDN', ({ edge }) => edge.cdn !== undefined),
  when('alerts', 'receivers of alerts', ({ alerts }) => alerts !== undefined),
  when('monitoring.grafana', 'Grafana', ({ monitoring }) => monitoring.grafana),
  when('monitoring.canaries', 'canaries', ({ monitoring }) => monitoring.canaries),
  ({ database, cache }) =>
    database?.kind === 'managed' || cache
      ? [
          'backup: read and checked; this version takes only the snapshots of the services themselves, no schedules, WAL archive or restore drills yet.',
        ]
      : [],
  () => ['leadership: this version does not build the region agent yet, so nothing fails over by itself.'],
];

/** @returns one sentence for each thing in the file that is read and checked but not built */
export function notBuilt(document: PlatformDocument): string[] {
  return NOT_BUILT.flatMap((entry) => entry(document)).sort();
}
