/** Environment of the function; set by its construct, read by its handler. */
export const ENVIRONMENT = {
  table: 'LEADERSHIP_TABLE',
  /** Regions of the table's replicas, comma-separated, in the order in which they are asked. */
  tableRegions: 'LEADERSHIP_REGIONS',
} as const;

export const RESOURCE_TYPE = 'Custom::HoldfastReadinessGate';

/** Longest time that tasks are waited for behind a custom resource, in seconds; Lambda's own limit is 900. */
export const WAIT_SECONDS_MAX = 840;

/**
 * Whom to ask and how. Details of a hook of ECS, which hands them over at each call, and properties of the custom resource;
 * both turn every value into a text.
 */
export interface Asked {
  readonly Cluster: string;
  readonly Service: string;
  /** Port of the container. */
  readonly Port: string;
  readonly Path: string;
  /** An answer that takes longer is a bad one. */
  readonly TimeoutSeconds: string;
  /** Time for all tasks to become ready. */
  readonly WaitSeconds: string;
}

/** Properties of the custom resource, which follows a service that is deployed rolling. */
export interface Properties extends Asked {
  /** ARN of the revision whose tasks are asked. */
  readonly TaskDefinition: string;
}
