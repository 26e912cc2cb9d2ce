import { createHash } from 'node:crypto';

/**
 * Priorities of the listener rules.
 *
 * A balancer asks its rules in the order of their numbers, and each service is a stack of its own that cannot see the
 * others. So a number depends on the pattern alone: adding a service never moves another's rule. The more exactly a
 * pattern says what it wants, the earlier it is asked: a rule with a host before one without, then by the number of
 * literal segments; equals are spread by a hash. Two rules may land on one number; that is an error of the file, and
 * its message proposes a free one.
 */
export interface Pattern {
  readonly host?: string | undefined;
  readonly paths: readonly string[];
}

/** Highest number that a listener rule may have. */
export const MAX_PRIORITY = 50_000;
/** Numbers below are never derived: they are free for a person. */
export const FIRST_DERIVED = 1000;

/** Slots for each level of `specificity`, from `/*` upwards; sized by how common such patterns are. */
const SLOTS: readonly number[] = [200, 1800, 14_000, 5000, 7000, 1500, 1500, 400, 400, 100, 50, 50];
const TOTAL = SLOTS.reduce((sum, slots) => sum + slots, 0);

/**
 * How exactly a path pattern says what it wants: twice the number of its complete literal segments, one more if it
 * goes on literally (`/api*` before `/*`) or has no wildcard at all.
 */
export function specificity(path: string): number {
  const wildcard = path.search(/[*?]/);
  const literal = wildcard < 0 ? path : path.slice(0, wildcard);
  const complete = wildcard < 0 ? literal : literal.slice(0, literal.lastIndexOf('/') + 1);
  const segments = complete.split('/').filter((segment) => segment !== '').length;
  return 2 * segments + (wildcard < 0 || complete !== literal ? 1 : 0);
}

/** @returns the number that a pattern gets if the file gives none, between FIRST_DERIVED and 48,999 */
export function derivedPriority(pattern: Pattern): number {
  // The least exact path decides: it is the one that could take another rule's requests away.
  const level = Math.min(SLOTS.length - 1, ...pattern.paths.map(specificity));
  const slots = SLOTS[level] ?? 1;
  const before = SLOTS.slice(level + 1).reduce((sum, n) => sum + n, 0);
  const scale = pattern.host === undefined ? 1 : 0.5;
  const band = pattern.host === undefined ? FIRST_DERIVED + TOTAL / 2 : FIRST_DERIVED;
  return band + before * scale + (hash(pattern) % (slots * scale));
}

function hash(pattern: Pattern): number {
  const text = [pattern.host ?? '', ...[...pattern.paths].sort()].join('\n');
  return createHash('sha256').update(text).digest().readUInt32BE(0);
}
