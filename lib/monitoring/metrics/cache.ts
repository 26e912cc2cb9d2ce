import type { Series, SeriesKind } from './series-types';

const cache = (
  name: string,
  kind: SeriesKind,
  unit: string,
  meaning: string,
  labels: string[] = [],
): Series => ({
  name: `redis_${name}`,
  kind,
  source: 'cache',
  labels: ['job', ...labels],
  unit,
  meaning,
});

/**
 * What redis_exporter 1.88 reads of the primary of the region's cache, out of `INFO`: ElastiCache forbids `CONFIG`.
 * https://github.com/oliver006/redis_exporter
 */
export const CACHE: readonly Series[] = [
  cache('up', 'gauge', '1', '1 if the exporter could log in.'),
  cache('uptime_in_seconds', 'gauge', 'seconds', 'Time since the node started.'),
  cache('memory_used_bytes', 'gauge', 'bytes', 'Memory in use.'),
  cache('memory_max_bytes', 'gauge', 'bytes', 'Memory that data may take before keys are evicted.'),
  cache('mem_fragmentation_ratio', 'gauge', 'ratio', 'Memory taken of the system for each byte in use.'),
  cache('keyspace_hits_total', 'counter', 'lookups', 'Lookups that found their key.'),
  cache('keyspace_misses_total', 'counter', 'lookups', 'Lookups that did not.'),
  cache('evicted_keys_total', 'counter', 'keys', 'Keys removed because memory was full.'),
  cache('expired_keys_total', 'counter', 'keys', 'Keys whose time was up.'),
  cache('connected_clients', 'gauge', 'connections', 'Clients connected.'),
  cache('blocked_clients', 'gauge', 'connections', 'Clients that wait in a blocking call.'),
  cache(
    'rejected_connections_total',
    'counter',
    'connections',
    'Clients refused because there were too many.',
  ),
  cache('commands_processed_total', 'counter', 'commands', 'Commands done.'),
  cache('connected_slaves', 'gauge', 'replicas', 'Replicas that follow the primary.'),
  cache('db_keys', 'gauge', 'keys', 'Keys in a database.', ['db']),
];
