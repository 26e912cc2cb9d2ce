import { HoldfastError } from '../runtime/errors';
import type { Replication } from './rules';

export type Versioning = 'no-bucket' | 'off' | 'on';

/** The bucket whose objects are copied. */
export interface SourceBucket {
  /**
   * @returns its replication; undefined if it has none
   * @throws {BucketGone} if there is no such bucket
   */
  read(): Promise<Replication | undefined>;
  /** @throws {DestinationNotReady} if S3 does not accept the destination yet */
  write(replication: Replication): Promise<void>;
  clear(): Promise<void>;
}

/** The bucket that gets the copies, in the other region. */
export interface DestinationBucket {
  versioning(): Promise<Versioning>;
}

export class BucketGone extends HoldfastError {
  constructor(
    readonly bucket: string,
    options?: ErrorOptions,
  ) {
    super(`There is no bucket ${bucket}.`, options);
  }
}

export class DestinationNotReady extends HoldfastError {
  constructor(
    readonly bucket: string,
    options?: ErrorOptions,
  ) {
    super(`S3 does not accept ${bucket} as a destination yet.`, options);
  }
}
