import { CorruptSegment } from '../damage';
import { openSegment } from '../format/open';
import type { ObjectStore } from '../store';
import { parseSegmentKey } from './keys';
import { findingOf } from './look';
import { type Found, listBoth } from './merge';
import { readAhead } from './read-ahead';
import type { Finding } from './report';

export interface CopyOptions {
  /** Keys up to and including this one are known to be in both. */
  readonly after?: string;
  /** Copies under way at once. Default: 4. */
  readonly ahead?: number;
  /** Ends the copying between two objects. */
  readonly signal?: AbortSignal;
}

/** What became of the far copy. */
export interface Copied {
  /** Objects that were put, and their bytes. */
  readonly objects: number;
  readonly bytes: number;
  /** The last key up to which both stores have the same keys: the next call's `after`. Undefined if not even the first. */
  readonly upTo: string | undefined;
  /** Whether everything that was listed was looked at: false if the signal came before. */
  readonly complete: boolean;
  /** What was not copied: an object that is damaged here, or another one there. */
  readonly findings: readonly Finding[];
}

/**
 * Puts the objects that the far store lacks, byte for byte as the near one has them. A damaged segment is not spread.
 * Objects that both have are not compared: `verifyChain` does.
 * @param prefix of a chain, or of anything else below which keys are the same in both
 * @throws {StoreFailed} of either; what was copied stays, and the next call goes on
 */
export async function copyMissing(
  near: ObjectStore,
  far: ObjectStore,
  prefix: string,
  { after, ahead = 4, signal }: CopyOptions = {},
): Promise<Copied> {
  const copied = { objects: 0, bytes: 0 };
  const findings: Finding[] = [];
  let upTo = after;
  const listed = listBoth({ near, far }, prefix, after, (error) => {
    throw error;
  });
  const outcomes = readAhead(until(listed, signal), ahead, (found) => bring(near, far, found));
  for await (const { key, bytes, finding } of outcomes) {
    if (finding) findings.push(finding);
    if (findings.length === 0) upTo = key;
    if (bytes === undefined) continue;
    copied.objects += 1;
    copied.bytes += bytes;
  }
  return { ...copied, upTo, complete: signal?.aborted !== true, findings };
}

async function* until<T>(items: AsyncIterable<T>, signal: AbortSignal | undefined): AsyncGenerator<T, void> {
  for await (const item of items) {
    if (signal?.aborted) return;
    yield item;
  }
}

interface Outcome {
  readonly key: string;
  /** Size of what was put; undefined if nothing was. */
  readonly bytes?: number;
  readonly finding?: Finding;
}

async function bring(near: ObjectStore, far: ObjectStore, found: Found): Promise<Outcome> {
  const { key } = found;
  if (found.near && found.far) return { key };
  const bytes = await near.get(key);
  if (!bytes)
    return { key, finding: findingOf(near, key, 'missing', `it is missing, and ${far.name} has it`) };
  const damage = parseSegmentKey(key) && (await damageOf(key, bytes));
  if (damage !== undefined) return { key, finding: findingOf(near, key, 'corrupt', damage) };
  if ((await far.put(key, bytes)) === 'put') return { key, bytes: bytes.length };
  // Somebody else has put it meanwhile: the same, it is to be hoped.
  const there = await far.get(key);
  if (there && Buffer.compare(there, bytes) === 0) return { key };
  return { key, finding: findingOf(far, key, 'differs', `it is not the same as in ${near.name}`) };
}

/** @returns what is wrong with a segment; undefined if nothing is */
async function damageOf(key: string, bytes: Uint8Array): Promise<string | undefined> {
  try {
    await openSegment(key, bytes);
    return undefined;
  } catch (error) {
    if (error instanceof CorruptSegment) return error.what;
    throw error;
  }
}
