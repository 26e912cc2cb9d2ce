import type { Platform } from './platform';
import type { PlatformDocument } from './schema/platform';
import { expectedOf } from './timings';

/** Parts beside the services whose availability is measured, by the names that a file gives them. */
export const OTHER_PARTS = ['database', 'cache', 'balancer'] as const;
export type PartKind = 'service' | (typeof OTHER_PARTS)[number];

/** A part that has promised an availability of its own, and something that measures it. */
export interface Objective {
  /** As the file names it: that of a service, or that of its kind. */
  readonly part: string;
  readonly kind: PartKind;
  readonly availabilityPercent: number;
  /** What may fail, as a share: 0.001 at 99.9 %. */
  readonly budget: number;
}

/** What a platform or its document must say for its parts to be known. */
interface Parts {
  readonly database?: PlatformDocument['database'] | Platform['database'];
  readonly cache?: unknown;
  readonly routes: boolean;
}

/** @returns the parts beside the services that this platform has, and whose availability something measures */
export const measuredParts = ({ database, cache, routes }: Parts): readonly PartKind[] =>
  OTHER_PARTS.filter((part) => {
    if (part === 'database') return database?.kind === 'managed';
    return part === 'cache' ? cache !== undefined : routes;
  });

/** The objectives of single parts that say how available they shall be, in the order of their names. */
export function objectivesOf({ objectives, services, database, cache }: Platform): readonly Objective[] {
  const routes = services.some((service) => service.routes.length > 0);
  const others = measuredParts({ database, cache, routes });
  return Object.entries(objectives.components).flatMap(([part, { availabilityPercent }]) => {
    const kind = services.some(({ name }) => name === part)
      ? 'service'
      : others.find((other) => other === part);
    if (kind === undefined || availabilityPercent === undefined) return [];
    return [{ part, kind, availabilityPercent, budget: budgetOf(availabilityPercent) }];
  });
}

/** @returns what an availability leaves, as a share without the noise of binary fractions */
export const budgetOf = (availabilityPercent: number): number =>
  Number(((100 - availabilityPercent) / 100).toFixed(7));

const MONTH_MINUTES = 30 * 24 * 60;

/** What synth prints about the objectives of single parts, one sentence each. */
export function describeObjectives(platform: Platform): string[] {
  const { objectives, monitoring } = platform;
  const measured = objectivesOf(platform).map(({ part, availabilityPercent, budget }) => {
    const minutes = Number((budget * MONTH_MINUTES).toFixed(1));
    return monitoring.collectors
      ? `objectives.components.${part}: ${availabilityPercent} % leave ${minutes} min of a month, or that share of the requests; alerts tell how fast they are used up.`
      : `objectives.components.${part}: without monitoring.collectors nothing measures the ${availabilityPercent} %.`;
  });
  const recovery = Object.entries(objectives.components).flatMap(([part, promised]) =>
    comparisons(promised, expectedOf(platform)).map((text) => `objectives.components.${part}: ${text}`),
  );
  return [...measured, ...recovery];
}

type Promised = Pick<Platform['objectives']['components'][string], 'rtoSeconds' | 'rpoSeconds'>;

/** A name of the file's own may be of something that no failover moves; whether it is, only its owner knows. */
function comparisons(
  { rtoSeconds, rpoSeconds }: Promised,
  expected: { readonly rtoSeconds: number; readonly rpoSeconds: number },
): string[] {
  const verdict = (promised: number, reckoned: number): string =>
    reckoned <= promised ? 'it is kept' : 'it is kept only by what does not need that failover';
  return [
    ...(rtoSeconds === undefined
      ? []
      : [
          `an RTO of ${rtoSeconds} s is promised, and a failover is reckoned with ${expected.rtoSeconds} s: ${verdict(rtoSeconds, expected.rtoSeconds)}.`,
        ]),
    ...(rpoSeconds === undefined
      ? []
      : [
          `an RPO of ${rpoSeconds} s is promised, and a takeover of the database may lack up to ${expected.rpoSeconds} s until salvage: ${verdict(rpoSeconds, expected.rpoSeconds)}.`,
        ]),
  ];
}
