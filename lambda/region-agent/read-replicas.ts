import { HoldfastError, sentenceOf } from '../runtime/errors';
import type { Rebuild } from './ports';

/**
 * Copies for reads are made by the region that leads: RDS copies only what has backups, and a replica that a failback
 * has made has none. Nothing waits for them.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.html
 */

/** Some copies for reads are not there and could not be asked for yet; trying again is all that helps. */
export class ReadReplicasNotReady extends HoldfastError {
  constructor(
    /** Identifier -> why, as a sentence. */
    readonly missing: ReadonlyMap<string, string>,
  ) {
    const details = [...missing].map(([identifier, why]) => `${identifier}: ${why}`).join(' ');
    super(`${missing.size} of the copies for reads could not be made yet. ${details}`);
  }
}

/**
 * Asks for every copy for reads that is missing, and deletes those that hang on another instance than the one under the
 * platform's identifier: their successors have the same names.
 * @param epoch as for `Rebuild.observe`
 * @throws {ReadReplicasNotReady} and what the observation throws
 */
export async function mendReadReplicas(rebuild: Rebuild, epoch: number): Promise<void> {
  const { readReplicas, missingReadReplicas } = await rebuild.observe(epoch);
  const stale = readReplicas.filter(({ ofInstance }) => !ofInstance);
  const outcomes = await Promise.all([
    ...stale.map(async ({ identifier, status }) => {
      const refusal = status === 'deleting' ? undefined : await ask(rebuild, identifier, 'delete');
      return [identifier, refusal ?? 'Its predecessor is being deleted.'] as const;
    }),
    ...missingReadReplicas.map(
      async (identifier) => [identifier, await ask(rebuild, identifier, 'create')] as const,
    ),
  ]);
  const missing = outcomes.flatMap(([identifier, why]) =>
    why === undefined ? [] : [[identifier, why] as const],
  );
  if (missing.length > 0) throw new ReadReplicasNotReady(new Map(missing));
}

/** @returns why RDS did not do it; undefined if it does */
async function ask(
  rebuild: Rebuild,
  identifier: string,
  how: 'delete' | 'create',
): Promise<string | undefined> {
  try {
    await rebuild.mendReadReplica(identifier, how);
    return undefined;
  } catch (error) {
    return sentenceOf(error);
  }
}
