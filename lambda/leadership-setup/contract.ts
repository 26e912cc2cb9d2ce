/** Environment of the function; set by its construct, read by its handler. */
export const ENVIRONMENT = {
  table: 'LEADERSHIP_TABLE',
  /** Regions of the table's replicas, comma-separated, in the order in which they are asked. */
  tableRegions: 'LEADERSHIP_REGIONS',
} as const;

/** Makes the first record. */
export const RESOURCE_TYPE = 'Custom::HoldfastLeadershipRecord';

/** Properties of that resource. CloudFormation turns every value into a string. */
export interface Properties {
  readonly HomeRegion: string;
  readonly LeaseSeconds: string;
  readonly EnforceSeconds: string;
  /** Epoch of the lease that home's database holds, `0` for none; absent if there is no managed database. */
  readonly LeaseEpoch?: string;
}

/**
 * Waits until the region agent has opened the first lease: a service that depends on it never starts against a closed
 * fence. For platforms with a managed database only, as nothing else makes the record tell a time of the database.
 */
export const RESOURCE_TYPE_LEASE = 'Custom::HoldfastFirstLease';

/** Properties of that resource. */
export interface LeaseProperties {
  /** Where a person finds out why no lease was opened. */
  readonly AgentLogGroup: string;
}
