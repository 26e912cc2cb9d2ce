import type { Replicas } from './platform';
import type { SizePreset } from './sizes';

/** What a file may say about the number of tasks of a service. */
export interface ReplicasInput {
  readonly min?: number | undefined;
  readonly desired?: number | undefined;
  readonly max?: number | undefined;
  readonly standby?: number | undefined;
  readonly available?: number | undefined;
}

/**
 * Fills in the number of tasks at home. Where the file gives one number, the defaults of the others give way, so that
 * a default never makes a file invalid.
 */
export function homeReplicas(asked: ReplicasInput, preset: SizePreset['service']): Replicas {
  const upper = asked.max ?? Number.POSITIVE_INFINITY;
  const min = asked.min ?? Math.min(preset.minReplicas, asked.desired ?? upper, upper);
  const desired = asked.desired ?? min;
  const max = asked.max ?? Math.max(preset.maxReplicas, desired, min);
  return { min, desired, max, available: asked.available ?? Math.min(desired, Math.max(1, min - 1)) };
}

/**
 * A service of one task at most that runs with the lead may be one of which there must never be two, like a clock that
 * starts jobs: unless the file says how many stay in service, a deployment may leave none.
 */
export const replaceable = (home: Replicas, { available }: ReplicasInput, withTheLead: boolean): Replicas =>
  withTheLead && home.max === 1 && available === undefined ? { ...home, available: 0 } : home;

/** @returns `<min> <desired> <max>`, as functions and tags of services hold it */
export const sizeText = ({ min, desired, max }: Pick<Replicas, 'min' | 'desired' | 'max'>): string =>
  `${min} ${desired} ${max}`;

/**
 * How many tasks more than desired a rolling deployment may start, in percent. At least one extra task may start, or a
 * deployment of few tasks could never begin.
 * @param min tasks that there are at least
 */
export function surgePercent(min: number, asked: number | undefined): number {
  const oneTask = Math.ceil(100 / Math.max(1, min));
  return Math.max(oneTask, asked ?? oneTask);
}

/**
 * Connections beyond those of a service at its largest while it is deployed. The extra tasks of a rolling deployment take
 * traffic like the others; of two whole sets one has the traffic, and the other holds what it keeps idle.
 * @param pool of one task
 */
export function surgeConnections(
  { min, max }: Replicas,
  deployment: { readonly strategy: string; readonly surgePercent?: number | undefined },
  pool: { readonly open: number; readonly idle: number },
): number {
  if (deployment.strategy !== 'rolling') return max * pool.idle;
  return Math.floor((max * surgePercent(min, deployment.surgePercent)) / 100) * pool.open;
}

/** No room above either: messages that were left in a region that lost the lead must start no task there. */
const NOTHING: Replicas = { min: 0, desired: 0, max: 0, available: 0 };

/**
 * Number of tasks in the region that does not lead.
 * @param withTheLead whether the service runs in the leading region only: then nothing runs here, whatever the tier
 */
export function standbyReplicas(
  home: Replicas,
  asked: ReplicasInput,
  tier: 'pilot-light' | 'warm' | 'full',
  withTheLead: boolean,
): Replicas {
  if (withTheLead) return NOTHING;
  if (tier === 'full' && asked.standby !== 0) return home;
  const running = tier === 'pilot-light' ? 0 : (asked.standby ?? 1);
  return { min: running, desired: running, max: home.max, available: Math.min(home.available, running) };
}
