import { regionOf } from '../config/names';
import type { Platform, Role } from '../config/platform';
import type { BuiltRegion } from './built';
import type { Estimate } from './part';
import { type PricesOf, TABLE } from './prices';
import { alarmParts, ownMetricsPart } from './sources/alarms';
import { collectorParts } from './sources/collectors';
import { insightParts } from './sources/insights';
import { canaryParts, grafanaParts, relayPart, witnessPart } from './sources/messages';
import { sampleParts } from './sources/samples';

const ROLES: readonly Role[] = ['home', 'standby'];

/**
 * What the monitoring of a platform costs while it runs as deployed. Where a figure cannot be known, it is the most that it
 * may be, but for what applications serve: `sources/series.ts` says what is taken for granted of one.
 * @param built what its stacks hold
 * @param pricesOf prices of each region; the dated table by default
 */
export function monitoringCost(
  platform: Platform,
  built: readonly BuiltRegion[],
  pricesOf: PricesOf = TABLE,
): Estimate {
  return {
    parts: [
      ...ROLES.flatMap((role) => {
        const here = built.find(({ region }) => region === regionOf(platform, role));
        const prices = pricesOf(regionOf(platform, role));
        return [
          ...collectorParts(prices, platform, role),
          ...sampleParts(prices, platform, role),
          ...insightParts(prices, platform, role, here),
          ownMetricsPart(prices, platform, role),
          relayPart(prices, platform, role, here),
        ];
      }),
      witnessPart(pricesOf(platform.regions.witness.name), platform),
      ...built.flatMap((region) => alarmParts(pricesOf(region.region), platform, region)),
      ...canaryParts(pricesOf, platform),
      ...grafanaParts(pricesOf, platform),
    ],
    unpriced: [],
  };
}
