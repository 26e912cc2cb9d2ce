import type { Platform } from '../../lib/config/platform';
import { noSuch } from '../../lib/config/suggest';
import { BadRequest } from './database/request';

/**
 * @param named the value of `--region`
 * @returns the region, home if none is named
 * @throws {BadRequest} if it is none with data of the platform
 */
export function placeOf({ regions }: Platform, named: string | undefined): string {
  const known = [regions.home.name, regions.standby.name];
  if (named === undefined) return regions.home.name;
  if (known.includes(named)) return named;
  throw new BadRequest(noSuch('region of this platform with data', named, known));
}
