import { booleanOf, entriesOf, field, isMapping, listOf, type Mapping, textOf } from '../json';
import type { ComposeFile, Project } from '../project';
import type { Report } from '../report';
import type { MissingVariable } from './interpolate';
import type { Places } from './places';
import { type ComposeSource, readProject } from './read-project';
import { readService } from './read-service';

/**
 * Reads a Compose project.
 * @param profiles that are asked for; `*` means all
 * @returns the project, and the variables that were asked for and are not set
 */
export function loadProject(
  source: ComposeSource,
  profiles: readonly string[],
  places: Places,
  report: Report,
): { readonly project: Project; readonly missing: readonly MissingVariable[] } {
  const raw = readProject(source, places, report);
  const chosen = entriesOf(raw.services).filter(([name, service]) =>
    isChosen(name, service, profiles, report),
  );
  const host = { report, lookup: raw.lookup, read: (path: string) => source.read(path) };
  const services = new Map(
    chosen.map(([name, service]) => [name, readService(name, isMapping(service) ? service : {}, host)]),
  );
  return {
    project: {
      name: raw.name,
      services,
      secrets: files(raw.secrets),
      configs: files(raw.configs),
      networks: Object.keys(raw.networks),
    },
    missing: raw.missing,
  };
}

function isChosen(name: string, service: unknown, profiles: readonly string[], report: Report): boolean {
  const own = listOf(field(service, 'profiles')).flatMap((one) => textOf(one) ?? []);
  if (own.length === 0 || profiles.includes('*') || own.some((one) => profiles.includes(one))) return true;
  report.lost(
    ['services', name, 'profiles'],
    `the service ${name}`,
    `it starts only with the profile ${own.join(' or ')}.`,
    `If the platform needs it, import with --profile ${own[0]}.`,
  );
  return false;
}

const files = (entries: Mapping): ReadonlyMap<string, ComposeFile> =>
  new Map(
    entriesOf(entries).map(([name, entry]) => [
      name,
      {
        file: textOf(field(entry, 'file')),
        environment: textOf(field(entry, 'environment')),
        isExternal: field(entry, 'external') !== undefined && booleanOf(field(entry, 'external')) !== false,
      },
    ]),
  );
