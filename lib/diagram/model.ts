import type { Role } from '../config/platform';

/** What a picture of a platform shows; made from its templates alone. */
export interface Picture {
  readonly title: string;
  /** The name that fails over, and what it points at. */
  readonly name: string;
  readonly regions: Readonly<Record<Role, RegionView>>;
  readonly witness: WitnessView;
}

/** A region with an application. */
export interface RegionView {
  readonly region: string;
  /** Whether its balancer has a firewall before it. */
  readonly firewall: boolean;
  readonly zones: number;
  readonly natGateways: number;
  readonly services: readonly ServiceView[];
  readonly stores: readonly Store[];
  /** Own parts of Holdfast, by what they do. */
  readonly parts: readonly string[];
  /** Whether a replica of the leadership record is here. */
  readonly record: boolean;
  /** Whether an endpoint says here who leads. */
  readonly endpoint: boolean;
}

export interface ServiceView {
  readonly name: string;
  /** Tasks that run while home leads, and the most that may. */
  readonly tasks: number;
  readonly most: number;
  /** For example `2 vCPU, 4 GiB`. */
  readonly size: string;
  /** Whether the balancer sends it requests. */
  readonly isAsked: boolean;
  readonly uses: readonly StoreKind[];
}

export type StoreKind = 'database' | 'cache' | 'queue' | 'objects' | 'files';

/** Something that keeps data. */
export interface Store {
  readonly kind: StoreKind;
  readonly title: string;
  readonly detail: string;
  /** How the other region comes by it; undefined where each has its own. */
  readonly copied?: string;
}

/** The third region, which holds no service. */
export interface WitnessView {
  readonly region: string;
  readonly record: boolean;
  readonly endpoint: boolean;
  /** Regions beyond the three in which the record is kept. */
  readonly elsewhere: readonly string[];
}
