/** How many tasks a service may have while a new revision replaces an old one. */
export interface Bounds {
  readonly desired: number;
  readonly minimumHealthyPercent: number;
  readonly maximumPercent: number;
}

export interface Present<T> {
  readonly task: T;
  /** Of the revision that is wanted. */
  readonly isNew: boolean;
  readonly isHealthy: boolean;
}

/**
 * One step of a rolling deployment, as ECS takes it: it stops no healthy task below the least of the desired number, and
 * starts none above the most; the least is rounded up, the most down. Bounds that leave no room for either never get on.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html
 * @param present the oldest first
 * @param starting tasks of the wanted revision that have been ordered and do not run yet
 * @returns how many to start, and which to stop
 */
export function next<T>(
  { desired, minimumHealthyPercent, maximumPercent }: Bounds,
  present: readonly Present<T>[],
  starting: number,
): { readonly start: number; readonly stop: readonly Present<T>[] } {
  const wanted = present.filter(({ isNew }) => isNew);
  const old = present.filter(({ isNew }) => !isNew);
  const most = Math.max(desired, Math.floor((desired * maximumPercent) / 100));
  const least = Math.min(desired, Math.ceil((desired * minimumHealthyPercent) / 100));
  const start = Math.max(0, Math.min(desired - wanted.length - starting, most - present.length - starting));
  const surplus = leastUseful(wanted).slice(0, Math.max(0, wanted.length - desired));
  const unwell = old.filter(({ isHealthy }) => !isHealthy);
  const well = old.filter(({ isHealthy }) => isHealthy);
  const kept = wanted.filter((one) => one.isHealthy && !surplus.includes(one));
  const retired = well.slice(0, Math.max(0, kept.length + well.length - least));
  return { start, stop: [...surplus, ...unwell, ...retired] };
}

/** Those that serve nobody first, then the youngest. */
const leastUseful = <T>(tasks: readonly Present<T>[]): readonly Present<T>[] =>
  [...tasks].reverse().sort((one, other) => Number(one.isHealthy) - Number(other.isHealthy));
