/**
 * What the checks ask, as narrow as they need it. Every method only reads, and rejects with `CallFailed` (or an error
 * of DNS) if there is no answer. What does not exist is `undefined`, never an error.
 */
export interface Ports {
  readonly identity: Identity;
  readonly regions: Regions;
  readonly stacks: Stacks;
  readonly bootstrap: Bootstrap;
  readonly zones: HostedZones;
  readonly names: Names;
  readonly roles: Roles;
  readonly quotas: Quotas;
  readonly usage: Usage;
  readonly images: Images;
  readonly secrets: Secrets;
  readonly databases: DatabaseOffers;
  readonly caches: CacheOffers;
}

export interface Identity {
  caller(): Promise<{ readonly account: string; readonly arn: string }>;
}

export interface Regions {
  /** By region: `opt-in-not-required`, `opted-in` or `not-opted-in`. */
  optInStatus(): Promise<ReadonlyMap<string, string>>;
  /** Availability Zones of a region with their state, for example `available`. */
  zones(region: string): Promise<ReadonlyMap<string, string>>;
}

export interface Stack {
  readonly name: string;
  /** For example `CREATE_COMPLETE`. */
  readonly status: string;
  readonly reason?: string;
  /** Termination protection. */
  readonly isProtected: boolean;
}

export interface Stacks {
  /** All that exist in a region, also those of others. */
  list(region: string): Promise<readonly Stack[]>;
}

export interface Bootstrap {
  /** Version of the CDK's bootstrap stack in a region. */
  version(region: string): Promise<number | undefined>;
}

export interface HostedZone {
  /** Without the dot at the end. */
  readonly name: string;
  readonly isPrivate: boolean;
  readonly nameServers: readonly string[];
}

export interface HostedZones {
  zone(id: string): Promise<HostedZone | undefined>;
  /** Types of the records that have exactly this name. */
  recordTypes(id: string, name: string): Promise<readonly string[]>;
}

export interface CaaRecord {
  readonly critical: boolean;
  /** `issue`, `issuewild`, ... */
  readonly tag: string;
  readonly value: string;
}

/** The public DNS. A name that does not exist has no records. */
export interface Names {
  nameServers(name: string): Promise<readonly string[]>;
  authorities(name: string): Promise<readonly CaaRecord[]>;
}

export interface Roles {
  exists(role: string): Promise<boolean>;
}

export interface Quotas {
  /** What applies to the account in a region. */
  value(region: string, serviceCode: string, quotaCode: string): Promise<number>;
  /** Functions that may run at once. */
  concurrentExecutions(region: string): Promise<number>;
}

/** How much of a quota is used. */
export interface Usage {
  elasticAddresses(region: string): Promise<number>;
  networks(region: string): Promise<number>;
  databases(region: string): Promise<number>;
  balancers(region: string): Promise<number>;
}

export interface Images {
  find(
    region: string,
    repository: string,
    reference: { readonly tag: string } | { readonly digest: string },
  ): Promise<'image' | 'no image' | 'no repository'>;
}

export interface Secrets {
  /**
   * What is known of a secret without reading its value.
   * @returns undefined if there is no such secret; else the stages of its versions, for example `AWSCURRENT`
   */
  stages(region: string, name: string): Promise<readonly string[] | undefined>;
}

export interface DatabaseOption {
  readonly zones: readonly string[];
  readonly canBeMultiAz: boolean;
  readonly storageType: string;
}

export interface DatabaseOffers {
  /** Minor versions of a major one of PostgreSQL that can be created. */
  versions(region: string, major: number): Promise<readonly string[]>;
  /** In a VPC. */
  options(region: string, version: string, instanceClass: string): Promise<readonly DatabaseOption[]>;
}

export interface CacheOffers {
  /** Versions of Valkey. */
  versions(region: string): Promise<readonly string[]>;
  /** Whether AWS sells reservations for a node type there: the nearest to a list of what exists. */
  hasReservations(region: string, nodeType: string): Promise<boolean>;
}
