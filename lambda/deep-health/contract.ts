/** Environment of the function; set by its construct, read by its handler. */
export const ENVIRONMENT = {
  /** Name of the platform: a dimension of the metric. */
  platform: 'PLATFORM',
  /** Name of the cluster of the region. */
  cluster: 'CLUSTER',
} as const;

/** Whom to ask and how. */
export interface Asked {
  readonly service: string;
  /** Port of the container. */
  readonly port: number;
  readonly path: string;
  /** An answer that takes longer is a bad one. */
  readonly timeoutSeconds: number;
  /** A task that runs for a shorter time is not asked yet. */
  readonly graceSeconds: number;
}

/** With what the schedule starts the function. */
export interface Order {
  readonly services: readonly Asked[];
}

/**
 * CloudWatch metrics of a run, with the dimensions `Platform` and `Service`. A service without a task is 0: there is nobody
 * to ask, and other alarms tell of it. No value at all means that nobody asked.
 */
export const METRIC_NAMESPACE = 'Holdfast';
export const METRICS = {
  /** Tasks of the service whose deep path answers badly or not at all. */
  failing: 'DeepHealthFailing',
} as const;
