import { entriesOf, field, listOf, textOf } from '../json';
import type { ComposeService, Project } from '../project';
import type { Report } from '../report';
import { type Part, partOf } from './known-images';
import { isMigration } from './migration-words';
import { Names } from './names';

/** What becomes of a service: a managed part, a service of the platform, or a task that runs once and ends. */
export type Role = Part | 'application' | 'migration' | 'once';

/** A Compose project with what each of its services is for. */
export interface Scene {
  readonly project: Project;
  readonly report: Report;
  readonly roles: ReadonlyMap<string, Role>;
  /** Names of the services of the platform, by their names in Compose. */
  readonly names: ReadonlyMap<string, string>;
  /** Public name of the platform. */
  readonly domain: string;
  read(path: string): string | undefined;
}

/** Longest name of a service in a platform file. */
const SERVICE_NAME = 24;

/** Says what each service of a project is for. */
export function sceneOf(
  project: Project,
  report: Report,
  domain: string,
  read: (path: string) => string | undefined,
): Scene {
  const roles = new Map([...project.services].map(([name, service]) => [name, roleOf(service, project)]));
  const given = new Names(SERVICE_NAME, 'service');
  const names = new Map<string, string>();
  for (const [name, role] of roles) {
    if (role !== 'application') continue;
    const slug = given.give(name);
    names.set(name, slug);
    if (slug !== name) {
      report.changed(
        ['services', name],
        `the service is called ${slug}`,
        `names are lower-case letters, digits and single hyphens, at most ${SERVICE_NAME}.`,
      );
    }
  }
  return { project, report, roles, names, domain, read };
}

/** Services of a role, in the order of the files. */
export const servicesOf = ({ project, roles }: Scene, role: Role): ComposeService[] =>
  [...project.services.values()].filter(({ name }) => roles.get(name) === role);

function roleOf(service: ComposeService, project: Project): Role {
  const part = partOf(service);
  if (part === 'balancer' && servesFiles(service)) return 'application';
  if (part !== undefined) return part;
  if (!runsOnce(service, project)) return 'application';
  return isMigration(service) ? 'migration' : 'once';
}

/** A web server that is given files and no configuration serves these files. */
const servesFiles = ({ mounts, configs }: ComposeService): boolean =>
  mounts.some(({ target }) => /^\/(usr\/share\/(nginx|caddy)|var\/www|srv)(\/|$)/.test(target)) &&
  ![...mounts, ...configs].some(({ target }) => /^\/etc\/|\.conf$|Caddyfile$/.test(target ?? '/etc/'));

/** Others wait for its end, or it says itself that it is not started again. */
function runsOnce(service: ComposeService, project: Project): boolean {
  const awaited = [...project.services.values()].some(
    ({ dependsOn }) => dependsOn.get(service.name) === 'service_completed_successfully',
  );
  const ends = service.restart === 'no' || service.restart === 'none';
  return (
    awaited ||
    (service.ports.length === 0 && (ends || (service.restart === 'on-failure' && isMigration(service))))
  );
}

/** By which names the containers of a project find one another. */
export function hostsOf(project: Project): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const { name, raw } of project.services.values()) {
    const aliases = entriesOf(field(raw, 'networks')).flatMap(([, network]) =>
      listOf(field(network, 'aliases')),
    );
    for (const host of [field(raw, 'container_name'), field(raw, 'hostname'), ...aliases]) {
      const text = textOf(host);
      if (text) found.set(text.toLowerCase(), name);
    }
  }
  for (const name of project.services.keys()) found.set(name.toLowerCase(), name);
  return found;
}
