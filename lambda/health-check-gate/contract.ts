export const RESOURCE_TYPE = 'Custom::HoldfastHealthCheckGate';

/** Longest time that the function waits, in seconds; Lambda's own limit is 900. */
export const WAIT_SECONDS = 840;

/**
 * Properties of the custom resource: the checks that must have settled before a failover record may use them.
 * The endpoint checks are asked through Route 53, the calculated ones (which Route 53 does not report) through their
 * metric in CloudWatch.
 */
export interface Properties {
  readonly EndpointHealthCheckIds: readonly string[];
  readonly StandbyLeadsHealthCheckId: string;
  readonly HomeLeadsHealthCheckId: string;
}
