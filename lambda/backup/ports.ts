import type { LeadershipRecord } from '../leader/record';
import { HoldfastError } from '../runtime/errors';
import type { BucketReport } from './buckets/verify';
import type { CacheExport, CacheGroup, CacheSnapshot } from './cache/observation';
import type { ImageEntry, ParameterGroupEntry, SecretEntry, StackEntry } from './configuration/manifest';
import type { Instance, Replication } from './database/observation';
import type { DatabaseSnapshot } from './database/snapshot';
import type { Due } from './schedule';

/** What every port throws beside a refusal of AWS, which is `RequestFailed` or `TimedOut`. */
export class QuotaReached extends HoldfastError {
  constructor(
    readonly operation: string,
    options: ErrorOptions,
  ) {
    super(`${operation} is refused until a quota of the account is raised or something is deleted.`, options);
  }
}

export interface Leadership {
  /** @returns undefined before the first deployment has made the record */
  read(): Promise<LeadershipRecord | undefined>;
}

/** RDS of one region, as it is. */
export interface DatabaseView {
  /** @returns undefined if there is no such instance */
  instance(identifier: string): Promise<Instance | undefined>;
  /** @returns the snapshots under names of this function, whoever made them */
  snapshots(identifier: string): Promise<readonly DatabaseSnapshot[]>;
  /** @returns automated backups that the region gets from an instance of another region */
  replications(identifier: string): Promise<readonly Replication[]>;
}

/** What is changed at RDS of one region. Each may be called again: what is there already is done. */
export interface DatabaseHand {
  /** Begins a snapshot, under a name that is free or was taken for the same. */
  take(identifier: string, name: string, due: Due): Promise<void>;
  /** Begins a copy into this region of the snapshot of that name in the other one. */
  copy(name: string, due: Due): Promise<void>;
  remove(name: string): Promise<void>;
  /** Begins to replicate the automated backups of an instance of the other region into this one. */
  replicate(sourceArn: string, retentionDays: number): Promise<void>;
  stopReplicating(sourceArn: string): Promise<void>;
}

export type DatabaseService = DatabaseView & DatabaseHand;

/** ElastiCache of the own region, as it is. */
export interface CacheView {
  /** @returns undefined if there is no such group */
  group(identifier: string): Promise<CacheGroup | undefined>;
  /** @returns all snapshots that were not taken by ElastiCache itself */
  snapshots(): Promise<readonly CacheSnapshot[]>;
}

/** What is changed at ElastiCache of the own region. */
export interface CacheHand {
  take(node: string, name: string, due: Due): Promise<void>;
  /** Begins to write a snapshot into a bucket. */
  export(name: string, bucket: string): Promise<void>;
  /** @throws {NotOurs} if the snapshot does not carry the tags of this function */
  remove(name: string): Promise<void>;
}

/** The bucket of exports of the own region. */
export interface CacheExports {
  list(): Promise<readonly CacheExport[]>;
  remove(name: string): Promise<void>;
}

export interface CacheService {
  readonly view: CacheView;
  readonly hand: CacheHand;
  readonly exports: CacheExports;
}

/** A snapshot has one of our names and not our tags: it is left alone. */
export class NotOurs extends HoldfastError {
  constructor(readonly snapshot: string) {
    super(`The snapshot ${snapshot} does not carry the tags of this function: it is left alone.`);
  }
}

/** What S3 says of a bucket of the own region and of its counterpart. */
export interface BucketView {
  describe(own: string, other: string): Promise<BucketReport>;
}

/** One region's configuration: names and versions, never a value of a secret. */
export interface Inventory {
  secrets(prefix: string): Promise<readonly SecretEntry[]>;
  stacks(prefix: string): Promise<readonly StackEntry[]>;
  images(cluster: string): Promise<readonly ImageEntry[]>;
  parameterGroups(names: {
    readonly database: string | undefined;
    readonly cache: string | undefined;
  }): Promise<readonly ParameterGroupEntry[]>;
}

/** Small objects in one bucket of the archive. */
export interface Objects {
  /** @returns `exists` if there is one under that key, which is left as it is */
  put(key: string, text: string): Promise<'put' | 'exists'>;
  /** @returns undefined if there is no such object */
  get(key: string): Promise<string | undefined>;
  /** @returns keys after `after`, in their order */
  list(prefix: string, after: string): Promise<readonly string[]>;
}

/** Both regions' twin of something. */
export interface Both<T> {
  readonly own: T;
  readonly other: T;
}

/** Everything outside the function. */
export interface World {
  readonly leadership: Leadership;
  readonly database: Both<DatabaseService>;
  /** Absent without a cache. */
  readonly cache?: CacheService;
  readonly buckets: BucketView;
  readonly inventory: Both<Inventory>;
  readonly objects: Both<Objects>;
}
