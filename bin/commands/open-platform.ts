import { loadPlatform } from '../../lib/config/load';
import type { Platform } from '../../lib/config/platform';
import { choosePlatform } from '../choose-platform';
import type { Terminal } from './terminal';

/**
 * The platform that a command is about.
 * @param named the value of `--platform`
 * @throws PlatformFileError if none is named, or with everything that is wrong with its file
 */
export function openPlatform(named: string | undefined, { root, environment }: Terminal): Platform {
  return loadPlatform(choosePlatform(root, named, environment.HOLDFAST_PLATFORM), { root });
}
