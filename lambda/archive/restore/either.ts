import { type ObjectStore, StoreFailed } from '../store';

/** A copy that failed rests for so long while another one answers: each try of a region that is cut off waits for its time limit. */
const REST_MS = 30_000;

/** One copy of the archive, and whether it has failed just now. */
interface Copy {
  readonly store: ObjectStore;
  restsUntil: number;
}

/**
 * Two copies of an archive as one, of which either may be behind or out of reach: after the loss of a region there is only
 * the other. A segment has the same bytes in both.
 * @param stores the one that is asked first, first
 * @param now milliseconds of a clock that only goes forwards
 */
export function eitherOf(
  stores: readonly ObjectStore[],
  now: () => number = () => performance.now(),
): ObjectStore {
  const name = stores.map((store) => store.name).join(' or ');
  const copies = stores.map((store): Copy => ({ store, restsUntil: Number.NEGATIVE_INFINITY }));
  const rests = ({ restsUntil }: Copy): boolean => now() < restsUntil;
  const failed = (copy: Copy): void => {
    copy.restsUntil = now() + REST_MS;
  };
  return {
    name,
    put: async (key) => {
      throw new StoreFailed('Writing', key, name);
    },
    async get(key) {
      let failure: unknown;
      // One that rests is asked last: nobody else may have the key.
      for (const copy of [...copies].sort((a, b) => Number(rests(a)) - Number(rests(b)))) {
        try {
          const bytes = await copy.store.get(key);
          if (bytes) return bytes;
        } catch (error) {
          failure = error;
          failed(copy);
        }
      }
      // The one that did not answer may have it.
      if (failure !== undefined) throw failure;
      return undefined;
    },
    async *list(prefix, after) {
      const awake = copies.filter((copy) => !rests(copy));
      const asked = awake.length > 0 ? awake : copies;
      const rest = copies.filter((copy) => !asked.includes(copy));
      yield* merged(asked, rest, failed, prefix, after);
    },
  };
}

/** Keys of all copies in their order, each once. One that fails is left out, unless all do; one that rests is asked then. */
async function* merged(
  copies: readonly Copy[],
  resting: readonly Copy[],
  failed: (copy: Copy) => void,
  prefix: string,
  after: string | undefined,
): AsyncGenerator<string, void> {
  const lists = copies.map(
    (copy) => new Cursor(copy.store.list(prefix, after)[Symbol.asyncIterator](), () => failed(copy)),
  );
  let last = after;
  for (;;) {
    await Promise.all(lists.map((list) => list.fill()));
    if (lists.every(({ failure }) => failure !== undefined)) {
      if (resting.length === 0) throw lists[0]?.failure;
      return yield* merged(resting, [], failed, prefix, last);
    }
    const heads = lists.flatMap(({ head }) => head ?? []);
    const first = heads.sort(inBytes)[0];
    if (first === undefined) return;
    yield first;
    last = first;
    for (const list of lists) list.pass(first);
  }
}

const inBytes = (one: string, other: string): number => Buffer.compare(Buffer.from(one), Buffer.from(other));

class Cursor {
  head: string | undefined;
  failure: unknown;
  private ended = false;

  constructor(
    private readonly keys: AsyncIterator<string>,
    private readonly onFailure: () => void,
  ) {}

  async fill(): Promise<void> {
    if (this.head !== undefined || this.ended) return;
    try {
      const { value, done } = await this.keys.next();
      if (done === true) this.ended = true;
      else this.head = value;
    } catch (error) {
      this.failure = error;
      this.ended = true;
      this.onFailure();
    }
  }

  pass(key: string): void {
    if (this.head === key) this.head = undefined;
  }
}
