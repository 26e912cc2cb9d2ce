import { regionOf } from '../../config/names';
import type { Platform, Role } from '../../config/platform';
import type { BuiltRegion } from '../built';
import type { Estimate } from '../part';
import { type PricesOf, TABLE } from '../prices';
import { DEFAULT_USE, type Use } from './assumptions';
import { copyParts } from './copies';
import { runningParts } from './running';
import { trafficParts } from './traffic';

const ROLES: readonly Role[] = ['home', 'standby'];

/**
 * What the use of a platform costs while home leads: traffic, writes, logs, what is kept, and what Holdfast's own parts ask.
 * @param built what its stacks hold
 * @param use what is taken for granted
 * @param pricesOf prices of each region; the dated table by default
 */
export function useCost(
  platform: Platform,
  built: readonly BuiltRegion[],
  use: Use = DEFAULT_USE,
  pricesOf: PricesOf = TABLE,
): Estimate {
  const delivered = built.some(({ distributions }) => distributions > 0);
  return {
    parts: [
      ...trafficParts(pricesOf, platform, built, use),
      ...ROLES.flatMap((role) => {
        const region = regionOf(platform, role);
        const here = built.find((one) => one.region === region);
        return copyParts(pricesOf(region), platform, role, here, use);
      }),
      ...built.flatMap((region) => runningParts(pricesOf(region.region), platform, region, use)),
    ],
    unpriced: delivered
      ? [
          'What the CDN delivers is reckoned like traffic of the load balancer; its own prices are about the same.',
        ]
      : [],
  };
}
