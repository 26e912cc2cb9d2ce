import { HoldfastError } from '../runtime/errors';

export interface Destination {
  readonly region: string;
  readonly registryId: string;
}
export interface Filter {
  readonly filter: string;
  readonly filterType: 'PREFIX_MATCH';
}
/** One rule of ECR's replication. Without a filter it covers every repository. */
export interface Rule {
  readonly destinations: readonly Destination[];
  readonly repositoryFilters: readonly Filter[];
}

/** Limits of ECR, for a registry in one region. */
export const RULES_MAX = 10;
export const DESTINATIONS_MAX = 25;

/** The account's registry has no room for our rule. */
export class RegistryFull extends HoldfastError {
  constructor(
    readonly what: string,
    readonly limit: number,
  ) {
    super(
      `The registry of this account has no room for another replication rule: ECR allows ${limit} ${what}. Remove one ` +
        'that is no longer needed (aws ecr describe-registry shows them), then deploy again.',
    );
  }
}

/** @returns the rule that copies repositories with the prefix to one other region */
export function ownRule(prefix: string, destination: Destination): Rule {
  return { destinations: [destination], repositoryFilters: [{ filter: prefix, filterType: 'PREFIX_MATCH' }] };
}

/** A rule has no name; ours is the one that says exactly this and nothing else. */
export function same(a: Rule, b: Rule): boolean {
  return fingerprint(a) === fingerprint(b);
}

const fingerprint = (rule: Rule): string =>
  JSON.stringify([
    rule.destinations.map(key).sort(),
    rule.repositoryFilters.map(({ filter }) => filter).sort(),
  ]);
const key = ({ region, registryId }: Destination): string => `${registryId}/${region}`;

export const holds = (rules: readonly Rule[], own: Rule): boolean => rules.some((rule) => same(rule, own));

/**
 * @returns all rules there are and ours, once
 * @throws {RegistryFull}
 */
export function withRule(rules: readonly Rule[], own: Rule): readonly Rule[] {
  if (holds(rules, own)) return rules;
  const merged = [...rules, own];
  if (merged.length > RULES_MAX) throw new RegistryFull('rules', RULES_MAX);
  const destinations = new Set(merged.flatMap((rule) => rule.destinations.map(key)));
  if (destinations.size > DESTINATIONS_MAX) throw new RegistryFull('destinations', DESTINATIONS_MAX);
  return merged;
}

/** @returns all rules but ours */
export const withoutRule = (rules: readonly Rule[], own: Rule): readonly Rule[] =>
  rules.filter((rule) => !same(rule, own));
