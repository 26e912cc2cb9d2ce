/** Which image of a repository. */
export type Reference = { readonly tag: string } | { readonly digest: string };

export interface Images {
  /** @returns whether the repository is there and holds the image */
  exists(repository: string, reference: Reference): Promise<boolean>;
}

/** What is known of secrets without reading them. */
export interface Secrets {
  /** @returns whether the secret is there and has a current value */
  hasValue(name: string): Promise<boolean>;
  /** @returns whether the secret was given a value after AWS generated its first one */
  wasSet(name: string): Promise<boolean>;
}

export interface Services {
  /** @returns the wanted number of tasks of an active service; undefined if there is no such service */
  desiredCount(cluster: string, service: string): Promise<number | undefined>;
  setDesiredCount(cluster: string, service: string, count: number): Promise<void>;
  /** Sets the limits within which the number of tasks may be scaled. */
  setLimits(cluster: string, service: string, min: number, max: number): Promise<void>;
}

/** Shares of the traffic of the two groups of a pair, as the balancer has them. */
export interface Weights {
  readonly blue: number;
  readonly green: number;
}

export interface Traffic {
  /** @returns undefined if there is no such service, or its target groups come in no pairs */
  weights(cluster: string, service: string): Promise<Weights | undefined>;
}

/** Whether the own region holds the lead, and why that may change in a minute if it may; if nobody can say, why. */
export type Lead =
  | { readonly known: true; readonly leads: boolean; readonly moving?: string }
  | { readonly known: false; readonly why: string };

export interface Leadership {
  /** Rejects only if AWS refuses the read: a region must be deployable while others, and the table, are gone. */
  lead(): Promise<Lead>;
}

/** The stack that asks. */
export interface Stack {
  /** @returns whether CloudFormation brings it back to what it was before a change that failed */
  goesBack(): Promise<boolean>;
}

/** A region, as far as the gate sees and changes it. */
export interface Cloud {
  readonly images: Images;
  readonly secrets: Secrets;
  readonly services: Services;
  readonly traffic: Traffic;
  readonly leadership: Leadership;
}
