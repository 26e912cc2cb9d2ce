import type { Inventory, Objects, World } from '../../../../lambda/backup/ports';
import type { LeadershipRecord } from '../../../../lambda/leader/record';
import { recordOf } from './settings';
import { instance, replication } from './snapshots';

/** A bucket in memory. */
export class FakeObjects implements Objects {
  readonly kept = new Map<string, string>();
  /** Thrown by every call from now on. */
  broken: Error | undefined;

  async put(key: string, text: string): Promise<'put' | 'exists'> {
    this.#check();
    if (this.kept.has(key)) return 'exists';
    this.kept.set(key, text);
    return 'put';
  }

  async get(key: string): Promise<string | undefined> {
    this.#check();
    return this.kept.get(key);
  }

  async list(prefix: string, after: string): Promise<readonly string[]> {
    this.#check();
    return [...this.kept.keys()].filter((key) => key.startsWith(prefix) && key > after).sort();
  }

  #check(): void {
    if (this.broken) throw this.broken;
  }
}

const secret = (name: string, currentVersion: string) => ({
  name,
  arn: `arn:${name}`,
  currentVersion,
  versions: { [currentVersion]: ['AWSCURRENT'] },
  key: null,
  primaryRegion: null,
});

export const inventory = (version = 'v1', patch: Partial<Inventory> = {}): Inventory => ({
  secrets: async () => [secret('shop/database', version), secret('shop/cache', `cache-of-${version}`)],
  stacks: async (prefix) => [
    { name: `${prefix}Data`, arn: 'arn:stack', status: 'UPDATE_COMPLETE', templateSha256: 'ab' },
  ],
  images: async () => [],
  parameterGroups: async () => [],
  ...patch,
});

/** A world in which everything is there and nothing has been backed up. */
export interface FakeWorld extends World {
  readonly objects: { readonly own: FakeObjects; readonly other: FakeObjects };
  /** What was asked of RDS and ElastiCache, in its order. */
  readonly asked: string[];
}

export function fakeWorld(patch: Partial<World> & { readonly record?: LeadershipRecord } = {}): FakeWorld {
  const { record = recordOf(), ...rest } = patch;
  const asked: string[] = [];
  const ask = (what: string) => async (): Promise<void> => void asked.push(what);
  const database = (place: string) => ({
    instance: async () => instance(),
    snapshots: async () => [],
    replications: async () => (place === 'other' ? [replication()] : []),
    take: ask('take'),
    copy: ask('copy'),
    remove: ask('remove'),
    replicate: ask('replicate'),
    stopReplicating: ask('stop'),
  });
  return {
    leadership: { read: async () => record },
    database: { own: database('own'), other: database('other') },
    cache: {
      view: {
        group: async () => ({ status: 'available', nodes: [{ id: 'shop-cache-001', primary: true }] }),
        snapshots: async () => [],
      },
      hand: { take: ask('cache take'), export: ask('cache export'), remove: ask('cache remove') },
      exports: { list: async () => [], remove: ask('export remove') },
    },
    buckets: {
      describe: async () => ({ versioned: { own: true, other: true }, replicates: true, lag: null }),
    },
    inventory: { own: inventory(), other: inventory() },
    ...rest,
    objects: { own: new FakeObjects(), other: new FakeObjects() },
    asked,
  };
}
