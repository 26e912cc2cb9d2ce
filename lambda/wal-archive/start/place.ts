import { chainsOf } from '../../archive/chain/chains';
import { type ChainEnd, endOf } from '../../archive/chain/locate';
import type { ChainId } from '../../archive/contract';
import { messagesIn } from '../../archive/format/frames';
import type { Segment } from '../../archive/format/segment';
import type { ObjectStore } from '../../archive/store';
import { lsnBytes } from '../../runtime/lsn';
import type { Resume } from '../cut/cut';
import { ownMessage } from '../cut/own-message';
import type { Identity, Presence, SlotStatus, SourceStatus, World } from '../ports';
import type { Tip } from '../put/pipeline';
import { beginChain } from './begin';
import { refill } from './refill';

/**
 * Where the archive goes on: derived from the store and the slot alone, at the beginning of each session, once the slot is
 * this session's. A slot that is confirmed up to no further than the archive goes sends everything that the archive lacks.
 * Otherwise there is a gap, which nothing can fill, and a new chain begins behind it.
 */

export interface Place {
  readonly tip: Tip;
  readonly resume: Resume;
  /** What may be missing before, as a sentence, if a chain was begun now and there is something; otherwise null. */
  readonly gap: string | null;
  /** Older chains in the near store, oldest first. */
  readonly older: readonly ChainId[];
}

export interface Situation {
  readonly identity: Identity;
  readonly status: SourceStatus;
  readonly slot: SlotStatus;
  readonly presence: Presence;
}

/**
 * @throws {DamagedArchive} if the end of the chain is damaged: somebody has to look
 * @throws {Superseded} if another archiver has begun a chain meanwhile
 * @throws {StoreFailed}
 */
export async function findPlace(
  world: Pick<World, 'near' | 'far'>,
  clock: Parameters<typeof beginChain>[1],
  situation: Situation,
): Promise<Place> {
  const { identity, status, slot } = situation;
  const database = { system: identity.system, database: status.database };
  const goesOn = ({ end }: Newest): boolean => end !== undefined && lsnBytes(slot.confirmedLsn) <= end.endLsn;
  let newest = await newestOf(world.near, database, status.epoch);
  if (!goesOn(newest) && (await refill(world, clock, database, status.epoch))) {
    newest = await newestOf(world.near, database, status.epoch);
  }
  const { chains, chain, end } = newest;
  if (chain && end && goesOn(newest))
    return goOn(chain, identity, end, chains.slice(0, chains.indexOf(chain)));
  return beginChain(world, clock, situation, chains, end);
}

/** What a store has, and the last chain of the epoch in it. */
interface Newest {
  readonly chains: readonly ChainId[];
  readonly chain: ChainId | undefined;
  readonly end: ChainEnd | undefined;
}

async function newestOf(
  store: ObjectStore,
  database: Pick<ChainId, 'system' | 'database'>,
  epoch: number,
): Promise<Newest> {
  const chains = await chainsOf(store, database);
  const chain = chains.findLast((one) => one.epoch === epoch);
  return { chains, chain, end: chain && (await endOf(store, chain)) };
}

function goOn(chain: ChainId, { timeline }: Identity, end: ChainEnd, older: readonly ChainId[]): Place {
  const { segment, endLsn, open } = end;
  const { sequence } = segment.header;
  return {
    tip: { chain, timeline, sequence, chainHash: segment.chainHash },
    resume: { endLsn, open, fingerprint: fingerprintAfter(segment) },
    gap: null,
    older,
  };
}

/** @returns the catalogue's fingerprint behind the last frame */
function fingerprintAfter({ header, frames }: Segment): string {
  let known = header.fingerprint;
  for (const message of messagesIn(frames)) {
    const bytes = Buffer.from(message.buffer, message.byteOffset, message.length);
    const own = ownMessage(bytes, 0, bytes.length);
    if (own?.kind === 'ddl') known = own.fingerprint;
  }
  return known;
}
