import { regionOf } from '../../config/names';
import type { Platform, Role } from '../../config/platform';
import { CANARY_EVERY_MINUTES, canaryTargets } from '../../monitoring/cloudwatch/canaries';
import { grafanaOf } from '../../monitoring/grafana/settings';
import type { BuiltRegion } from '../built';
import { type CostPart, partIf, timesPerMonth } from '../part';
import { PRICES } from '../prices';

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
export function relayPart(platform: Platform, role: Role, built: BuiltRegion | undefined): CostPart {
  const queues = built?.queueReaders ?? 0;
  const asked = queues * timesPerMonth(ASKED_EVERY_SECONDS);
  const beats = timesPerMonth(BEAT_SECONDS);
  return {
    name: 'alert relay and heartbeat',
    region: regionOf(platform, role),
    usdPerMonth:
      (asked / 1e6) * PRICES.queueMillionRequests +
      (beats / 1e6) * PRICES.topicMillionMessages +
      runsUsd(beats) +
      (beats / 1000) * PRICES.cloudWatch.thousandRequests,
    how: `${queues} queues that are read all the time, a heartbeat a minute`,
  };
}

/** The witness tells both others every minute that it lives. */
export function witnessPart(platform: Platform): CostPart {
  const beats = timesPerMonth(BEAT_SECONDS);
  return {
    name: 'alert relay and heartbeat',
    region: platform.regions.witness.name,
    usdPerMonth: runsUsd(beats) + (2 * beats * PRICES.cloudWatch.thousandRequests) / 1000,
    how: 'two heartbeats a minute',
  };
}

const runsUsd = (runs: number): number =>
  runs * RUN_SECONDS * FUNCTION_GIB * PRICES.lambda.gibSecondArm + (runs / 1e6) * PRICES.lambda.millionRuns;

/** Canaries ask from all three regions. */
export function canaryParts(platform: Platform): readonly CostPart[] {
  const { home, standby, witness } = platform.regions;
  const runs = timesPerMonth(CANARY_EVERY_MINUTES * 60);
  if (!platform.monitoring.canaries || canaryTargets(platform).length === 0) return [];
  return [home, standby, witness].map(({ name }) => ({
    name: 'canaries',
    region: name,
    usdPerMonth: runs * PRICES.cloudWatch.canaryRun,
    how: `a run every ${CANARY_EVERY_MINUTES} minutes`,
  }));
}

/** Amazon Managed Grafana, in the region that the file names. */
export function grafanaParts(platform: Platform): readonly CostPart[] {
  const settings = grafanaOf(platform);
  return partIf(settings !== undefined, () => ({
    name: 'Grafana',
    region: regionOf(platform, settings?.role ?? 'home'),
    usdPerMonth: GRAFANA_EDITORS * PRICES.grafanaEditorMonth,
    how: `${GRAFANA_EDITORS} editors, one of them the function that fills it; each viewer 5 more`,
  }));
}
