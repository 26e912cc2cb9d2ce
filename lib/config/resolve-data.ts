import { named } from './canonical';
import type { Cache, ExternalDatabase, ManagedDatabase, Queue } from './platform';
import type { PlatformDocument } from './schema/platform';
import { DATABASE_CLASSES, databaseClass, SIZES } from './sizes';

type DatabaseDocument = NonNullable<PlatformDocument['database']>;
export type ManagedDatabaseDocument = Extract<DatabaseDocument, { kind: 'managed' }>;

/** Size that a file asks of an instance: a class by name, or vCPU and GiB. */
export type AskedInstance = { readonly class: string } | { readonly cpu: number; readonly memory: number };

/** The sizes of both sides with the defaults of the preset; the standby takes from home what it does not say. */
export function askedInstances(
  document: PlatformDocument,
  database: ManagedDatabaseDocument,
): { home: AskedInstance; standby: AskedInstance } {
  const preset = SIZES[document.size].database;
  const home: AskedInstance = database.class
    ? { class: database.class }
    : { cpu: database.cpu ?? preset.cpu, memory: database.memory ?? preset.memoryGib };
  const other = database.standby;
  if (other?.class) return { home, standby: { class: other.class } };
  if (other?.cpu === undefined && other?.memory === undefined) return { home, standby: home };
  const like = 'class' in home ? { cpu: preset.cpu, memory: preset.memoryGib } : home;
  return { home, standby: { cpu: other.cpu ?? like.cpu, memory: other.memory ?? like.memory } };
}

/**
 * @param notes gets one sentence for each value that AWS does not have
 * @throws RangeError if no class is large enough; the rules refuse such a file before
 */
export function resolveDatabase(
  document: PlatformDocument,
  notes: string[],
): ManagedDatabase | ExternalDatabase | undefined {
  const { database } = document;
  if (!database) return undefined;
  if (database.kind === 'external') {
    notes.push(
      'database: it is external, so Holdfast moves traffic only; what keeps it from having two writers is up to you.',
    );
    return database;
  }
  const preset = SIZES[document.size].database;
  const asked = askedInstances(document, database);
  const { cpu: _cpu, memory: _memory, class: _class, standby, storage, pool, ...rest } = database;
  const gib = storage.gib ?? preset.storageGib;
  const choose = (path: string, wanted: AskedInstance) =>
    instanceClass(path, wanted, preset.burstable, notes);
  const home = choose('database', asked.home);
  return {
    ...rest,
    major: Number.parseInt(database.version, 10),
    instanceClass: {
      home,
      standby: asked.standby === asked.home ? home : choose('database.standby', asked.standby),
    },
    multiAz: { home: true, standby: standby?.multiAz ?? false },
    storage: { gib, maxGib: storage.maxGib ?? Math.min(65_536, 4 * gib) },
    pool: { ...pool, maxConnections: pool.maxConnections ?? preset.maxConnections },
  };
}

function instanceClass(path: string, asked: AskedInstance, burstable: boolean, notes: string[]): string {
  if ('class' in asked) return asked.class;
  const found = databaseClass(asked.cpu, asked.memory, burstable);
  if (!found) throw new RangeError(`${path}: no class has ${asked.cpu} vCPU with ${asked.memory} GiB.`);
  if (found.cpu !== asked.cpu || found.memoryGib !== asked.memory) {
    const same = DATABASE_CLASSES.find((c) => c.cpu === asked.cpu && c.memoryGib === asked.memory);
    const reason = same
      ? `${same.name} has ${asked.cpu} vCPU with ${asked.memory} GiB, but only on CPU credits`
      : `RDS has no PostgreSQL class of ${asked.cpu} vCPU with ${asked.memory} GiB`;
    notes.push(`${path}: ${reason}; it gets ${found.name} (${found.cpu} vCPU, ${found.memoryGib} GiB).`);
  }
  return found.name;
}

/**
 * ElastiCache takes at most so many snapshots of each node by hand in 24 hours, one of which is left to a person.
 * https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/backups.html#backups-constraints
 */
const SNAPSHOTS_PER_NODE_A_DAY = 20;
const MINUTES_A_DAY = 24 * 60;

/** @returns the shortest interval of snapshots, in minutes, that the nodes of a cache can keep up in turns */
const shortestMinutes = (replicas: number): number =>
  Math.ceil(MINUTES_A_DAY / ((SNAPSHOTS_PER_NODE_A_DAY - 1) * (replicas + 1)));

/** @param notes gets one sentence if snapshots are asked for more often than the service allows */
export function resolveCache(document: PlatformDocument, notes: string[]): Cache | undefined {
  const { cache } = document;
  if (!cache) return undefined;
  const { nodeClass, replicas, standbyReplicas, snapshotEveryMinutes, ...rest } = cache;
  const every = (count: number) => Math.max(snapshotEveryMinutes, shortestMinutes(count));
  const [home, standby] = [every(replicas), every(standbyReplicas)];
  if (home > snapshotEveryMinutes || standby > snapshotEveryMinutes) {
    notes.push(
      `cache: snapshots every ${snapshotEveryMinutes} minutes cannot be had everywhere, ElastiCache allows ${SNAPSHOTS_PER_NODE_A_DAY} a day of each node; the nearest is every ${home} minutes at home and every ${standby} in the standby.`,
    );
  }
  return {
    ...rest,
    nodeClass: nodeClass ?? SIZES[document.size].cacheNodeClass,
    replicas: { home: replicas, standby: standbyReplicas },
    snapshotEveryMinutes: home,
  };
}

/** @returns the queues, sorted by name; a broker that names no class gets that of the size */
export function resolveQueues(document: PlatformDocument): Queue[] {
  const { brokerClass } = SIZES[document.size];
  return named(document.queues).map((queue) =>
    queue.engine === 'rabbitmq' ? { ...queue, instanceClass: queue.instanceClass ?? brokerClass } : queue,
  );
}
