import { regionOf } from '../../config/names';
import type { Platform, Role } from '../../config/platform';
import { CANARY_EVERY_MINUTES, canaryTargets } from '../../monitoring/cloudwatch/canaries';
import { grafanaOf } from '../../monitoring/grafana/settings';
import type { BuiltRegion } from '../built';
import { type CostPart, partIf, timesPerMonth } from '../part';
import type { Prices, PricesOf } from '../prices';

/** The heartbeat goes the whole way of an alert once a minute; alerts themselves are rare beside it. */
const BEAT_SECONDS = 60;
const FUNCTION_GIB = 0.25;
/** Of a run that passes a heartbeat on, at most. */
const RUN_SECONDS = 1;
/** Lambda asks a queue by five readers, each for twenty seconds. */
const ASKED_EVERY_SECONDS = 20 / 5;
/** Editors that Grafana wants paid in any case: the person who looks after it, and the function that fills it. */
const GRAFANA_EDITORS = 2;

/** The way from an alert to a person in a region, and the heartbeat that it passes on all the time. */
export function relayPart(
  prices: Prices,
  platform: Platform,
  role: Role,
  built: BuiltRegion | undefined,
): CostPart {
  const queues = built?.queueReaders ?? 0;
  const asked = queues * timesPerMonth(ASKED_EVERY_SECONDS);
  const beats = timesPerMonth(BEAT_SECONDS);
  return {
    name: 'alert relay and heartbeat',
    region: regionOf(platform, role),
    usdPerMonth:
      (asked / 1e6) * prices.queueMillionRequests +
      (beats / 1e6) * prices.topicMillionMessages +
      runsUsd(prices, beats) +
      (beats / 1000) * prices.cloudWatch.thousandRequests,
    how: `${queues} queues that are read all the time, a heartbeat a minute`,
  };
}

/** The witness tells both others every minute that it lives. */
export function witnessPart(prices: Prices, platform: Platform): CostPart {
  const beats = timesPerMonth(BEAT_SECONDS);
  return {
    name: 'alert relay and heartbeat',
    region: platform.regions.witness.name,
    usdPerMonth: runsUsd(prices, beats) + (2 * beats * prices.cloudWatch.thousandRequests) / 1000,
    how: 'two heartbeats a minute',
  };
}

const runsUsd = (prices: Prices, runs: number): number =>
  runs * RUN_SECONDS * FUNCTION_GIB * prices.lambda.gibSecondArm + (runs / 1e6) * prices.lambda.millionRuns;

/** Canaries ask from all three regions. */
export function canaryParts(pricesOf: PricesOf, platform: Platform): readonly CostPart[] {
  const { home, standby, witness } = platform.regions;
  const runs = timesPerMonth(CANARY_EVERY_MINUTES * 60);
  if (!platform.monitoring.canaries || canaryTargets(platform).length === 0) return [];
  return [home, standby, witness].map(({ name }) => ({
    name: 'canaries',
    region: name,
    usdPerMonth: runs * pricesOf(name).cloudWatch.canaryRun,
    how: `a run every ${CANARY_EVERY_MINUTES} minutes`,
  }));
}

/** Amazon Managed Grafana, in the region that the file names. */
export function grafanaParts(pricesOf: PricesOf, platform: Platform): readonly CostPart[] {
  const settings = grafanaOf(platform);
  const region = regionOf(platform, settings?.role ?? 'home');
  return partIf(settings !== undefined, () => ({
    name: 'Grafana',
    region,
    usdPerMonth: GRAFANA_EDITORS * pricesOf(region).grafanaEditorMonth,
    how: `${GRAFANA_EDITORS} editors, one of them the function that fills it; each viewer 5 more`,
  }));
}
