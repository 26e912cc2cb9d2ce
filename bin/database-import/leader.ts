import type { Platform } from '../../lib/config/platform';
import { recoveryPorts } from '../recover/aws';
import { placeOf } from '../recover/place';

/**
 * @param named the value of `--region`
 * @returns the region whose database takes writes, if none is named
 */
export async function regionOfLeader(platform: Platform, named: string | undefined): Promise<string> {
  if (named !== undefined) return placeOf(platform, named);
  const record = await recoveryPorts(platform).leadership.read();
  return record?.holder ?? platform.regions.home.name;
}
