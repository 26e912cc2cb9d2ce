import type { Replicas } from '../../../lib/config/platform';
import type { Limits } from '../ports';

/** What a person asks for; what is left out follows from the rest. */
export interface Wanted {
  readonly replicas: number;
  readonly min: number | undefined;
  readonly max: number | undefined;
}

/** What is set, or a sentence that says why it must not be. */
export type ScalePlan =
  | { readonly ok: true; readonly replicas: number; readonly limits: Limits | undefined }
  | { readonly ok: false; readonly sentence: string };

/**
 * Checks numbers against the platform file. Where the service is scaled by its load, the fewest become the number that is
 * asked for: otherwise the next calm minutes would take the tasks away again.
 * @param sizes of the region, as the file has them
 * @param present limits between which the service is scaled by its load; undefined if it is not
 * @param where of the numbers in the file, for example `services.web.replicas`
 */
export function planScale(
  { replicas, min, max }: Wanted,
  sizes: Replicas,
  present: Limits | undefined,
  where: string,
): ScalePlan {
  const refuse = (sentence: string): ScalePlan => ({ ok: false, sentence });
  const allowed = `allowed: ${sizes.available} (${where}.available) to ${sizes.max} (${where}.max).`;
  const named = [
    ['--replicas', replicas],
    ['--min', min],
    ['--max', max],
  ] as const;
  for (const [name, value] of named)
    if (value !== undefined && (value < sizes.available || value > sizes.max))
      return refuse(`${name} ${value} is outside of what the file keeps in service; ${allowed}`);
  if (!present) {
    if (min !== undefined || max !== undefined)
      return refuse(
        `The service is not scaled by its load (no scaling in the file), so that only --replicas can be set.`,
      );
    return { ok: true, replicas, limits: undefined };
  }
  const limits = { min: min ?? replicas, max: max ?? Math.max(present.max, replicas) };
  if (limits.min > replicas || replicas > limits.max)
    return refuse(`--replicas ${replicas} is not between --min ${limits.min} and --max ${limits.max}.`);
  return { ok: true, replicas, limits };
}
