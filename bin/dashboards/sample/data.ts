import { sqsIdentifiers } from '../../../lib/config/names';
import { isProtected, lag, leads, noise, PROTECTED, strain, traffic } from './day';
import { about, inRegion, type Place, type Sampled } from './sampled';

/** What the exporters say of database, cache and queues. */
export const dataSeries = (place: Place): Sampled[] => [
  ...databaseSeries(place),
  ...cacheSeries(place),
  ...queueSeries(place),
];

const GIB = 1024 ** 3;
const CLOUDWATCH = { job: 'cloudwatch' };
const LOCKS = { AccessShareLock: 24, RowExclusiveLock: 9, ExclusiveLock: 1 };
const SESSIONS = { active: 7, idle: 38, 'idle in transaction': 2 };
const STATEMENTS = { '4471102': 0.31, '-8120037': 0.18, '77120934': 0.07 };

function databaseSeries(place: Place): Sampled[] {
  const { platform, role } = place;
  const { database } = platform;
  if (database?.kind !== 'managed') return [];
  const { gauge, counter } = inRegion(place);
  const job = { job: 'postgres' };
  const own = { ...job, datname: database.name };
  const isReplica = (at: number) => !leads(role, at);
  const load = (at: number) => traffic(role, at);
  const rds = (name: string, value: (at: number) => number | undefined) =>
    gauge(`aws_rds_${name}`, { ...CLOUDWATCH, database: `${platform.name}-db` }, value);
  const perSecond = (name: string, value: (at: number) => number) =>
    counter(`pg_stat_database_${name}`, { ...own, datid: '16401' }, value);
  return [
    gauge('pg_up', job, () => 1),
    gauge('pg_settings_max_connections', job, () => database.pool.maxConnections),
    gauge('pg_stat_database_numbackends', { ...own, datid: '16401' }, (at) => Math.round(14 + 60 * load(at))),
    gauge('pg_replication_is_replica', job, (at) => (isReplica(at) ? 1 : 0)),
    gauge('pg_replication_lag_seconds', job, (at) =>
      isReplica(at) && isProtected(at) ? lag(at, noise('replay', at)) : 0,
    ),
    gauge('pg_database_size_bytes', own, (at) => 31 * GIB + at * 600_000),
    gauge('pg_database_wraparound_age_datfrozenxid_seconds', own, (at) => 141e6 + at * 9_000),
    ...Object.entries(SESSIONS).map(([state, count]) =>
      gauge(
        'pg_stat_activity_count',
        { ...own, state, usename: 'app', backend_type: 'client backend' },
        (at) => Math.round(about(state, count * (0.2 + load(at)), at, 0.3)),
      ),
    ),
    gauge('pg_stat_activity_max_tx_duration', { ...own, state: 'active', usename: 'app' }, (at) =>
      about('oldest', 3 + 40 * strain(role, at), at, 0.6),
    ),
    gauge('pg_stat_activity_max_tx_duration', { ...own, state: 'active', usename: 'reports' }, (at) =>
      at >= 120 && at < 145 ? 60 * (at - 120) : 0,
    ),
    ...Object.entries(LOCKS).map(([mode, count]) =>
      gauge('pg_locks_count', { ...own, mode }, (at) =>
        Math.round(about(mode, count * (0.2 + load(at)), at, 0.4)),
      ),
    ),
    perSecond('xact_commit', (at) => 20 + 900 * load(at)),
    perSecond('xact_rollback', (at) => 0.2 + 6 * load(at) + 20 * strain(role, at)),
    perSecond('blks_hit', (at) => 1_000 + 160_000 * load(at)),
    perSecond('blks_read', (at) => 20 + 500 * load(at) + 9_000 * strain(role, at)),
    perSecond('deadlocks', (at) => (noise('deadlock', at) > 0.996 ? 1 / 120 : 0)),
    perSecond('active_time_seconds_total', (at) => 0.2 + 3 * load(at)),
    ...Object.entries(STATEMENTS).flatMap(([queryid, seconds]) => [
      counter('pg_stat_statements_calls_total', { ...own, user: 'app', queryid }, (at) => 5 + 300 * load(at)),
      counter(
        'pg_stat_statements_seconds_total',
        { ...own, user: 'app', queryid },
        (at) => seconds * (0.05 + load(at) + 2 * strain(role, at)),
      ),
    ]),
    rds('cpuutilization_average', (at) => about(`db ${role}`, 6 + 44 * load(at) + 35 * strain(role, at), at)),
    rds('freeable_memory_minimum', (at) => about(`free ${role}`, 6.2 * GIB, at, 0.02)),
    rds('disk_queue_depth_average', (at) =>
      about(`queue ${role}`, 0.2 + load(at) + 6 * strain(role, at), at, 0.3),
    ),
    rds('free_storage_space_minimum', (at) => 66 * GIB - at * 700_000),
    rds('replica_lag_maximum', (at) =>
      isReplica(at) && at < PROTECTED === isProtected(at) ? lag(at, noise('rds', at)) : undefined,
    ),
  ];
}

function cacheSeries(place: Place): Sampled[] {
  const { platform, role } = place;
  if (!platform.cache) return [];
  const { gauge, counter } = inRegion(place);
  const job = { job: 'cache' };
  const load = (at: number) => traffic(role, at);
  const node = (name: string, value: (at: number) => number) =>
    gauge(`aws_elasticache_${name}`, { ...CLOUDWATCH, cache: `${platform.name}-cache-001` }, value);
  // Until it has warmed up, most lookups find nothing.
  const found = (at: number) => 0.95 - 0.75 * strain(role, at);
  return [
    gauge('redis_up', job, () => 1),
    gauge('redis_memory_used_bytes', job, (at) =>
      about(`cache ${role}`, 2.1 * GIB * (leads(role, at) ? 1 - 0.7 * strain(role, at) : 0.05), at, 0.02),
    ),
    gauge('redis_memory_max_bytes', job, () => 4.8 * GIB),
    gauge('redis_connected_clients', job, (at) => Math.round(8 + 70 * load(at))),
    gauge('redis_blocked_clients', job, () => 0),
    gauge('redis_connected_slaves', job, () => platform.cache?.replicas[role] ?? 0),
    counter('redis_keyspace_hits_total', job, (at) => 10 + 4_000 * load(at) * found(at)),
    counter('redis_keyspace_misses_total', job, (at) => 1 + 4_000 * load(at) * (1 - found(at))),
    counter('redis_evicted_keys_total', job, () => 0),
    counter('redis_commands_processed_total', job, (at) => 20 + 6_500 * load(at)),
    node('engine_cpuutilization_maximum', (at) => about(`engine ${role}`, 2 + 24 * load(at), at)),
    node('replication_lag_maximum', (at) => about(`follows ${role}`, 0.3, at, 0.5)),
  ];
}

function queueSeries(place: Place): Sampled[] {
  const { platform, role } = place;
  const { gauge } = inRegion(place);
  return platform.queues.flatMap(({ name, engine }) => {
    const waiting = (at: number) =>
      Math.round(about(`${name} ${role}`, 60 * traffic(role, at) + 900 * strain(role, at), at, 0.4));
    if (engine === 'sqs') {
      const names = sqsIdentifiers(platform, name);
      const labels = { ...CLOUDWATCH, queue: names.queue };
      return [
        gauge(
          'aws_sqs_approximate_number_of_messages_visible_maximum',
          { ...CLOUDWATCH, queue: names.deadLetters },
          () => 0,
        ),
        gauge('aws_sqs_approximate_number_of_messages_visible_maximum', labels, waiting),
        gauge(
          'aws_sqs_approximate_age_of_oldest_message_maximum',
          labels,
          (at) => 2 + 200 * strain(role, at),
        ),
      ];
    }
    const broker = { ...CLOUDWATCH, broker: `${platform.name}-${name}` };
    const labels = { ...broker, queue: name };
    return [
      gauge('aws_amazonmq_message_ready_count_maximum', labels, waiting),
      gauge('aws_amazonmq_consumer_count_minimum', labels, (at) => (leads(role, at) ? 8 : 0)),
      gauge('aws_amazonmq_message_count_maximum', broker, (at) => 30 + waiting(at)),
      gauge('aws_amazonmq_rabbit_mqmem_used_maximum', broker, (at) => 2.4e9 + 2e5 * waiting(at)),
      gauge('aws_amazonmq_rabbit_mqmem_limit_maximum', broker, () => 9.6e9),
      gauge('aws_amazonmq_rabbit_mqdisk_free_minimum', broker, (at) => 1.9e11 - 1e5 * waiting(at)),
      gauge('aws_amazonmq_rabbit_mqdisk_free_limit_maximum', broker, () => 1.2e10),
    ];
  });
}
