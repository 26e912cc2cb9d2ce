import type { Platform } from '../../config/platform';
import type { Alert, DashboardName, Severity } from '../alerts/alert';
import { CATALOGUE } from '../alerts/catalogue';
import type { Color, Panel, Step, Unit } from './panel';

const GIB = 1024 ** 3;

/**
 * What one unit of an alert's bound is in the unit of a panel. What is not here is a bound about something that the panel
 * does not draw, such as "times the budget".
 */
const FACTORS: Readonly<Record<Unit, Readonly<Record<string, number>>>> = {
  none: {},
  short: {
    connections: 1,
    messages: 1,
    tasks: 1,
    actions: 1,
    'million transactions': 1e6,
    'deadlocks in ten minutes': 1,
    'requests in five minutes': 1,
    'times its limit': 1,
  },
  percentunit: { percent: 0.01 },
  s: { s: 1, seconds: 1, ms: 0.001 },
  d: { days: 1 },
  bytes: { GiB: GIB, bytes: 1 },
  Bps: {},
  reqps: { 'requests a second': 1 },
  ops: { 'keys a second': 1, 'values a second': 1 },
  currencyUSD: { 'USD in this month': 1, 'USD in a day': 1 },
};

const COLORS: Readonly<Record<Severity, Color>> = { critical: 'red', warning: 'orange', info: 'blue' };
const GRAVITY: readonly Color[] = ['red', 'orange', 'blue'];

/** @returns the alerts of the platform that a panel shows */
export const alertsAt = (platform: Platform, dashboard: DashboardName, panel: Panel): readonly Alert[] =>
  CATALOGUE.filter((alert) => alert.panel === `${dashboard}/${panel.slug}` && alert.appliesTo(platform));

/** @returns bound of an alert in the unit of a panel; undefined if the alert has none, or none that the panel draws */
export function boundIn(
  { unit, drawBounds = true }: Panel,
  alert: Alert,
  platform: Platform,
): Step | undefined {
  const { name, threshold, severity } = alert;
  const factor = threshold && FACTORS[unit][threshold.unit];
  if (factor === undefined || !drawBounds) return undefined;
  const change = platform.alerts?.thresholds[name];
  const given = typeof threshold?.value === 'function' ? threshold.value(platform) : threshold?.value;
  const value = change?.value ?? given;
  if (value === undefined) return undefined;
  // Binary fractions would show as 0.8500000000000001.
  const rounded = Number((value * factor).toPrecision(12));
  return { value: rounded, color: COLORS[change?.severity ?? severity] };
}

/** @returns the values at which a panel changes its colour, each once, ascending; the graver colour wins */
export function stepsOf(platform: Platform, dashboard: DashboardName, panel: Panel): readonly Step[] {
  const ofAlerts = alertsAt(platform, dashboard, panel).flatMap(
    (alert) => boundIn(panel, alert, platform) ?? [],
  );
  const all = [...(panel.steps ?? []), ...ofAlerts].sort(
    (a, b) => a.value - b.value || gravity(a.color) - gravity(b.color),
  );
  return all.filter(({ value }, index) => index === 0 || all[index - 1]?.value !== value);
}

function gravity(color: Color): number {
  const place = GRAVITY.indexOf(color);
  return place < 0 ? GRAVITY.length : place;
}
