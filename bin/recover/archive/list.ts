import { databasesOf } from '../../../lambda/archive/chain/chains';
import { head } from '../../../lambda/archive/chain/head';
import { chainPrefix } from '../../../lambda/archive/contract';
import type { Position } from '../../../lambda/archive/format/segment';
import { outlinesOf } from '../../../lambda/archive/restore/outlines';
import { timeText } from '../../../lambda/archive/restore/time';
import type { ObjectStore } from '../../../lambda/archive/store';

/** One chain as `archive ls` tells it. */
export interface ListedChain {
  readonly prefix: string;
  /** Number of its last segment. */
  readonly segments: number;
  readonly first: Position | null;
  readonly last: Position | null;
  /** How it began, for a person. */
  readonly began: string;
}

/** Looks at the ends of each chain only, however long it is. */
export async function listArchive(archive: ObjectStore): Promise<readonly ListedChain[]> {
  const listed: ListedChain[] = [];
  for (const database of await databasesOf(archive)) {
    for (const { chain, genesis, first, head: last } of await outlinesOf(archive, database)) {
      const follows = genesis?.follows
        ? `after ${chainPrefix(genesis.follows.chain)}`
        : 'with nothing before it';
      listed.push({
        prefix: chainPrefix(chain),
        segments: (await head(archive, chain)) ?? 0,
        first,
        last,
        began: genesis
          ? `${genesis.why}, ${follows}${genesis.gap === null ? '' : `; ${genesis.gap}`}`
          : 'expired',
      });
    }
  }
  return listed;
}

export function renderChains(chains: readonly ListedChain[]): string {
  if (chains.length === 0) return 'There is no archive.\n';
  const time = (position: Position | null): string =>
    position ? `${timeText(position.commitTimeUs)} (${position.endLsn})` : 'none yet';
  return `${chains
    .map(({ prefix, segments, first, last, began }) =>
      [
        prefix,
        `  segments  ${segments}`,
        `  first     ${time(first)}`,
        `  last      ${time(last)}`,
        `  began     ${began}`,
      ].join('\n'),
    )
    .join('\n\n')}\n`;
}
