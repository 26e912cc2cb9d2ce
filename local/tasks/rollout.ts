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
 * One step of a rolling deployment, as ECS takes it: never fewer healthy tasks than the least, never more tasks than the
 * most, of the desired number; the least is rounded up, the most down.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html
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
  const least = Math.ceil((desired * minimumHealthyPercent) / 100);
  const start = Math.max(0, Math.min(desired - wanted.length - starting, most - present.length - starting));
  // Too many of the wanted ones: the load has gone. The youngest go first.
  const surplus = wanted.slice(desired);
  const healthy = present.filter(
    ({ isHealthy, task }) => isHealthy && !surplus.some((one) => one.task === task),
  );
  const unwell = old.filter(({ isHealthy }) => !isHealthy);
  const well = old.filter(({ isHealthy }) => isHealthy);
  const isDone = wanted.filter(({ isHealthy }) => isHealthy).length >= desired;
  const retired = isDone ? well : well.slice(0, Math.max(0, healthy.length - least));
  return { start, stop: [...surplus, ...unwell, ...retired] };
}
