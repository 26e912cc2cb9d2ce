/** Environment of the function; set by its construct, read by its handler. */
export const ENVIRONMENT = {
  table: 'LEADERSHIP_TABLE',
  /** Regions of the table's replicas, comma-separated, in the order in which they are asked. */
  tableRegions: 'LEADERSHIP_REGIONS',
} as const;

export const RESOURCE_TYPE = 'Custom::HoldfastLeadershipRecord';

/** Properties of the custom resource. CloudFormation turns every value into a string. */
export interface Properties {
  readonly HomeRegion: string;
  readonly LeaseSeconds: string;
}
