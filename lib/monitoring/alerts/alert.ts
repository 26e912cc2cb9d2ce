import type { Component, Severity, Team } from '../../config/alert-words';
import type { Platform, Role } from '../../config/platform';

export {
  COMPONENTS,
  type Component,
  SEVERITIES,
  type Severity,
  TEAMS,
  type Team,
} from '../../config/alert-words';

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
  /** What `alerts.thresholds.<name>.value` of the platform file replaces; a function where the rest of the file says it. */
  readonly threshold?: { readonly value: number | ((platform: Platform) => number); readonly unit: string };
  /** @returns PromQL that yields a series for each thing that is wrong */
  readonly expression: (context: AlertContext) => string;
  /** Default: the region whose rules these are; it is what the labels `region` and `role` of the alert say. */
  readonly about?: 'peer';
  /** It stays firing this long after the expression has ended, in seconds. */
  readonly keepFiringSeconds?: number;
  /**
   * One line; Prometheus's templates are filled in: `{{ $labels.service }}`. Here and in the description `{threshold}`
   * stands for the bound and its unit.
   */
  readonly summary: string;
  readonly description: string;
  /** Dashboard and slug of the panel that shows it. */
  readonly panel: `${DashboardName}/${string}`;
}
