/** What one of Route 53's checkers last saw, in Route 53's own words. */
export interface Observation {
  readonly region: string;
  readonly status: string;
}

export interface HealthChecks {
  /** @returns what each checker of an endpoint check reports; empty while it has not been asked */
  observations(healthCheckId: string): Promise<readonly Observation[]>;
  /**
   * @returns the newest value of the metric `HealthCheckStatus` of the last minutes: true for healthy; undefined if
   *   there is none. Route 53 does not report the state of a calculated check in any other way.
   */
  metric(healthCheckId: string): Promise<boolean | undefined>;
}
