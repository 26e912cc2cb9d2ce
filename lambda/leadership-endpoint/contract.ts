/** Environment of the function; set by its construct, read by its handler. */
export const ENVIRONMENT = {
  table: 'LEADERSHIP_TABLE',
  /** Regions of the table's replicas, comma-separated, in the order in which they are asked. */
  tableRegions: 'LEADERSHIP_REGIONS',
  /** Name of the region that is the standby of the platform. */
  standbyRegion: 'STANDBY_REGION',
} as const;

/** Route 53 asks this path: 200 if the standby leads, 503 if not or if nothing is known. */
export const STANDBY_LEADS_PATH = '/standby-leads';
/** A person asks this one: always 200, with the record as JSON. */
export const STATUS_PATH = '/status';
