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

/** No step down may lead above this ratio: the rest of the way is kept free for noise, or noise alone scales out again. */
const MARGIN = 0.85;
/**
 * Where nothing but a queue is measured: most percent of the tasks that go at once, and the ratio below which they go. An
 * empty queue does not say how busy the tasks are, only that they are enough: so it must be all but empty, and a tenth
 * fewer that are too few let it grow so slowly that it is found out before it matters.
 */
const BLIND_PERCENT = 10;
const BLIND_RATIO = 0.1;

/**
 * @param minReplicas the fewest tasks: with one more than these, a single task is the smallest step
 * @param limits at most `percent` of the tasks may go in one step
 * @param blind whether nothing says how busy the tasks are
 */
export function scaleInSteps(
  minReplicas: number,
  limits: Pick<Scaling['scaleIn'], 'percent'>,
  blind = false,
): ScaleIn {
  const smallest = Math.max(1, minReplicas);
  // One task of smallest + 1 may go if the others can carry its load.
  const gentleRatio = rounded(MARGIN * (smallest / (smallest + 1)));
  const most = Math.min(99, limits.percent);
  // The largest share that leaves no more than MARGIN of the load at that ratio: 1 - gentleRatio / MARGIN.
  const gentlePercent = Math.max(1, Math.min(most, Math.floor(100 / (smallest + 1))));
  if (blind) {
    const percent = Math.min(gentlePercent, BLIND_PERCENT);
    return { threshold: BLIND_RATIO, steps: [{ belowRatio: BLIND_RATIO, percent }] };
  }
  const step = (percent: number) => ({ belowRatio: rounded(MARGIN * (1 - percent / 100)), percent });
  // Between the gentlest step and the largest one, or a service with much to spare goes down a task or two at a time.
  const larger = [most, Math.floor((gentlePercent + most) / 2)]
    .map(step)
    .filter(
      ({ belowRatio, percent }) => belowRatio > 0 && belowRatio < gentleRatio && percent > gentlePercent,
    );
  return { threshold: gentleRatio, steps: [...larger, { belowRatio: gentleRatio, percent: gentlePercent }] };
}

const rounded = (ratio: number): number => Math.floor(ratio * 1000) / 1000;

/** Until a value is known that was measured after a step: the minute in which the step falls, and one for CloudWatch. */
const FRESH_SECONDS = 120;

/**
 * Seconds between two steps down. All values that the second one rests on must have been measured after the first: with
 * older ones, which are of more tasks, a service goes down far below what it needs, and up again.
 */
export const scaleInPause = ({
  stabilizationSeconds,
  periodSeconds,
}: Pick<Scaling['scaleIn'], 'stabilizationSeconds' | 'periodSeconds'>): number =>
  Math.max(periodSeconds, 60 * evaluationPeriods(stabilizationSeconds) + FRESH_SECONDS);

/** Whether what scales a service says nothing of how busy its tasks are. */
export const isBlind = ({ cpuPercent, memoryPercent, requestsPerSecond }: Scaling): boolean =>
  cpuPercent === undefined && memoryPercent === undefined && requestsPerSecond === undefined;

/** Evaluation periods of one minute that cover a stabilisation time; at least one. */
export const evaluationPeriods = (stabilizationSeconds: number): number =>
  Math.max(1, Math.ceil(stabilizationSeconds / 60));
