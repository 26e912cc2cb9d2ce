/** Environment of the function; set by its construct, read by its handler. */
export const ENVIRONMENT = {
  table: 'LEADERSHIP_TABLE',
  /** Regions of the table's replicas, comma-separated, in the order in which they are asked. */
  tableRegions: 'LEADERSHIP_REGIONS',
  /** Parameter in which it is written down what has run; the same name in both regions. */
  ledger: 'LEDGER_PARAMETER',
  /** The other region with an application. */
  peerRegion: 'PEER_REGION',
  /** Function that starts a service whose first image has arrived. */
  imageGate: 'IMAGE_GATE',
} as const;

export const RESOURCE_TYPE = 'Custom::HoldfastMigration';

/** Name of the container whose exit code counts. */
export const CONTAINER = 'app';

/** What is to be run. CloudFormation turns every value into a text. */
export interface Properties {
  readonly Cluster: string;
  readonly Service: string;
  /** ARN of the revision of the task definition that runs the command. */
  readonly TaskDefinition: string;
  readonly Subnets: readonly string[];
  readonly SecurityGroups: readonly string[];
  readonly TimeoutSeconds: string;
  readonly Command: readonly string[];
  /** Address of the image. */
  readonly Image: string;
  /** Absent for an image of a public registry, which counts as there. */
  readonly Repository?: string;
  /** With a repository `Tag` or `Digest`, never both. */
  readonly Tag?: string;
  readonly Digest?: string;
}

/** Constant input of the EventBridge rule for the first image of a service: it migrates, then the service may start. */
export interface ImageArrived {
  readonly kind: 'image-arrived';
  readonly migration: Properties;
  /** What the image gate is told afterwards. */
  readonly start: object;
}
