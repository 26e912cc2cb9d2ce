/** Environment of the function; set by its construct, read by its handler. */
export const ENVIRONMENT = {
  /** Name of the platform: a dimension of the metric. */
  platform: 'PLATFORM',
  /** Name of the region that the heartbeats come from. */
  from: 'OWN_REGION',
  /** Names of the regions that hear them, comma-separated. */
  to: 'HEARING_REGIONS',
} as const;

/** CloudWatch metric in each region that hears, always 1, with the dimensions `Platform` and `From`. */
export const METRIC_NAMESPACE = 'Holdfast';
export const HEARTBEAT_METRIC = 'PeerHeartbeat';
