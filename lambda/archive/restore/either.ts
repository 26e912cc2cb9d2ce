import { type ObjectStore, StoreFailed } from '../store';

/**
 * Two copies of an archive as one, of which either may be behind or out of reach: after the loss of a region there is only
 * the other. A segment has the same bytes in both.
 * @param stores the one that is asked first, first
 */
export function eitherOf(stores: readonly ObjectStore[]): ObjectStore {
  const name = stores.map((store) => store.name).join(' or ');
  return {
    name,
    put: async (key) => {
      throw new StoreFailed('Writing', key, name);
    },
    async get(key) {
      let failure: unknown;
      for (const store of stores) {
        try {
          const bytes = await store.get(key);
          if (bytes) return bytes;
        } catch (error) {
          failure = error;
        }
      }
      // The one that did not answer may have it.
      if (failure !== undefined) throw failure;
      return undefined;
    },
    list: (prefix, after) => merged(stores, prefix, after),
  };
}

/** Keys of all stores in their order, each once. One that fails is left out, unless all do. */
async function* merged(
  stores: readonly ObjectStore[],
  prefix: string,
  after: string | undefined,
): AsyncGenerator<string, void> {
  const lists = stores.map((store) => new Cursor(store.list(prefix, after)[Symbol.asyncIterator]()));
  for (;;) {
    await Promise.all(lists.map((list) => list.fill()));
    if (lists.every(({ failure }) => failure !== undefined)) throw lists[0]?.failure;
    const heads = lists.flatMap(({ head }) => head ?? []);
    const first = heads.sort(inBytes)[0];
    if (first === undefined) return;
    yield first;
    for (const list of lists) list.pass(first);
  }
}

const inBytes = (one: string, other: string): number => Buffer.compare(Buffer.from(one), Buffer.from(other));

class Cursor {
  head: string | undefined;
  failure: unknown;
  private ended = false;

  constructor(private readonly keys: AsyncIterator<string>) {}

  async fill(): Promise<void> {
    if (this.head !== undefined || this.ended) return;
    try {
      const { value, done } = await this.keys.next();
      if (done === true) this.ended = true;
      else this.head = value;
    } catch (error) {
      this.failure = error;
      this.ended = true;
    }
  }

  pass(key: string): void {
    if (this.head === key) this.head = undefined;
  }
}
