import type { ServiceTarget } from './deployed-services';
import type { Slot } from './shift';

/** How a balancer divides the traffic of a rule between its target groups. */
export interface Weights {
  /** What a target group gets of a rule's traffic, beside the other groups of the rule. */
  weightOf(rule: string, group: string): number;
  weigh(rule: string, weights: readonly { readonly group: string; readonly weight: number }[]): void;
}

/** @returns the half of each pair of target groups that the rules feed now */
export function busySlot(weights: Weights, targets: readonly ServiceTarget[]): Slot {
  const isGreen = targets.some(
    ({ group, alternate }) =>
      alternate &&
      weights.weightOf(alternate.rule, alternate.group) > weights.weightOf(alternate.rule, group),
  );
  return isGreen ? 1 : 0;
}

/** Gives each half of every pair its share; nothing is done where it has it. */
export function divide(
  weights: Weights,
  targets: readonly ServiceTarget[],
  [first, second]: readonly [number, number],
): void {
  for (const { group, alternate } of targets) {
    if (!alternate || weights.weightOf(alternate.rule, group) === first) continue;
    weights.weigh(alternate.rule, [
      { group, weight: first },
      { group: alternate.group, weight: second },
    ]);
  }
}

/** A target whose tasks are in the first group of its pair, or in the alternate one. */
export const inSlot =
  (slot: Slot) =>
  ({ containerPort, group, alternate }: ServiceTarget): ServiceTarget => ({
    containerPort,
    group: slot === 1 && alternate ? alternate.group : group,
  });
