import type { Platform, Role } from '../../config/platform';
import type { Alert } from './alert';
import { AVAILABILITY_ALERTS } from './availability';
import { BALANCER_ALERTS } from './balancer';
import { BUSINESS_ALERTS } from './business';
import { CACHE_ALERTS } from './cache';
import { CONTAINER_ALERTS } from './containers';
import { DATABASE_ALERTS } from './database';
import { EDGE_ALERTS } from './edge';
import { MONITORING_ALERTS } from './monitoring';
import { OBJECTIVE_ALERTS } from './objectives';
import { PERFORMANCE_ALERTS } from './performance';
import { QUEUE_ALERTS } from './queue';
import { RECOVERY_ALERTS } from './recovery';
import { RESOURCE_ALERTS } from './resources';
import { SLO_ALERTS } from './slo';

/** Alerts about one part of a platform: one file of this folder, one group of rules. */
export interface Category {
  /** The name of the group, for example `database`. */
  readonly name: string;
  readonly alerts: readonly Alert[];
}

/** In the order of the runbook. */
export const CATEGORIES: readonly Category[] = [
  { name: 'availability', alerts: AVAILABILITY_ALERTS },
  { name: 'performance', alerts: PERFORMANCE_ALERTS },
  { name: 'slo', alerts: [...SLO_ALERTS, ...OBJECTIVE_ALERTS] },
  { name: 'resources', alerts: RESOURCE_ALERTS },
  { name: 'containers', alerts: CONTAINER_ALERTS },
  { name: 'balancer', alerts: BALANCER_ALERTS },
  { name: 'database', alerts: DATABASE_ALERTS },
  { name: 'cache', alerts: CACHE_ALERTS },
  { name: 'queue', alerts: QUEUE_ALERTS },
  { name: 'recovery', alerts: RECOVERY_ALERTS },
  { name: 'edge', alerts: EDGE_ALERTS },
  { name: 'monitoring', alerts: MONITORING_ALERTS },
  { name: 'business', alerts: BUSINESS_ALERTS },
];

/** Every alert that Holdfast knows. */
export const CATALOGUE: readonly Alert[] = CATEGORIES.flatMap(({ alerts }) => alerts);

/** Group of the rules that a platform file adds. */
export const OWN_CATEGORY = 'own';
/** Heading of the article for those of them that name none. */
const OWN_ARTICLE = 'rules-of-a-platform-file';
/** Articles about alerts, each under a heading with the alert's name. */
export const RUNBOOK = 'docs/runbooks/alerts.md';

/** An alert of one region with the changes of its platform file applied: nothing is left to decide. */
export type AppliedAlert = Pick<
  Alert,
  | 'name'
  | 'severity'
  | 'component'
  | 'team'
  | 'forSeconds'
  | 'about'
  | 'keepFiringSeconds'
  | 'summary'
  | 'description'
> & {
  /** Name of a category, or `own`. */
  readonly category: string;
  /** PromQL. */
  readonly expression: string;
  /** Where the article is: an address, or a path in this repository with an anchor. */
  readonly runbook: string;
  /** Dashboard and panel; the rules of a platform file have none. */
  readonly panel?: Alert['panel'];
};

/**
 * The alerts of a region of a platform: those of the catalogue whose part it has, with the thresholds of its file, and
 * the rules of its file.
 */
export function alertsOf(platform: Platform, role: Role): readonly AppliedAlert[] {
  const known = CATEGORIES.flatMap(({ name, alerts }) =>
    alerts.filter((alert) => alert.appliesTo(platform)).map((alert) => applied(alert, name, platform, role)),
  );
  return [...known, ...ownAlerts(platform)];
}

function applied(alert: Alert, category: string, platform: Platform, role: Role): AppliedAlert {
  const { name, component, team, summary, panel, about, keepFiringSeconds } = alert;
  const change = platform.alerts?.thresholds[name];
  const threshold = change?.value ?? defaultBound(alert, platform);
  const bound = `${threshold} ${alert.threshold?.unit ?? ''}`.trim();
  return {
    name,
    category,
    severity: change?.severity ?? alert.severity,
    component,
    team,
    forSeconds: change?.forSeconds ?? alert.forSeconds,
    ...(about !== undefined && { about }),
    ...(keepFiringSeconds !== undefined && { keepFiringSeconds }),
    expression: alert.expression({ platform, role, threshold }),
    summary: summary.replaceAll('{threshold}', bound),
    description: alert.description.replaceAll('{threshold}', bound),
    runbook: `${RUNBOOK}#${name.toLowerCase()}`,
    panel,
  };
}

/** @returns NaN where the alert has no bound */
function defaultBound({ threshold }: Alert, platform: Platform): number {
  if (threshold === undefined) return Number.NaN;
  return typeof threshold.value === 'function' ? threshold.value(platform) : threshold.value;
}

const ownAlerts = ({ alerts }: Platform): readonly AppliedAlert[] =>
  Object.entries(alerts?.rules ?? {}).map(([name, { runbook, ...rule }]) => ({
    ...rule,
    name,
    category: OWN_CATEGORY,
    runbook: runbook ?? `${RUNBOOK}#${OWN_ARTICLE}`,
  }));
