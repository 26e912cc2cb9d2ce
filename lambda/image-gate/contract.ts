/** Environment of the function; set by its construct, read by its handler. */
export const ENVIRONMENT = {
  table: 'LEADERSHIP_TABLE',
  /** Regions of the table's replicas, comma-separated, in the order in which they are asked. */
  tableRegions: 'LEADERSHIP_REGIONS',
} as const;

export const RESOURCE_TYPE = 'Custom::HoldfastImageGate';

/** What the gate must know of a service. CloudFormation turns every value into a string. */
export interface Properties {
  /** Absent for an image of a public registry, which is fetched by the first task: it counts as there. */
  readonly Repository?: string;
  /** With a repository `Tag` or `Digest`, never both. */
  readonly Tag?: string;
  readonly Digest?: string;
  readonly Cluster: string;
  readonly Service: string;
  /** `<min> <desired> <max>` tasks in a region that leads, whatever the state of its lead. */
  readonly Serving: string;
  /** The same in a region that does not lead. */
  readonly Standby: string;
  /** Whether the number of tasks is scaled by load: only then is there a scalable target whose limits can be set. */
  readonly Scaled: 'true' | 'false';
  /** Whether each target group has an alternate one, between which deployments shift the traffic. */
  readonly Paired: 'true' | 'false';
  /** Secrets that a person must set before a task can start. */
  readonly Secrets: readonly string[];
  /** Secret with the login at a public registry that demands one; AWS generates a first version that is no login. */
  readonly Login?: string;
  /**
   * Changes with everything that makes CloudFormation update the service, so that the gate is asked again each time:
   * an update carries a desired count, and it must be the present one.
   */
  readonly Revision?: string;
}

/** Attributes of the custom resource. */
export const ATTRIBUTES = {
  desired: 'Desired',
  min: 'Min',
  max: 'Max',
  /** Share of the traffic of the first group of each pair, and of its alternate. */
  blue: 'BlueWeight',
  green: 'GreenWeight',
  /** One sentence for the person who deploys. */
  sentence: 'Sentence',
} as const;

/** Constant input of the EventBridge rule that starts a service when its first image arrives. */
export interface ImageArrived {
  readonly kind: 'image-arrived';
  readonly service: Properties;
}

/** What a person asks for by `holdfast start`: the same, now, or what would come of it. */
export interface StartAsked {
  readonly kind: 'start-asked';
  readonly service: Properties;
  /** Nothing is changed if it is true. */
  readonly dryRun: boolean;
}

/**
 * What became of it:
 * - `started`, or `would-start` where nothing may be changed
 * - `runs`: it had tasks already
 * - `rests`: it is meant to have no task here
 * - `stays`: something is missing, and the sentence says what
 */
export type StartState = 'started' | 'would-start' | 'runs' | 'rests' | 'stays';

/** What the function returns to whoever invoked it with one of the two. */
export interface Start {
  readonly state: StartState;
  /** For a person. */
  readonly sentence: string;
}
