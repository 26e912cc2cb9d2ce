import { beforeEach, describe, expect, it } from '@jest/globals';
import { eitherOf } from '../../../../lambda/archive/restore/either';
import { type ObjectStore, StoreFailed } from '../../../../lambda/archive/store';

/** A copy in memory that counts how often it is asked, and may be out of reach. */
class Copy implements ObjectStore {
  readonly keys = new Map<string, string>();
  asked = 0;
  /** Keys that a listing still tells before it fails; undefined while the copy can be reached. */
  failsAfter: number | undefined;

  constructor(readonly name: string) {}

  put = async (): Promise<never> => {
    throw new Error('Nobody writes here.');
  };

  async get(key: string) {
    this.ask();
    if (this.failsAfter !== undefined) throw new StoreFailed('Reading', key, this.name);
    const text = this.keys.get(key);
    return text === undefined ? undefined : Buffer.from(text);
  }

  async *list(prefix: string, after = '') {
    this.ask();
    let told = 0;
    for (const key of [...this.keys.keys()].sort()) {
      if (this.failsAfter !== undefined && told >= this.failsAfter) break;
      if (!key.startsWith(prefix) || key <= after) continue;
      told += 1;
      yield key;
    }
    if (this.failsAfter !== undefined) throw new StoreFailed('Listing', prefix, this.name);
  }

  private ask(): void {
    this.asked += 1;
  }
}

let near: Copy;
let far: Copy;
let now: number;
let both: ObjectStore;

beforeEach(() => {
  near = new Copy('near');
  far = new Copy('far');
  now = 1_000;
  both = eitherOf([near, far], () => now);
  for (const key of ['a/1', 'a/2', 'a/3', 'b/1']) near.keys.set(key, key);
  for (const key of ['a/1', 'a/2', 'a/4']) far.keys.set(key, key);
});

async function listed(prefix = '', after?: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const key of both.list(prefix, after)) keys.push(key);
  return keys;
}
const text = async (key: string): Promise<string | undefined> => (await both.get(key))?.toString();

describe('two copies of an archive', () => {
  it('are read as one: what either has, in order, each once', async () => {
    expect(await listed()).toEqual(['a/1', 'a/2', 'a/3', 'a/4', 'b/1']);
    expect(await listed('a/', 'a/2')).toEqual(['a/3', 'a/4']);
    expect([await text('a/3'), await text('a/4'), await text('c')]).toEqual(['a/3', 'a/4', undefined]);
  });

  it('take nothing', async () => {
    await expect(both.put('x', Buffer.of())).rejects.toThrow('Writing of x in near or far failed.');
  });
});

describe('a copy that is out of reach', () => {
  it('is left out, from where it fails', async () => {
    near.failsAfter = 1;
    expect(await listed()).toEqual(['a/1', 'a/2', 'a/4']);
    expect(await text('a/4')).toBe('a/4');
  });

  it('may have what the other one lacks: that is no absence', async () => {
    near.failsAfter = 0;
    await expect(both.get('a/3')).rejects.toThrow(StoreFailed);
  });

  it('rests for half a minute: it is asked again only for what the other one lacks', async () => {
    near.failsAfter = 0;
    await listed();
    const { asked } = near;
    now += 29_999;
    expect(await listed()).toEqual(['a/1', 'a/2', 'a/4']);
    expect(await text('a/1')).toBe('a/1');
    expect(near.asked).toBe(asked);
    await expect(both.get('a/3')).rejects.toThrow(StoreFailed);
    expect(near.asked).toBe(asked + 1);
  });

  it('is asked again after that', async () => {
    near.failsAfter = 0;
    await listed();
    near.failsAfter = undefined;
    now += 30_000;
    expect(await listed()).toEqual(['a/1', 'a/2', 'a/3', 'a/4', 'b/1']);
  });

  it('is asked although it rests when the other one fails, from where that one stopped', async () => {
    near.failsAfter = 0;
    await listed();
    near.failsAfter = undefined;
    far.failsAfter = 1;
    expect(await listed()).toEqual(['a/1', 'a/2', 'a/3', 'b/1']);
    expect(await text('a/3')).toBe('a/3');
  });

  it('is an error when it is both', async () => {
    near.failsAfter = 0;
    far.failsAfter = 0;
    await expect(listed()).rejects.toThrow(StoreFailed);
    await expect(listed()).rejects.toThrow(StoreFailed);
    await expect(both.get('a/1')).rejects.toThrow(StoreFailed);
  });
});
