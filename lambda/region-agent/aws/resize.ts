import { SERVING_TAG, STANDBY_TAG } from '../contract';
import type { Ecs, EcsService } from './ecs';
import { forEach } from './request';
import type { Limits, Scaling } from './scaling';

/** Number of tasks, and the limits of its scaling. */
export interface Size extends Limits {
  readonly desired: number;
}

/** The services of one region, and their scaling. */
export interface RegionServices {
  readonly services: Ecs;
  readonly scaling: Scaling;
}

/** @returns whether a service is one of the platform; the others belong to somebody else and are left alone */
export const isOurs = ({ tags }: EcsService): boolean => tags.has(SERVING_TAG) || tags.has(STANDBY_TAG);

/**
 * Brings every service of the platform to a size, or at least to it. Nothing waits for anything else: a service that
 * cannot be changed stops no other one, and ECS is told the number of tasks though Application Auto Scaling fails.
 * @param choose of the present and the wished number: the wished one, or `Math.max`
 * @throws {PartlyFailed} at the end, with all that failed
 */
export async function resize(
  operation: string,
  { services, scaling }: RegionServices,
  sizeOf: (service: EcsService) => Size,
  choose: (present: number, wished: number) => number,
): Promise<void> {
  const [limits, all] = await Promise.all([attempted(scaling.limits()), services.services()]);
  const works = all.filter(isOurs).map((service) => ({
    name: service.name,
    async work() {
      const wished = sizeOf(service);
      await inOrder([
        // First, because the scaling would take the number of tasks back inside its limits.
        () => setLimits(scaling, service.name, limits.value?.get(service.name), wished, choose),
        () => setDesired(services, service, choose(service.desired, wished.desired)),
      ]);
    },
  }));
  const unknownLimits = { name: 'scaling', work: () => Promise.reject(limits.error) };
  await forEach(
    operation,
    limits.value ? works : [unknownLimits, ...works],
    ({ name }) => name,
    ({ work }) => work(),
  );
}

/** A service without limits is not scaled by load, and must not become so. */
async function setLimits(
  scaling: Scaling,
  service: string,
  present: Limits | undefined,
  wished: Limits,
  choose: (present: number, wished: number) => number,
): Promise<void> {
  if (!present) return;
  const min = choose(present.min, wished.min);
  const max = choose(present.max, wished.max);
  if (min !== present.min || max !== present.max) await scaling.setLimits(service, { min, max });
}

async function setDesired(services: Ecs, service: EcsService, desired: number): Promise<void> {
  if (desired !== service.desired) await services.setDesired(service.name, desired);
}

interface Attempted<T> {
  readonly value?: T;
  readonly error?: unknown;
}

async function attempted<T>(work: Promise<T>): Promise<Attempted<T>> {
  try {
    return { value: await work };
  } catch (error) {
    return { error };
  }
}

/** Does every step, also after one that failed, and throws then what failed. */
async function inOrder(steps: readonly (() => Promise<void>)[]): Promise<void> {
  const errors: unknown[] = [];
  for (const step of steps) {
    const { error } = await attempted(step());
    if (error !== undefined) errors.push(error);
  }
  if (errors.length === 1) throw errors[0];
  if (errors.length > 1) throw new AggregateError(errors);
}
