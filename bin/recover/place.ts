import type { Platform } from '../../lib/config/platform';
import { noSuch } from '../../lib/config/suggest';
import { answerOf } from '../operate/failures';
import type { Leadership } from '../operate/ports';
import { BadRequest } from './database/request';

/**
 * @param named the value of `--region`
 * @returns the region
 * @throws {BadRequest} if it is none with data of the platform
 */
export function placeOf({ regions }: Platform, named: string): string {
  const known = [regions.home.name, regions.standby.name];
  if (known.includes(named)) return named;
  throw new BadRequest(noSuch('region of this platform with data', named, known));
}

/**
 * The region in which data is looked for if none is named: what leads has it, and home may be the one that is gone.
 * @param tell takes the sentence why nobody can say who leads
 * @returns the region that leads by the record; home if nobody can say
 */
export async function leadingPlace(
  { regions: { home, standby } }: Platform,
  leadership: Pick<Leadership, 'read'>,
  tell: (sentence: string) => void,
): Promise<string> {
  const record = await answerOf(leadership.read());
  if (!record.known)
    tell(`${record.sentence} So ${home.name} is taken; another region: --region ${standby.name}.`);
  return (record.known ? record.value?.holder : undefined) ?? home.name;
}
