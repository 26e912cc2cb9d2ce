import { bytesBetween } from '../../runtime/lsn';
import type { ChainId } from '../contract';
import type { Genesis, Position } from '../format/segment';

/**
 * Which transactions of the archive make up the history of the platform. Each failover leaves a chain behind that may go
 * on for a little: what it has after the point where the next one begins is no part of the history, but salvage's matter.
 */

/** A chain, as its genesis and its last segment tell it. */
export interface ChainOutline {
  readonly chain: ChainId;
  /** Null if it has expired, with the oldest segments. */
  readonly genesis: Genesis | null;
  /** The first transaction that is still there and the last one; null if it has none yet. */
  readonly first: Position | null;
  readonly head: Position | null;
}

/** What of a chain belongs to the history. */
export interface Stretch {
  readonly chain: ChainId;
  /** The last transaction of it that counts; null if all of them do. */
  readonly until: Position | null;
  readonly first: Position | null;
  /** The last transaction that counts and is there; null if there is none. */
  readonly head: Position | null;
}

export interface History {
  /** Without a gap between them, oldest first. Empty if there is no archive. */
  readonly stretches: readonly Stretch[];
  /** Why nothing older connects to the oldest of them, in one sentence; null if it is where the archive begins. */
  readonly broken: string | null;
}

export const isSame = (one: ChainId, other: ChainId): boolean =>
  one.system === other.system &&
  one.database === other.database &&
  one.epoch === other.epoch &&
  one.part === other.part;

const byAge = (one: ChainOutline, other: ChainOutline): number =>
  one.chain.epoch - other.chain.epoch || one.chain.part - other.chain.part;

/** @param outlines all chains of one database, in any order */
export function historyOf(outlines: readonly ChainOutline[]): History {
  const sorted = [...outlines].sort(byAge);
  const newest = sorted.pop();
  if (!newest) return { stretches: [], broken: null };
  const stretches = [stretchOf(newest, null)];
  let at: ChainOutline = newest;
  for (;;) {
    if (at.genesis?.why === 'first') return { stretches, broken: null };
    const before = linkOf(at, sorted);
    if (typeof before === 'string') return { stretches, broken: before };
    stretches.unshift(stretchOf(before.outline, before.last));
    at = before.outline;
  }
}

/** @returns the chain before, and the last transaction of it that counts; or why there is none */
function linkOf(
  at: ChainOutline,
  older: readonly ChainOutline[],
): { readonly outline: ChainOutline; readonly last: Position } | string {
  if (at.genesis === null) return `The oldest segments of ${nameOf(at)} have expired.`;
  const { gap, why, follows } = at.genesis;
  if (gap !== null || why === 'gap') return gapBefore(at);
  const outline = older.find(({ chain }) => follows !== null && isSame(chain, follows.chain));
  const last = follows?.last;
  return outline && last ? { outline, last } : nothingBefore(at);
}

function stretchOf({ chain, first, head }: ChainOutline, until: Position | null): Stretch {
  if (until === null) return { chain, until, first, head };
  const isEmpty = first === null || bytesBetween(until.endLsn, first.endLsn) > 0n;
  return { chain, until, first: isEmpty ? null : first, head: isEmpty ? null : until };
}

const nameOf = ({ chain }: ChainOutline): string => `epoch ${chain.epoch}, part ${chain.part}`;
const gapBefore = (outline: ChainOutline): string =>
  `Before ${nameOf(outline)} the archive has a gap: ${outline.genesis?.gap ?? 'what is missing is not known'}`;
const nothingBefore = (outline: ChainOutline): string =>
  `What came before ${nameOf(outline)} is not in the archive.`;

/** The last transaction of the history; null if there is none. */
export const headOf = ({ stretches }: History): Position | null =>
  stretches.reduce<Position | null>((head, stretch) => stretch.head ?? head, null);

/**
 * From which time on the archive knows every transaction: that of the first one it has without a gap to the end; null if
 * it has none.
 */
export const knownSinceUs = ({ stretches }: History): bigint | null => {
  const first = stretches.find((stretch) => stretch.first !== null)?.first;
  return first ? BigInt(first.commitTimeUs) : null;
};

/** When a region led, as far as the chains tell it. */
export interface Era {
  readonly epoch: number;
  readonly fromUs: bigint | null;
  readonly untilUs: bigint | null;
}

/** @returns the eras that the chains of all epochs tell, oldest first */
export function erasOf(outlines: readonly ChainOutline[]): readonly Era[] {
  const starts = outlines
    .filter(({ chain }) => chain.part === 0)
    .sort(byAge)
    .map(({ chain, genesis }) => ({ epoch: chain.epoch, fromUs: beginning(genesis) }));
  return starts.map(({ epoch, fromUs }, index) => ({
    epoch,
    fromUs,
    untilUs: starts[index + 1]?.fromUs ?? null,
  }));
}

const beginning = (genesis: Genesis | null): bigint | null =>
  genesis?.follows?.last ? BigInt(genesis.follows.last.commitTimeUs) : null;
