import { join, normalize } from 'node:path';
import type { Path } from '../../config/problem';
import { field, isMapping, type Mapping, textOf } from '../json';
import { overlaid, type Tags } from './merge';

/** The services of one file, in the long syntax. */
export interface ServicesOfFile {
  readonly services: Mapping;
  readonly tags: Tags;
  /** Paths of other files begin here. */
  readonly folder: string;
}

interface ExtendsHost {
  /** Name of the file in which the chain begins. */
  readonly name: string;
  /** Services of the files before this one, which may be extended too. */
  readonly fallback: Mapping;
  open(path: string, from: Path): ServicesOfFile | undefined;
  problem(path: Path, message: string): void;
}

/** What a service does not take over from the one that it extends: Compose asks for it anew. */
const NOT_TAKEN_OVER = ['extends'];

/**
 * A service with everything that it takes over by `extends`, from the same file or from another one, through any number
 * of steps.
 */
export function extended(name: string, home: ServicesOfFile, host: ExtendsHost): Mapping {
  const opened = new Map<string, ServicesOfFile | undefined>();
  const open = (path: string, from: Path) => {
    if (!opened.has(path)) opened.set(path, host.open(path, from));
    return opened.get(path);
  };
  const resolve = (service: string, from: ServicesOfFile, seen: readonly string[], at: string): Mapping => {
    const own = field(from.services, service) ?? (from === home ? field(host.fallback, service) : undefined);
    const path = ['services', name, 'extends'];
    if (!isMapping(own)) {
      host.problem(path, `there is no service ${service} in ${at}.`);
      return {};
    }
    const wanted = field(own, 'extends');
    const rest = Object.fromEntries(Object.entries(own).filter(([key]) => !NOT_TAKEN_OVER.includes(key)));
    const parent = textOf(field(wanted, 'service'));
    if (parent === undefined) {
      if (wanted !== undefined && wanted !== null) host.problem(path, 'no service is named.');
      return rest;
    }
    const file = textOf(field(wanted, 'file'));
    const where = file === undefined ? at : normalize(join(from.folder, file));
    const step = `${where}#${parent}`;
    if (seen.includes(step)) {
      host.problem(path, `${parent} extends itself.`);
      return rest;
    }
    const other = file === undefined ? from : open(where, path);
    return other
      ? overlaid(resolve(parent, other, [...seen, step], where), rest, from.tags, ['services', service])
      : rest;
  };
  return resolve(name, home, [`${host.name}#${name}`], host.name);
}
