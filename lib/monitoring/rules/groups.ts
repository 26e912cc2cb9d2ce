import { otherRole, regionOf } from '../../config/names';
import type { Platform, Role } from '../../config/platform';
import { type AppliedAlert, alertsOf } from '../alerts/catalogue';
import { checkLimits, LIMITS, type RuleNamespace } from './limits';
import { recordGroups } from './records';
import { renderRules } from './render';
import type { AlertRule, Rule, RuleGroup } from './rule';

/** Alerts are judged this often; most of what they read is measured once a minute. */
const INTERVAL_SECONDS = 60;

/**
 * All rules of a region: the shared series first, then a group for each category of alerts. A category with more rules
 * than a group may have goes on in `<name>-2`.
 */
export function ruleGroups(platform: Platform, role: Role): readonly RuleGroup[] {
  const labels = labelsOf(platform, role);
  const records = recordGroups(platform, role).flatMap(({ name, intervalSeconds, rules }) =>
    groupsOf(name, intervalSeconds, labels, rules),
  );
  const alerts = alertsOf(platform, role);
  const categories = [...new Set(alerts.map(({ category }) => category))];
  return [
    ...records,
    ...categories.flatMap((name) =>
      groupsOf(
        name,
        INTERVAL_SECONDS,
        labels,
        alerts.filter(({ category }) => category === name).map((alert) => alertRule(alert, platform, role)),
      ),
    ),
  ];
}

const labelsOf = (platform: Platform, role: Role) => ({
  platform: platform.name,
  region: regionOf(platform, role),
  role,
});

function groupsOf(
  name: string,
  intervalSeconds: number,
  labels: RuleGroup['labels'],
  rules: readonly Rule[],
): RuleGroup[] {
  const count = Math.ceil(rules.length / LIMITS.rulesPerGroup);
  return Array.from({ length: count }, (_, i) => ({
    name: i === 0 ? name : `${name}-${i + 1}`,
    intervalSeconds,
    labels,
    rules: rules.slice(i * LIMITS.rulesPerGroup, (i + 1) * LIMITS.rulesPerGroup),
  }));
}

const alertRule = (alert: AppliedAlert, platform: Platform, role: Role): AlertRule => ({
  alert: alert.name,
  expression: alert.expression,
  forSeconds: alert.forSeconds,
  ...(alert.keepFiringSeconds !== undefined && { keepFiringSeconds: alert.keepFiringSeconds }),
  labels: {
    ...labelsOf(platform, alert.about === 'peer' ? otherRole(role) : role),
    severity: alert.severity,
    component: alert.component,
    team: alert.team,
  },
  annotations: {
    summary: alert.summary,
    description: alert.description,
    runbook_url: alert.runbook,
    ...(alert.panel !== undefined && { panel: alert.panel }),
  },
});

/**
 * The rules of a region as its workspace takes them: in one namespace, or in more where one definition would be too long.
 * @throws RuleLimitError if they are more than a workspace takes
 */
export function ruleNamespaces(platform: Platform, role: Role): readonly RuleNamespace[] {
  const namespaces = packed(ruleGroups(platform, role)).map((groups, i) => ({
    name: i === 0 ? platform.name : `${platform.name}-${i + 1}`,
    groups,
    definition: renderRules(groups),
  }));
  checkLimits(namespaces);
  return namespaces;
}

/** Groups that make one definition each: in their order, as many together as fit. */
function packed(groups: readonly RuleGroup[]): readonly (readonly RuleGroup[])[] {
  const parts: { readonly groups: RuleGroup[]; bytes: number }[] = [];
  for (const group of groups) {
    const bytes = Buffer.byteLength(renderRules([group]), 'utf8');
    const last = parts.at(-1);
    if (last && last.bytes + bytes <= LIMITS.definitionBytes) {
      last.groups.push(group);
      last.bytes += bytes;
    } else parts.push({ groups: [group], bytes });
  }
  return parts.map((part) => part.groups);
}
