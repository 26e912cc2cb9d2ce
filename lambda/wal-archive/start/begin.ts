import type { ChainEnd } from '../../archive/chain/locate';
import type { ChainId } from '../../archive/contract';
import { fastestCodec } from '../../archive/format/codec';
import { lsnText } from '../../archive/format/positions';
import { compressBody, seal } from '../../archive/format/seal';
import type { Genesis } from '../../archive/format/segment';
import type { Clock } from '../../runtime/clock';
import { lsnBytes } from '../../runtime/lsn';
import type { World } from '../ports';
import { append } from '../put/append';
import { type Following, following } from './follows';
import type { Place, Situation } from './place';

/**
 * Begins a chain: the first of all, that of a new epoch, or one behind a gap.
 * @param chains of the database in the near store
 * @param end of the last chain of this epoch, which the slot's confirmed position is beyond; undefined if there is none
 */
export async function beginChain(
  world: Pick<World, 'near' | 'far'>,
  clock: Clock,
  situation: Situation,
  chains: readonly ChainId[],
  end: ChainEnd | undefined,
): Promise<Place> {
  const { identity, status, presence } = situation;
  const database = { system: identity.system, database: status.database };
  const { epoch } = status;
  const { timeline } = identity;
  const before = end ? undefined : await following(world, clock, database, { epoch, timeline }, presence);
  const genesis = end ? behindGap(end, situation) : firstOfEpoch(before, situation);
  const part = end ? end.segment.header.chain.part + 1 : 0;
  const chain: ChainId = { ...database, epoch, part };
  const start = {
    chain,
    sequence: 0,
    timeline,
    fingerprint: '',
    previous: null,
    continues: null,
    continued: null,
    genesis,
  };
  const sealed = seal(start, await compressBody(new Uint8Array(0), [], fastestCodec()));
  const { chainHash } = await append(world.near, clock, sealed, []);
  return {
    tip: { chain, timeline, sequence: 0, chainHash },
    resume: { endLsn: lsnBytes(genesis.startLsn), open: null, fingerprint: '' },
    gap: genesis.gap,
    older: chains,
  };
}

function behindGap(end: ChainEnd, { slot }: Situation): Genesis {
  const { chain, sequence } = end.segment.header;
  const from = lsnText(end.endLsn);
  return {
    startLsn: slot.confirmedLsn,
    why: 'gap',
    follows: { chain, sequence, last: end.last },
    gap:
      `Transactions that ended behind ${from} and up to ${slot.confirmedLsn} are not in the archive: ` +
      'the slot gives them no more.',
  };
}

function firstOfEpoch(before: Following | undefined, { slot }: Situation): Genesis {
  if (!before) return { startLsn: slot.confirmedLsn, why: 'first', follows: null, gap: null };
  const { follows, archivedTo, doubt, all } = before;
  const confirmed = lsnBytes(slot.confirmedLsn);
  const isCovered = archivedTo !== undefined && confirmed <= archivedTo;
  // What is in an older chain already comes again if the slot has gone back.
  const startLsn = isCovered ? lsnText(archivedTo) : slot.confirmedLsn;
  const from = archivedTo === undefined ? 'the beginning of the chain before' : lsnText(archivedTo);
  const gap =
    `Transactions that ended behind ${from} and up to ${startLsn} may be in the database and in no chain: ` +
    'they are in the base of this epoch only.';
  // A database that lacks a transaction of the archive has none behind it but those of its own epoch.
  const mayLack = !isCovered && (all || !slot.complete);
  return { startLsn, why: 'epoch', follows, gap: doubt ?? (mayLack ? gap : null) };
}
