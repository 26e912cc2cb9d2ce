export const RESOURCE_TYPE = 'Custom::HoldfastImageGate';

/** What the gate must know of a service. CloudFormation turns every value into a string. */
export interface Properties {
  readonly Repository: string;
  /** `Tag` or `Digest`, never both. */
  readonly Tag?: string;
  readonly Digest?: string;
  readonly Cluster: string;
  readonly Service: string;
  readonly Desired: string;
  readonly Min: string;
  readonly Max: string;
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
