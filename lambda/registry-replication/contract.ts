export const RESOURCE_TYPE = 'Custom::HoldfastRegistryReplication';

/**
 * Properties of the custom resource. A registry has one replication configuration for the whole account and region,
 * so ours is merged into it, rule by rule.
 */
export interface Properties {
  /** Repositories whose name starts with this are replicated. */
  readonly RepositoryPrefix: string;
  readonly DestinationRegion: string;
  readonly Account: string;
}
