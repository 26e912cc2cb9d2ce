import { stringify } from 'yaml';
import type { Rule, RuleGroup } from './rule';

/** @returns a rules file as Prometheus and Amazon Managed Service for Prometheus read it */
export const renderRules = (groups: readonly RuleGroup[]): string =>
  stringify({ groups: groups.map(group) }, { lineWidth: 0, aliasDuplicateObjects: false });

const group = ({ name, intervalSeconds, labels, rules }: RuleGroup) => ({
  name,
  interval: `${intervalSeconds}s`,
  rules: rules.map((one) => rule(one, labels)),
});

function rule(one: Rule, labels: RuleGroup['labels']) {
  if ('record' in one) return { record: one.record, expr: one.expression, labels };
  const { alert, expression, forSeconds, keepFiringSeconds, annotations } = one;
  return {
    alert,
    expr: expression,
    for: `${forSeconds}s`,
    ...(keepFiringSeconds !== undefined && { keep_firing_for: `${keepFiringSeconds}s` }),
    labels: { ...labels, ...one.labels },
    annotations,
  };
}
