import { type ObjectStore, StoreFailed } from '../store';

/** The two copies of an archive. Which one leads may have changed since; both hold the same. */
export interface Stores {
  readonly near: ObjectStore;
  /** Absent if only one is to be looked at. */
  readonly far?: ObjectStore;
}

/** A key that is in at least one of the stores. */
export interface Found {
  readonly key: string;
  readonly near: boolean;
  /** Undefined if it is not known, because the far store was not asked or does not answer. */
  readonly far: boolean | undefined;
}

/**
 * Lists both stores side by side, in the order of the keys.
 * @param after keys up to and including this one are left out
 * @param farFailed is told once if the far store does not answer; from there on only the near one is listed
 * Iterating throws {StoreFailed} of the near store.
 */
export async function* listBoth(
  { near, far }: Stores,
  prefix: string,
  after: string | undefined,
  farFailed: (error: StoreFailed) => void,
): AsyncGenerator<Found, void> {
  const here = near.list(prefix, after)[Symbol.asyncIterator]();
  const there = far && new Tolerant(far.list(prefix, after), farFailed);
  let nearKey = await next(here);
  let farKey = await there?.next();
  try {
    for (;;) {
      const key = smaller(nearKey, farKey);
      if (key === undefined) return;
      const [isNear, isFar] = [nearKey === key, farKey === key];
      yield { key, near: isNear, far: there === undefined || there.failed ? undefined : isFar };
      if (isNear) nearKey = await next(here);
      if (isFar) farKey = await there?.next();
    }
  } finally {
    await here.return?.();
    await there?.end();
  }
}

const smaller = (a: string | undefined, b: string | undefined): string | undefined =>
  a === undefined || (b !== undefined && b < a) ? b : a;

async function next(keys: AsyncIterator<string>): Promise<string | undefined> {
  const { done, value } = await keys.next();
  return done ? undefined : value;
}

/** A listing that ends where the store does not answer any more. */
class Tolerant {
  failed = false;
  private readonly keys: AsyncIterator<string>;

  constructor(
    keys: AsyncIterable<string>,
    private readonly tell: (error: StoreFailed) => void,
  ) {
    this.keys = keys[Symbol.asyncIterator]();
  }

  async next(): Promise<string | undefined> {
    try {
      return await next(this.keys);
    } catch (error) {
      if (!(error instanceof StoreFailed)) throw error;
      this.failed = true;
      this.tell(error);
      return undefined;
    }
  }

  async end(): Promise<void> {
    await this.keys.return?.();
  }
}
