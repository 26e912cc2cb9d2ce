import { METRICS as RELAY_METRICS } from '../../../lambda/alert-relay/contract';
import { METRICS as DRILL_METRICS } from '../../../lambda/restore-drill/contract';
import { regionOf } from '../../config/names';
import type { Platform, Role } from '../../config/platform';
import { knownDimensions } from '../../monitoring/collector/region-reads';
import { HOLDFAST } from '../../monitoring/metrics/holdfast';
import { ruleGroups } from '../../monitoring/rules/groups';
import type { BuiltRegion } from '../built';
import { type CostPart, partIf, sum } from '../part';
import type { Prices } from '../prices';

const ROLES: readonly Role[] = ['home', 'standby'];
/** Heartbeats that a region hears: of the other one, and of the witness. */
const HEARTBEATS = 2;

/** Alarms and dashboards of a region, as its stacks hold them. */
export function alarmParts(prices: Prices, platform: Platform, built: BuiltRegion): readonly CostPart[] {
  const { region, alarmMetrics, queryAlarms, composites, dashboards } = built;
  const { alarmMetricMonth, compositeMonth, dashboardMonth } = prices.cloudWatch;
  const found = queryAlarms * groupsOfRules(platform, region);
  return [
    ...partIf(alarmMetrics + composites > 0, () => ({
      name: 'alarms',
      region,
      usdPerMonth: (alarmMetrics + found) * alarmMetricMonth + composites * compositeMonth,
      how: `${alarmMetrics} metrics${found > 0 ? `, at most ${found} that ${queryAlarms} queries find` : ''}, ${composites} composites`,
    })),
    ...partIf(dashboards > 0, () => ({
      name: 'dashboards in CloudWatch',
      region,
      usdPerMonth: dashboards * dashboardMonth,
      how: `${dashboards}; the first three of an account are free`,
    })),
  ];
}

/** A query reads a metric for each group of rules of the region. */
const groupsOfRules = (platform: Platform, region: string): number =>
  sum(
    ROLES.filter((role) => regionOf(platform, role) === region).map(
      (role) => ruleGroups(platform, role).length,
    ),
  );

/** Written when a drill ends, once a month: a custom metric is paid for the hours in which it is written. */
const OF_AN_HOUR: readonly string[] = [
  DRILL_METRICS.succeeded,
  DRILL_METRICS.failed,
  DRILL_METRICS.rtoSeconds,
  DRILL_METRICS.rpoSeconds,
];

/** What Holdfast's own functions report: one metric for each name and part. Some are written in one region only. */
export function ownMetricsPart(prices: Prices, platform: Platform, role: Role): CostPart {
  const lasting = HOLDFAST.filter(({ cloudWatch }) => !OF_AN_HOUR.includes(cloudWatch.metric));
  const told = sum(lasting.map((series) => knownDimensions(series, platform, role).length));
  const metrics = told + Object.keys(RELAY_METRICS).length + HEARTBEATS;
  return {
    name: 'metrics of Holdfast',
    region: regionOf(platform, role),
    usdPerMonth: metrics * prices.cloudWatch.customMetricMonth,
    how: `at most ${metrics} custom metrics`,
  };
}
