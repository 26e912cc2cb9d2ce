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
  readonly Desired: string;
  readonly Min: string;
  readonly Max: string;
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
  /** One sentence for the person who deploys. */
  sentence: 'Sentence',
} as const;

/** Constant input of the EventBridge rule that starts a service when its first image arrives. */
export interface ImageArrived {
  readonly kind: 'image-arrived';
  readonly service: Properties;
}
