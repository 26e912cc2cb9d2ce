/** What the rotation must know of a secret beside its values. */
export interface SecretState {
  /** False only where it was switched off: while Secrets Manager turns it on, it says nothing yet. */
  readonly rotationEnabled: boolean;
  /** Version -> its stages, for example `AWSCURRENT`. */
  readonly versions: Readonly<Record<string, readonly string[]>>;
}

export type Stage = 'AWSCURRENT' | 'AWSPENDING';

export interface SecretStore {
  describe(secretId: string): Promise<SecretState>;
  /** @returns the text of a stage, of the given version if one is given; undefined if there is none */
  read(secretId: string, stage: Stage, version?: string): Promise<string | undefined>;
  writePending(secretId: string, version: string, value: string): Promise<void>;
  /** Makes `version` the current one in place of `from`. */
  promote(secretId: string, version: string, from: string): Promise<void>;
}

/** The instance as the cloud sees it. */
export interface DatabaseInstance {
  readonly identifier: string;
  setMasterPassword(password: string): Promise<void>;
}

export interface CacheState {
  /** As ElastiCache words it, for example `available`. */
  readonly status: string;
  readonly address: string;
  readonly port: number;
}

export interface Cache {
  readonly identifier: string;
  state(): Promise<CacheState>;
  /** Adds a token beside the one in use; the one before that ends. */
  rotateToken(token: string): Promise<void>;
  /** @returns whether the primary accepts the token */
  accepts(state: CacheState, token: string): Promise<boolean>;
}

/** A service as its cluster shows it. */
export interface ReadingService {
  readonly name: string;
  /** Wanted number of tasks. */
  readonly desired: number;
  /** Names of the secrets that its tasks read when they start, without that of the platform. */
  readonly secrets: readonly string[];
}

/** The cluster of the platform in one region. */
export interface Cluster {
  readonly name: string;
  /** @returns its active services; none if there is no cluster */
  services(signal: AbortSignal): Promise<readonly ReadingService[]>;
  /** Replaces all tasks of the service by new ones, as a deployment does. */
  restart(service: string, signal: AbortSignal): Promise<void>;
}

/** The copies of a secret in other regions. */
export interface Copies {
  /** @returns `arrived` once the version is the current one of the copy there; else what is known of the copy */
  state(secretId: string, version: string, region: string, signal: AbortSignal): Promise<'arrived' | string>;
}

/** Makes what nobody can guess, from a cryptographic source. */
export interface Randomness {
  /** @returns letters and digits only: allowed in RDS passwords and ElastiCache tokens, and safe in URLs */
  password(length: number): string;
  bytes(length: number): Uint8Array;
}
