import type { CustomResource, Host, Outcome } from '../runtime/custom-resource';
import { HoldfastError } from '../runtime/errors';
import { untilAllowed } from '../runtime/permission';
import { text } from '../runtime/properties';
import { BucketGone, type DestinationBucket, DestinationNotReady, type SourceBucket } from './ports';
import { type Direction, equal, withoutRule, withRule } from './rules';

const POLL_MS = 5_000;
/** Longest wait for the other region's bucket; its stack is deployed before, so minutes mean that it was not. */
export const WAIT_MS = 5 * 60_000;
/** The host's deadline comes first if the function has less time. */
const MARGIN_MS = 5_000;

/** The other region's bucket did not appear in time. */
export class DestinationMissing extends HoldfastError {
  constructor(
    readonly direction: Direction,
    readonly why: string,
  ) {
    super(
      `The objects of ${direction.bucket} cannot be replicated yet: ${why} Deploy the Foundation stack of ` +
        `${direction.destinationRegion}, which makes it, and then this one again.`,
    );
  }
}

/** Where the two buckets of a direction are reached. */
export interface Buckets {
  source(direction: Direction): SourceBucket;
  destination(direction: Direction): DestinationBucket;
}

/** The same buckets, for a function whose policy was changed a moment ago. */
function patient(buckets: Buckets, host: Host): Buckets {
  const allowed = untilAllowed(host);
  return {
    source(direction) {
      const source = buckets.source(direction);
      return {
        read: () => allowed('s3:GetReplicationConfiguration', () => source.read()),
        write: (next) => allowed('s3:PutReplicationConfiguration', () => source.write(next)),
        // S3 has no action of its own for it.
        clear: () => allowed('s3:PutReplicationConfiguration', () => source.clear()),
      };
    },
    destination(direction) {
      const destination = buckets.destination(direction);
      return { versioning: () => allowed('s3:GetBucketVersioning', () => destination.versioning()) };
    },
  };
}

/** A custom resource that is one replication rule. */
export function replication(buckets: Buckets): CustomResource<Direction> {
  const put = async (direction: Direction, host: Host): Promise<Outcome> => {
    const changed = await replicate(direction, patient(buckets, host), host);
    const sentence = `${direction.bucket} ${changed ? 'now replicates' : 'already replicated'} to ${direction.destination}.`;
    return { sentence };
  };
  return {
    parse: (properties) => ({
      bucket: text(properties, 'Bucket'),
      destination: text(properties, 'DestinationBucket'),
      destinationRegion: text(properties, 'DestinationRegion'),
      role: text(properties, 'Role'),
      replicaKey: text(properties, 'ReplicaKey'),
    }),
    physicalId: ({ bucket, destination }) => `${bucket}->${destination}`,
    create: put,
    update: put,
    delete: (direction, host) => stop(direction, patient(buckets, host).source(direction)),
  };
}

/**
 * Puts the rule in place, once the destination is there and versioned.
 * @returns false if it was in place already
 * @throws {DestinationMissing} after five minutes, or before the function's time ends
 * @throws {BucketGone} if the source itself is not there
 */
async function replicate(direction: Direction, buckets: Buckets, host: Host): Promise<boolean> {
  const { clock } = host;
  const source = buckets.source(direction);
  const destination = buckets.destination(direction);
  const end = Math.min(clock.now() + WAIT_MS, host.deadline - MARGIN_MS);
  for (;;) {
    const obstacle = await obstacleOf(direction, destination);
    if (obstacle === undefined) {
      try {
        return await putRule(direction, source);
      } catch (error) {
        // S3 takes a moment to believe in a bucket's versioning.
        if (!(error instanceof DestinationNotReady)) throw error;
        if (clock.now() + POLL_MS > end) throw new DestinationMissing(direction, error.message);
      }
    } else if (clock.now() + POLL_MS > end) {
      throw new DestinationMissing(direction, obstacle);
    }
    await clock.sleep(POLL_MS);
  }
}

async function obstacleOf(direction: Direction, destination: DestinationBucket): Promise<string | undefined> {
  const { destination: name, destinationRegion: region } = direction;
  switch (await destination.versioning()) {
    case 'no-bucket':
      return `there is no bucket ${name} in ${region}.`;
    case 'off':
      return `the bucket ${name} in ${region} has no versioning.`;
    case 'on':
      return undefined;
  }
}

async function putRule(direction: Direction, source: SourceBucket): Promise<boolean> {
  const present = await source.read();
  const wanted = withRule(present, direction);
  if (equal(present, wanted)) return false;
  await source.write(wanted);
  return true;
}

async function stop({ destination }: Direction, source: SourceBucket): Promise<void> {
  try {
    const present = await source.read();
    if (!present) return;
    const rest = withoutRule(present, destination);
    if (!rest) await source.clear();
    else if (rest.rules.length < present.rules.length) await source.write(rest);
  } catch (error) {
    // With the bucket went its rules.
    if (!(error instanceof BucketGone)) throw error;
  }
}
