import type { RuleGroup } from './rule';

/**
 * Limits of Amazon Managed Service for Prometheus, as an account has them that never asked for more.
 * https://docs.aws.amazon.com/prometheus/latest/userguide/AMP_quotas.html and, for the names, CreateRuleGroupsNamespace.
 */
export const LIMITS = {
  namespaces: 10,
  /** Of all namespaces together. */
  groups: 100,
  rulesPerGroup: 20,
  /** Of all namespaces together. */
  rules: 2000,
  definitionBytes: 1_000_000,
  /** A namespace's and a group's name together. */
  nameBytes: 721,
  /** A group is not evaluated more often than this. */
  intervalSeconds: 30,
} as const;

/** Rules as they are given to a workspace. */
export interface RuleNamespace {
  readonly name: string;
  readonly groups: readonly RuleGroup[];
  /** The YAML of the groups. */
  readonly definition: string;
}

/** The rules of a platform are more than a workspace takes. */
export class RuleLimitError extends Error {
  override readonly name = 'RuleLimitError';
  /** @param problems one sentence each */
  constructor(readonly problems: readonly string[]) {
    super(`Amazon Managed Service for Prometheus would refuse the rules: ${problems.join(' ')}`);
  }
}

const bytes = (text: string): number => Buffer.byteLength(text, 'utf8');
const atMost = (what: string, value: number, limit: number): string[] =>
  value > limit ? [`${what}: ${value}, at most ${limit}.`] : [];

/**
 * Finds at synth what would stop a deployment.
 * @throws RuleLimitError with everything that is over a limit
 */
export function checkLimits(namespaces: readonly RuleNamespace[]): void {
  const groups = namespaces.flatMap((namespace) => namespace.groups);
  const problems = [
    ...atMost('namespaces', namespaces.length, LIMITS.namespaces),
    ...atMost('groups of rules', groups.length, LIMITS.groups),
    ...atMost('rules', groups.flatMap(({ rules }) => rules).length, LIMITS.rules),
    ...namespaces.flatMap(problemsOf),
  ];
  if (problems.length > 0) throw new RuleLimitError(problems);
}

function problemsOf({ name, groups, definition }: RuleNamespace): string[] {
  const names = groups.map((group) => group.name);
  return [
    ...atMost(`bytes of the definition of ${name}`, bytes(definition), LIMITS.definitionBytes),
    ...names
      .filter((one, i) => names.indexOf(one) !== i)
      .map((one) => `${name} has two groups with the name ${one}.`),
    ...groups.flatMap((group) => [
      ...atMost(`rules in the group ${group.name}`, group.rules.length, LIMITS.rulesPerGroup),
      ...atMost(`bytes of the names ${name} and ${group.name}`, bytes(name + group.name), LIMITS.nameBytes),
      ...(group.intervalSeconds < LIMITS.intervalSeconds
        ? [
            `the group ${group.name} is evaluated every ${group.intervalSeconds} s, at least ${LIMITS.intervalSeconds} s are allowed.`,
          ]
        : []),
    ]),
  ];
}
