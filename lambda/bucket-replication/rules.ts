import { HoldfastError } from '../runtime/errors';

/** A rule of S3 as its API words it. Foreign ones are kept as they are, so only what we look at is typed. */
export interface Rule {
  readonly ID?: string | undefined;
  readonly Priority?: number | undefined;
  readonly [field: string]: unknown;
}

/** The replication of a bucket: one role for all its rules. */
export interface Replication {
  readonly role: string;
  readonly rules: readonly Rule[];
}

/** One direction of a pair of buckets. */
export interface Direction {
  readonly bucket: string;
  readonly destination: string;
  readonly destinationRegion: string;
  /** ARN of the role that S3 assumes. */
  readonly role: string;
  /** ARN of the alias of the key for the copies. */
  readonly replicaKey: string;
}

/** The bucket has rules of somebody else, who let S3 use another role; a bucket has one role only. */
export class ForeignRole extends HoldfastError {
  constructor(
    readonly bucket: string,
    readonly role: string,
  ) {
    super(
      `The bucket ${bucket} has replication rules that Holdfast did not make, with the role ${role}. A bucket has one ` +
        'role for all its rules: remove those rules, or give that role to the platform.',
    );
  }
}

const OWN = 'holdfast-';
/** @returns the identifier by which our rule is found again */
export const ruleId = (destination: string): string => OWN + destination;
const RTC_MINUTES = 15;

/**
 * Everything in the bucket, deletions and what is encrypted by KMS included, arrives within 15 minutes. Replica
 * modifications let changes of metadata travel back, so that the two directions together keep both sides equal.
 */
export function rule(direction: Direction, priority: number): Rule {
  return {
    ID: ruleId(direction.destination),
    Priority: priority,
    Status: 'Enabled',
    Filter: { Prefix: '' },
    DeleteMarkerReplication: { Status: 'Enabled' },
    SourceSelectionCriteria: {
      SseKmsEncryptedObjects: { Status: 'Enabled' },
      ReplicaModifications: { Status: 'Enabled' },
    },
    Destination: {
      Bucket: `arn:aws:s3:::${direction.destination}`,
      EncryptionConfiguration: { ReplicaKmsKeyID: direction.replicaKey },
      ReplicationTime: { Status: 'Enabled', Time: { Minutes: RTC_MINUTES } },
      Metrics: { Status: 'Enabled', EventThreshold: { Minutes: RTC_MINUTES } },
    },
  };
}

/**
 * @returns the replication with our rule in it and all foreign rules untouched
 * @throws {ForeignRole}
 */
export function withRule(present: Replication | undefined, direction: Direction): Replication {
  const id = ruleId(direction.destination);
  const rules = present?.rules ?? [];
  const foreign = rules.filter(({ ID }) => ID !== id);
  // Ours of an earlier destination do not count: CloudFormation deletes them after this update.
  const others = foreign.some(({ ID }) => !ID?.startsWith(OWN));
  if (present && others && present.role !== direction.role)
    throw new ForeignRole(direction.bucket, present.role);
  const own = rules.find(({ ID }) => ID === id);
  const taken = new Set(foreign.map(({ Priority }) => Priority ?? 0));
  const priority = own?.Priority !== undefined && !taken.has(own.Priority) ? own.Priority : lowestFree(taken);
  const made = rule(direction, priority);
  // In its place, so that an equal replication is recognised as such.
  return {
    role: direction.role,
    rules: own ? rules.map((one) => (one === own ? made : one)) : [...foreign, made],
  };
}

/** @returns the replication without our rule; undefined if nothing is left of it */
export function withoutRule(present: Replication, destination: string): Replication | undefined {
  const rules = present.rules.filter(({ ID }) => ID !== ruleId(destination));
  return rules.length > 0 ? { ...present, rules } : undefined;
}

function lowestFree(taken: ReadonlySet<number>): number {
  let priority = 1;
  while (taken.has(priority)) priority += 1;
  return priority;
}

/** @returns whether S3 would make no difference between the two, in whatever order it names the fields */
export function equal(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  const left = defined(a);
  const right = defined(b);
  return (
    left.size === right.size &&
    [...left].every(([key, value]) => right.has(key) && equal(value, right.get(key)))
  );
}

/** S3's client hands out absent fields as undefined ones. */
const defined = (value: object): ReadonlyMap<string, unknown> =>
  new Map(Object.entries(value).filter(([, field]) => field !== undefined));
