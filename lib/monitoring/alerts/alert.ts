import type { Platform, Role } from '../../config/platform';

/** How urgent an alert is: `critical` wakes somebody, `warning` waits for the morning, `info` is only written down. */
export const SEVERITIES = ['critical', 'warning', 'info'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** What is affected. Routes of a platform file choose by these words. */
export const COMPONENTS = [
  'service',
  'balancer',
  'database',
  'cache',
  'queue',
  'leadership',
  'archive',
  'backup',
  'edge',
  'monitoring',
  'business',
] as const;
export type Component = (typeof COMPONENTS)[number];

/** Who owns it. */
export const TEAMS = ['application', 'database', 'ops', 'business'] as const;
export type Team = (typeof TEAMS)[number];

export const DASHBOARDS = [
  'overview',
  'services',
  'database',
  'cache',
  'queue',
  'balancer',
  'recovery',
  'business',
] as const;
export type DashboardName = (typeof DASHBOARDS)[number];

/** What an expression may depend on. */
export interface AlertContext {
  readonly platform: Platform;
  /** Of the region whose rules these are. */
  readonly role: Role;
  /** Bound in the alert's own unit, after the platform file's changes; NaN where the alert has none. */
  readonly threshold: number;
}

/** One alert of the catalogue: everything that rules, routes, articles and panels are generated from. */
export interface Alert {
  /** For example `HighErrorRate`. */
  readonly name: string;
  readonly severity: Severity;
  readonly component: Component;
  readonly team: Team;
  /** Whether the platform has the part that it is about. */
  readonly appliesTo: (platform: Platform) => boolean;
  /** How long the expression must hold, in seconds. */
  readonly forSeconds: number;
  /** What `alerts.thresholds.<name>.value` of the platform file replaces. */
  readonly threshold?: { readonly value: number; readonly unit: string };
  /** @returns PromQL that yields a series for each thing that is wrong */
  readonly expression: (context: AlertContext) => string;
  /** It stays firing this long after the expression has ended, in seconds. */
  readonly keepFiringSeconds?: number;
  /** One line; Prometheus's templates are filled in: `{{ $labels.service }}`. */
  readonly summary: string;
  readonly description: string;
  /** Dashboard and slug of the panel that shows it. */
  readonly panel: `${DashboardName}/${string}`;
}
