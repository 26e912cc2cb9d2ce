import { sentenceOf } from '../../runtime/errors';
import { type ChainId, chainPrefix, segmentKey } from '../contract';
import { DamagedArchive } from '../damage';
import type { Genesis } from '../format/segment';
import { type ObjectStore, StoreFailed } from '../store';
import { chainsOf, firstSegment } from './chains';
import type { DatabaseId } from './keys';
import { locate } from './locate';
import { findingOf } from './look';
import type { Stores } from './merge';
import type { ChainReport, DatabaseReport, Finding, Gap } from './report';
import { type VerifyOptions, verifyChain } from './verify-chain';

export interface VerifyDatabaseOptions extends Omit<VerifyOptions, 'from' | 'to' | 'hasTime'> {
  /** In microseconds since 1970: segments that end before are left out. Default: all are read. */
  readonly sinceUs?: bigint;
}

/**
 * Verifies all chains of a database, oldest first, and that each is as long as the one after it has found it.
 * @throws {StoreFailed} if the near store does not answer, or the far one before the first chain
 * @throws {CodecMissing}
 */
export async function verifyDatabase(
  stores: Stores,
  database: DatabaseId,
  { sinceUs, ...options }: VerifyDatabaseOptions = {},
): Promise<DatabaseReport> {
  const chains: ChainReport[] = [];
  for (const chain of await chainsInBoth(stores, database)) {
    const from = sinceUs === undefined ? undefined : await beginningAt(stores, chain, sinceUs);
    chains.push(await verifyChain(stores, chain, from === undefined ? options : { ...options, from }));
  }
  const reports = chains.map((report) => withTail(stores, report, chains));
  return {
    chains: reports,
    gaps: chains.flatMap(gapOf),
    intact: reports.every(({ findings }) => findings.length === 0),
  };
}

/** @returns the chains that at least one of the stores has, oldest first @throws {StoreFailed} */
export async function chainsInBoth({ near, far }: Stores, database: DatabaseId): Promise<readonly ChainId[]> {
  const lists = await Promise.all([near, far].map((store) => (store ? chainsOf(store, database) : [])));
  const byPrefix = new Map(lists.flat().map((chain) => [chainPrefix(chain), chain]));
  return [...byPrefix].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, chain]) => chain);
}

/** @returns undefined if damage keeps it from being found: then the chain is read from its beginning */
async function beginningAt({ near }: Stores, chain: ChainId, sinceUs: bigint): Promise<number | undefined> {
  try {
    return await locate(near, chain, ({ commitTimeUs }) => BigInt(commitTimeUs) >= sinceUs);
  } catch (error) {
    if (error instanceof DamagedArchive) return undefined;
    throw error;
  }
}

/** A chain cannot tell by itself that its last segments are gone; the one that follows can. */
function withTail({ near }: Stores, report: ChainReport, all: readonly ChainReport[]): ChainReport {
  const prefix = chainPrefix(report.chain);
  const expected = all.flatMap(({ genesis }) =>
    genesis?.follows && chainPrefix(genesis.follows.chain) === prefix ? [genesis.follows.sequence] : [],
  );
  const last = Math.max(-1, ...expected);
  if (report.to === null || report.to >= last) return report;
  return { ...report, findings: [...report.findings, missingEnd(near, report.chain, last)] };
}

const missingEnd = (near: ObjectStore, chain: ChainId, last: number): Finding =>
  findingOf(
    near,
    segmentKey(chain, last),
    'missing',
    'the chain ended with it when the next one began, and ends before it now',
  );

/**
 * Looks whether the chain that another one follows is as long as that one has found it, in at least one of the stores.
 * @param genesis of the one that follows
 * @param expiredBeforeUs in microseconds since 1970: a chain that ended before may have expired
 * @returns the end that is gone, or the far store that did not tell
 * @throws {StoreFailed} if the near store does not answer
 */
export async function lostEnd(
  { near, far }: Stores,
  { follows }: Genesis,
  expiredBeforeUs: bigint,
): Promise<Finding | undefined> {
  if (!follows?.last || BigInt(follows.last.commitTimeUs) <= expiredBeforeUs) return undefined;
  const { chain, sequence } = follows;
  const before = sequence > 0 ? segmentKey(chain, sequence - 1) : undefined;
  const has = async (store: ObjectStore): Promise<boolean> =>
    (await firstSegment(store, chainPrefix(chain), before)) !== undefined;
  try {
    if ((await has(near)) || (far && (await has(far)))) return undefined;
  } catch (error) {
    if (!(far && error instanceof StoreFailed && error.store === far.name)) throw error;
    return findingOf(far, chainPrefix(chain), 'unread', sentenceOf(error));
  }
  return missingEnd(near, chain, sequence);
}

function gapOf({ chain, genesis }: ChainReport): readonly Gap[] {
  if (!genesis || (genesis.why !== 'gap' && genesis.gap === null)) return [];
  const what = genesis.gap ?? 'what may be missing before it is not known.';
  return [{ chain, why: genesis.why, sentence: `${chainPrefix(chain)} begins after a gap: ${what}` }];
}
