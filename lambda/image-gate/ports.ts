/** Which image of a repository. */
export type Reference = { readonly tag: string } | { readonly digest: string };

export interface Images {
  /** @returns whether the repository is there and holds the image */
  exists(repository: string, reference: Reference): Promise<boolean>;
}

export interface Services {
  /** @returns the wanted number of tasks of an active service; undefined if there is no such service */
  desiredCount(cluster: string, service: string): Promise<number | undefined>;
  setDesiredCount(cluster: string, service: string, count: number): Promise<void>;
  /** Sets the limits within which the number of tasks may be scaled. */
  setLimits(cluster: string, service: string, min: number, max: number): Promise<void>;
}
