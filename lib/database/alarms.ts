import { Construct } from 'constructs';
import { databaseIdentifier } from '../config/names';
import type { ManagedDatabase, Platform } from '../config/platform';
import { type Alarm, makeAlarms } from '../monitoring/cloudwatch/alarm';

export interface DatabaseAlarmsProps {
  readonly platform: Platform;
  readonly database: ManagedDatabase;
}

const MINUTE = 60;
const GIB = 1024 ** 3;
/** RDS makes the volume larger below 10 %, but at most every six hours and up to `storage.maxGib`. */
const STORAGE_WARNING = 0.1;
/** PostgreSQL stops when nothing is left. */
const STORAGE_LAST = 0.03;
const MEMORY_LEFT_MIB = 200;
const CONNECTIONS_SHARE = 0.9;
const DISK_QUEUE = 30;
/** PostgreSQL refuses writes at 2^31 transactions, less three million. */
const TRANSACTION_IDS = 1_000_000_000;

/**
 * @returns the alarms on the database of a region; the identifier is the same in both, and outlives a failback. A database
 * that is away reports nothing: leadership tells of that.
 */
export function databaseAlarms({ platform, database }: DatabaseAlarmsProps): Alarm[] {
  const own = {
    namespace: 'AWS/RDS',
    dimensions: { DBInstanceIdentifier: databaseIdentifier(platform) },
    runbook: 'cloudwatch-alarms',
    urgency: 'morning',
    silence: 'told-elsewhere',
    periodSeconds: MINUTE,
  } as const;
  const held = { periods: 15, of: 15 } as const;
  const bytes = database.storage.gib * GIB;
  return [
    {
      ...own,
      name: 'database-storage-low',
      says: 'The volume of the database has less than a tenth left, and RDS makes it larger only up to database.storage.maxGib and once in six hours. Look what grows: tables, the log that a slot keeps, or temporary files.',
      metric: 'FreeStorageSpace',
      statistic: 'Minimum',
      periods: 5,
      of: 5,
      threshold: Math.floor(bytes * STORAGE_WARNING),
      below: true,
    },
    {
      ...own,
      name: 'database-storage-last',
      says: 'The volume of the database is nearly full: PostgreSQL stops when it is, and takes no writes. Look at pg_replication_slots first; raise database.storage.maxGib, and drop what can be made again.',
      urgency: 'page',
      metric: 'FreeStorageSpace',
      statistic: 'Minimum',
      periods: 3,
      of: 3,
      threshold: Math.floor(bytes * STORAGE_LAST),
      below: true,
    },
    {
      ...own,
      ...held,
      name: 'database-cpu',
      says: 'The database has used 90 % of its CPU for a quarter of an hour. Look in Performance Insights which statement takes it.',
      metric: 'CPUUtilization',
      statistic: 'Average',
      threshold: 90,
    },
    {
      ...own,
      ...held,
      name: 'database-memory',
      says: `Less than ${MEMORY_LEFT_MIB} MiB of the memory of the database are free: it will swap, or be killed. Look at the number of connections and at work_mem.`,
      metric: 'FreeableMemory',
      statistic: 'Minimum',
      threshold: MEMORY_LEFT_MIB * 1024 ** 2,
      below: true,
    },
    {
      ...own,
      name: 'database-connections',
      says: 'Nine of ten connections of the database are taken; when all are, services get errors. Look in pg_stat_activity who holds them, and whether more tasks run than the pool was made for.',
      urgency: 'page',
      metric: 'DatabaseConnections',
      statistic: 'Maximum',
      periods: 3,
      of: 3,
      threshold: Math.floor(database.pool.maxConnections * CONNECTIONS_SHARE),
    },
    {
      ...own,
      ...held,
      name: 'database-disk-queue',
      says: `More than ${DISK_QUEUE} reads and writes wait for the volume of the database all the time. Look in Performance Insights which statement reads so much; the volume may need more IOPS.`,
      metric: 'DiskQueueDepth',
      statistic: 'Average',
      threshold: DISK_QUEUE,
    },
    {
      ...own,
      name: 'database-replica-lag',
      says: 'The replica has been further behind than a takeover allows for ten minutes: this region could not take over without loss. Look at the write rate of the other region and at the CPU of the replica.',
      // A writer has no such metric.
      silence: 'nothing-happened',
      metric: 'ReplicaLag',
      statistic: 'Maximum',
      periods: 10,
      of: 15,
      threshold: platform.leadership.lagGateSeconds,
    },
    {
      ...own,
      name: 'database-transaction-ids',
      says: 'Half of the transaction ids of the database are used up without a vacuum of everything; at the end it refuses writes. Look in pg_stat_activity and pg_replication_slots what keeps autovacuum from freezing.',
      metric: 'MaximumUsedTransactionIDs',
      statistic: 'Maximum',
      periods: 5,
      of: 5,
      threshold: TRANSACTION_IDS,
    },
  ];
}

/** Alarms on the database of a region. Not in the stack with the data, which no change of a bound should touch. */
export class DatabaseAlarms extends Construct {
  constructor(scope: Construct, id: string, props: DatabaseAlarmsProps) {
    super(scope, id);
    makeAlarms(this, props, databaseAlarms(props));
  }
}
