/** What is known of a secret without reading it. */
export interface SecretState {
  /** Id of its current version; undefined if it never had a value. */
  readonly current: string | undefined;
  /** Region that owns it; of an owner its own region or undefined. */
  readonly owner: string | undefined;
  /** State of each copy, by region: `InSync`, `InProgress`, `Failed`. */
  readonly copies: ReadonlyMap<string, string>;
  /** When it is rotated next, in milliseconds since 1970; undefined if nothing rotates it. */
  readonly nextRotationMs: number | undefined;
}

export interface SecretValue {
  readonly text: string;
  /** Age of the version, in milliseconds since 1970. */
  readonly createdMs: number | undefined;
}

/** Secrets Manager, as far as a person's own secrets need it. */
export interface SecretStore {
  /** @returns undefined if there is no such secret, or if it was deleted */
  state(region: string, name: string): Promise<SecretState | undefined>;
  /** The current value. @returns undefined if there is none */
  value(region: string, name: string): Promise<SecretValue | undefined>;
  /**
   * Makes a value the current one.
   * @param version id of the new version; saying the same one again changes nothing
   */
  put(region: string, name: string, text: string, version: string): Promise<void>;
}
