import { OWN_BUCKETS } from '../../config/names';
import type { PlatformInput } from '../../config/schema/platform';
import type { ComposeService } from '../project';
import { databaseOf, type FoundDatabase } from './database';
import { Names } from './names';
import type { Scene } from './scene';
import { servicesOf } from './scene';

/** The managed parts that containers with data become. */
export interface DataParts {
  readonly database: FoundDatabase | undefined;
  /** The container that the cache stands for. */
  readonly cache: ComposeService | undefined;
  readonly cacheInput: PlatformInput['cache'];
  /** Names of the queues, by the names of their containers. */
  readonly queues: ReadonlyMap<string, string>;
  /** Names of the buckets; empty if there is no object storage. */
  readonly buckets: readonly string[];
}

/** Finds database, cache, queues and buckets of a project. */
export function dataParts(scene: Scene): DataParts {
  const [cache, ...otherCaches] = servicesOf(scene, 'cache');
  for (const other of otherCaches) {
    scene.report.changed(
      other.path,
      `${other.name} shares one cache with ${cache?.name}`,
      'a platform has one cache.',
      'Give the keys of each its own prefix.',
    );
  }
  return {
    database: databaseOf(scene),
    cache,
    cacheInput: cache && cacheInput(scene, cache),
    queues: queuesOf(scene),
    buckets: bucketsOf(scene),
  };
}

const EVICTIONS = [
  'noeviction',
  'allkeys-lru',
  'allkeys-lfu',
  'volatile-lru',
  'volatile-lfu',
  'volatile-ttl',
] as const;

function cacheInput({ report }: Scene, service: ComposeService): NonNullable<PlatformInput['cache']> {
  report.changed(
    service.path,
    'becomes the cache, ElastiCache for Valkey',
    'it asks for TLS and a password; each region has its own, so its contents do not cross.',
    'Connect to CACHE_HOST and CACHE_PORT with TLS and the password.',
  );
  const words = service.command ?? [];
  const policy = words[words.indexOf('--maxmemory-policy') + 1];
  const evictionPolicy = EVICTIONS.find((one) => one === policy);
  if (words.includes('--appendonly')) {
    report.changed(
      [...service.path, 'command'],
      'the append-only file',
      'ElastiCache keeps snapshots and a replica in place of it.',
      'What must not be lost belongs into the database.',
    );
  }
  return evictionPolicy ? { evictionPolicy } : {};
}

function queuesOf(scene: Scene): Map<string, string> {
  const names = new Names(40, 'queue');
  return new Map(
    servicesOf(scene, 'queue').map((service) => {
      const name = names.give(service.name);
      scene.report.changed(
        service.path,
        `becomes the queue ${name}, Amazon MQ for RabbitMQ`,
        'three nodes over three zones; each region has its own.',
        'Users, exchanges and queues are made by the application.',
      );
      return [service.name, name];
    }),
  );
}

/** Names of the buckets: what the services call them, what is made at the start, else one. */
function bucketsOf(scene: Scene): string[] {
  const stores = servicesOf(scene, 'bucket');
  if (stores.length === 0) return [];
  const told = [...scene.project.services.values()].flatMap((service) => [
    ...[...service.environment]
      .filter(([name]) => /(^|_)BUCKETS?(_NAME)?$/.test(name) || name === 'MINIO_DEFAULT_BUCKETS')
      .flatMap(([, { value }]) => value?.split(/[,;\s]+/) ?? []),
    ...madeBuckets([...(service.entrypoint ?? []), ...(service.command ?? [])].join(' ')),
  ]);
  const names = new Names(16, 'objects', Object.values(OWN_BUCKETS));
  const buckets = [...new Set(told.filter((name) => name !== ''))].map((name) => names.give(name));
  for (const store of stores) {
    scene.report.changed(
      store.path,
      `becomes ${buckets.length > 1 ? 'the buckets' : 'the bucket'} ${buckets.join(', ') || 'objects'} in S3`,
      'a task reaches S3 by its role, without keys, under names of its own in each region.',
      'Read the name from BUCKET_<NAME>; leave endpoint and keys out of the client.',
    );
    if (buckets.length === 0)
      scene.report.guessed(
        store.path,
        'one bucket, objects',
        'no variable names one.',
        'Rename it, or add others.',
      );
  }
  return buckets.length > 0 ? buckets : ['objects'];
}

/** `mc mb [-p] alias/name` */
const madeBuckets = (text: string): string[] =>
  [...text.matchAll(/\bmc\s+mb\s+(?:-{1,2}[\w-]+\s+)*[\w-]+\/([\w.-]+)/g)].flatMap(([, name]) => name ?? []);
