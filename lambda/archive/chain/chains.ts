import { type ChainId, chainPrefix, databasePrefix, FORMAT } from '../contract';
import type { ObjectStore } from '../store';
import { type DatabaseId, parseSegmentKey, type SegmentId } from './keys';

/** Sorts behind every key below a prefix: keys of segments have digits there. */
const BEHIND = '~';

/**
 * Lists the chains of a database, whatever their length: one short listing for each.
 * @returns oldest first
 * @throws {StoreFailed}
 */
export async function chainsOf(store: ObjectStore, database: DatabaseId): Promise<readonly ChainId[]> {
  const found: ChainId[] = [];
  const prefix = databasePrefix(database);
  for await (const { chain } of leaps(store, prefix, ({ chain }) => chainPrefix(chain))) found.push(chain);
  return found;
}

/**
 * Lists the databases that have chains in a store.
 * @throws {StoreFailed}
 */
export async function databasesOf(store: ObjectStore): Promise<readonly DatabaseId[]> {
  const found: DatabaseId[] = [];
  for await (const { chain } of leaps(store, `${FORMAT}/`, ({ chain }) => databasePrefix(chain))) {
    found.push({ system: chain.system, database: chain.database });
  }
  return found;
}

/** Gives the first segment below each prefix that `prefixOf` makes of one. What is no segment is passed over. */
async function* leaps(
  store: ObjectStore,
  prefix: string,
  prefixOf: (found: SegmentId) => string,
): AsyncGenerator<SegmentId, void> {
  let after: string | undefined;
  for (;;) {
    const found = await firstSegment(store, prefix, after);
    if (!found) return;
    yield found;
    after = `${prefixOf(found)}${BEHIND}`;
  }
}

/** @returns the first key of a segment below the prefix and behind `after`, parsed */
export async function firstSegment(
  store: ObjectStore,
  prefix: string,
  after?: string,
): Promise<SegmentId | undefined> {
  for await (const key of store.list(prefix, after)) {
    const found = parseSegmentKey(key);
    if (found) return found;
  }
  return undefined;
}
