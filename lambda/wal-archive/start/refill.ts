import { chainsOf } from '../../archive/chain/chains';
import { copyMissing } from '../../archive/chain/copy';
import { head } from '../../archive/chain/head';
import { type ChainId, chainPrefix } from '../../archive/contract';
import { type ObjectStore, StoreFailed } from '../../archive/store';
import { attempt } from '../../runtime/attempt';
import type { Clock } from '../../runtime/clock';
import { TimedOut } from '../../runtime/errors';
import type { World } from '../ports';

/** So long the other region may take to say what it has: often it is one that has failed. */
const FAR_MS = 5_000;

/**
 * Brings back what the near store has lost of an epoch. The far store never has more, unless the near bucket is a new one:
 * then a chain that is begun there anew would stand against the one that the far store keeps, for ever.
 * @returns whether anything came back. Without an answer of the far store nothing does.
 * @throws {StoreFailed} if what the far store has could not be brought back
 */
export async function refill(
  { near, far }: Pick<World, 'near' | 'far'>,
  clock: Clock,
  database: Pick<ChainId, 'system' | 'database'>,
  epoch: number,
): Promise<boolean> {
  const lost = await attempt(clock, FAR_MS, `The listing in ${far.name}`, () =>
    lostChains(near, far, database, epoch),
  ).catch((error: unknown) => {
    if (error instanceof StoreFailed || error instanceof TimedOut) return [];
    throw error;
  });
  for (const chain of lost) {
    const { findings } = await copyMissing(far, near, chainPrefix(chain));
    const [finding] = findings;
    if (finding)
      throw new StoreFailed('The return', finding.key, near.name, { cause: new Error(finding.sentence) });
  }
  return lost.length > 0;
}

async function lostChains(
  near: ObjectStore,
  far: ObjectStore,
  database: Pick<ChainId, 'system' | 'database'>,
  epoch: number,
): Promise<readonly ChainId[]> {
  const lost: ChainId[] = [];
  for (const chain of await chainsOf(far, database)) {
    if (chain.epoch !== epoch) continue;
    const [here, there] = await Promise.all([head(near, chain), head(far, chain)]);
    if (there !== undefined && (here === undefined || here < there)) lost.push(chain);
  }
  return lost;
}
