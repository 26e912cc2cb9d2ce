import { PUBLICATION, SLOT } from '../archive/contract';
import { fastestCodec } from '../archive/format/codec';
import type { Clock } from '../runtime/clock';
import { Archiving } from './archiving';
import type { ArchiveMode } from './contract';
import type { ReplicationSession, SourceSession, WalStream, World } from './ports';
import type { Compress } from './put/pipeline';
import type { Ending } from './report';
import { findPlace } from './start/place';
import type { Tally } from './tally';
import { SlotActive } from './walsender/errors';

/**
 * One session of the archive: from the connection to its end. The slot has one reader at a time, which makes it the lock
 * of the archive; so first the stream is begun, and then the store is looked at.
 */

export interface Host {
  readonly world: World;
  readonly clock: Clock;
  readonly compress: Compress;
}

export interface Bounds {
  readonly mode: ArchiveMode;
  /** On the monotonic clock: receiving ends by then. */
  readonly deadline: number;
  /** Tells it to end in order. */
  readonly signal: AbortSignal;
  /** Is called about once a minute, when the tally is up to date. */
  readonly progress?: () => void;
  /** Bytes of frames in a segment. */
  readonly segmentBytes?: number;
}

/** How a session ended. */
export interface Ended {
  readonly ending: Ending;
  /** More, for a person. */
  readonly sentence?: string;
}

/**
 * @param tally what is done and seen is added to it
 * @throws whatever ended it before its time. Nothing is acknowledged then but what is durable.
 */
export async function session(host: Host, bounds: Bounds, tally: Tally): Promise<Ended> {
  const replication = await host.world.replication();
  try {
    const source = await host.world.source();
    try {
      return await inDatabase(host, bounds, tally, replication, source);
    } finally {
      await source.end().catch(() => undefined);
    }
  } finally {
    await replication.end().catch(() => undefined);
  }
}

async function inDatabase(
  host: Host,
  bounds: Bounds,
  tally: Tally,
  replication: ReplicationSession,
  source: SourceSession,
): Promise<Ended> {
  const identity = await replication.identify();
  const seen = await source.observe();
  tally.status = seen;
  if (seen.notWriter !== null) return { ending: 'not the writer', sentence: seen.notWriter };
  if (!seen.slot || seen.slot.walStatus === 'lost') {
    await source.makeSlot();
    tally.madeSlot();
  }
  let stream: WalStream;
  try {
    stream = await replication.start(SLOT, PUBLICATION);
  } catch (error) {
    if (error instanceof SlotActive) return { ending: 'busy' };
    throw error;
  }
  try {
    // Now that nobody else can move the slot.
    const status = await source.observe();
    tally.status = status;
    const { slot } = status;
    if (!slot || status.epoch !== seen.epoch) return { ending: 'leadership changed' };
    const situation = { identity, status, slot, presence: source.presence };
    const place = await findPlace(host.world, host.clock, situation);
    if (place.gap !== null) tally.foundGap(place.gap);
    const archiving = new Archiving(host, bounds, tally, { stream, source, place, codec: fastestCodec() });
    return { ending: await archiving.run(status) };
  } finally {
    await stream.end();
  }
}
