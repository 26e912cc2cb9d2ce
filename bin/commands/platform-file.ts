import { readFileSync } from 'node:fs';
import { isAbsolute, join, relative } from 'node:path';
import { isPath } from '../../lib/config/load';
import type { Platform, Service } from '../../lib/config/platform';
import { type Path, PlatformFileError } from '../../lib/config/problem';
import { readSource } from '../../lib/config/source';
import { noSuch } from '../../lib/config/suggest';
import { choosePlatform } from '../choose-platform';
import type { Terminal } from './terminal';

/** A platform file as a message names it, and where in it something is said. */
export interface PlatformFile {
  readonly name: string;
  lineOf(path: Path): number;
}

/**
 * The file that a command is about, for sentences that tell a person what to change in it.
 * @param named the value of `--platform`
 */
export function platformFile(named: string | undefined, { root, environment }: Terminal): PlatformFile {
  const chosen = choosePlatform(root, named, environment.HOLDFAST_PLATFORM);
  const path = isPath(chosen) ? chosen : join(root, 'platforms', `${chosen}.yaml`);
  const name = isPath(chosen) && !isAbsolute(chosen) ? chosen : shortest(path);
  return { name, lineOf: (place) => readSource(readFileSync(path, 'utf8'), name).lineOf(place) };
}

/** Relative to where the command was called, if that is no longer. */
function shortest(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith('..') ? path : short;
}

/** @throws PlatformFileError if the platform has no such service, with the likely one */
export function serviceOf({ name, services }: Platform, wanted: string): Service {
  const service = services.find((one) => one.name === wanted);
  if (service) return service;
  const names = services.map((one) => one.name);
  throw new PlatformFileError(name, [`${name}: ${noSuch('service', wanted, names)}`]);
}
