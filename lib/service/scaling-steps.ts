import type { Scaling } from '../config/platform';

/**
 * Step scaling on one number: the load ratio, which is the largest of (measured / target) over the metrics of a
 * service; 1 means exactly as loaded as the platform file wants. Scaling on the largest ratio is what the Kubernetes
 * autoscaler does with several metrics: any one may scale out, all must be low to scale in.
 *
 * Scaling in must never lead to a ratio above 1, or the service flaps: taking the share `f` of the tasks away turns a
 * ratio `r` into `r / (1 - f)`. Both thresholds below follow from it, with a margin.
 */
export interface ScaleIn {
  /** The ratio must stay below this for the whole stabilisation time. */
  readonly threshold: number;
  /** From the lowest load up: below `belowRatio` this percentage of the tasks goes. */
  readonly steps: readonly { readonly belowRatio: number; readonly percent: number }[];
}

/** A tenth of the way is kept free for noise. */
const MARGIN = 0.9;

/**
 * @param minReplicas the fewest tasks: with one more than these, a single task is the smallest step
 * @param limits at most `percent` of the tasks may go in one step
 */
export function scaleInSteps(minReplicas: number, limits: Pick<Scaling['scaleIn'], 'percent'>): ScaleIn {
  const smallest = Math.max(1, minReplicas);
  // One task of smallest + 1 may go if the others can carry its load.
  const gentleRatio = round(MARGIN * (smallest / (smallest + 1)));
  const most = Math.min(99, limits.percent);
  const gentlePercent = Math.max(1, Math.min(most, Math.floor((1 - gentleRatio) * 100 * MARGIN)));
  const deepRatio = round(MARGIN * (1 - most / 100));
  const gentle = { belowRatio: gentleRatio, percent: gentlePercent };
  if (deepRatio <= 0 || deepRatio >= gentleRatio) return { threshold: gentleRatio, steps: [gentle] };
  return { threshold: gentleRatio, steps: [{ belowRatio: deepRatio, percent: most }, gentle] };
}

const round = (ratio: number): number => Math.round(ratio * 1000) / 1000;

/** Evaluation periods of one minute that cover a stabilisation time; at least one. */
export const evaluationPeriods = (stabilizationSeconds: number): number =>
  Math.max(1, Math.ceil(stabilizationSeconds / 60));
