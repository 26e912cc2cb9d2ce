import type { Weighted } from './shares';

/** A rule of a listener: what it takes, and where that goes. */
export interface ListenerRule {
  readonly arn: string;
  readonly priority: number;
  /** Empty: any. */
  readonly hosts: readonly string[];
  readonly paths: readonly string[];
  /** Target groups, by their ARN; none if it does not forward. */
  readonly groups: readonly Weighted[];
}

/** `*` stands for any characters, `?` for one. */
const matches = (pattern: string, text: string, flags = ''): boolean => {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, flags).test(text);
};

/**
 * @param rules in the order of their priority
 * @returns the first rule that takes the request; undefined if none does
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-rules.html
 */
export function ruleFor(
  rules: readonly ListenerRule[],
  host: string,
  path: string,
): ListenerRule | undefined {
  return rules.find(
    ({ hosts, paths }) =>
      (hosts.length === 0 || hosts.some((pattern) => matches(pattern, host, 'i'))) &&
      (paths.length === 0 || paths.some((pattern) => matches(pattern, path))),
  );
}
