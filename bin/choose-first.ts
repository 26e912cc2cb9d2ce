import type { Role } from '../lib/config/platform';
import { PlatformFileError } from '../lib/config/problem';

/**
 * In which region services are deployed first. Which one leads is in no template, so who deploys after a failover says it
 * (`-c first=home`, or `none` while the other region is gone).
 * @param said value of the context `first`
 * @returns `standby` unless something else is said; undefined for no order
 * @throws PlatformFileError if it is none of these
 */
export function chooseFirst(said: unknown): Role | undefined {
  if (said === undefined) return 'standby';
  if (said === 'home' || said === 'standby') return said;
  if (said === 'none') return undefined;
  throw new PlatformFileError('-c first', [`${String(said)} is no order; allowed: standby, home, none.`]);
}
