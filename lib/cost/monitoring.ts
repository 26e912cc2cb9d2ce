import { regionOf } from '../config/names';
import type { Platform, Role } from '../config/platform';
import type { BuiltRegion } from './built';
import type { Estimate } from './part';
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
 */
export function monitoringCost(platform: Platform, built: readonly BuiltRegion[]): Estimate {
  return {
    parts: [
      ...ROLES.flatMap((role) => {
        const here = built.find(({ region }) => region === regionOf(platform, role));
        return [
          ...collectorParts(platform, role),
          ...sampleParts(platform, role),
          ...insightParts(platform, role, here),
          ownMetricsPart(platform, role),
          relayPart(platform, role, here),
        ];
      }),
      witnessPart(platform),
      ...built.flatMap((region) => alarmParts(platform, region)),
      ...canaryParts(platform),
      ...grafanaParts(platform),
    ],
    unpriced: [],
  };
}
