/**
 * Environment variables that Holdfast gives to the containers of a platform. A file may not set them itself. This is
 * the only place that knows the names.
 */
export const ENVIRONMENT = {
  /** Name of the platform. */
  platform: 'HOLDFAST_PLATFORM',
  /** AWS region in which the container runs. */
  region: 'HOLDFAST_REGION',
  /** `home` or `standby`: which of the two regions it is, not which one leads. */
  role: 'HOLDFAST_ROLE',
  databaseHost: 'DATABASE_HOST',
  databasePort: 'DATABASE_PORT',
  databaseName: 'DATABASE_NAME',
  /** Only with read replicas. */
  databaseReadHost: 'DATABASE_READ_HOST',
  /** All of them, comma-separated, as libpq takes several hosts. */
  databaseReadHosts: 'DATABASE_READ_HOSTS',
  /** Pool of one task, of a managed database: connections open at most, idle at most, and their longest life. */
  databasePoolOpen: 'DATABASE_POOL_OPEN',
  databasePoolIdle: 'DATABASE_POOL_IDLE',
  databasePoolLifetimeSeconds: 'DATABASE_POOL_LIFETIME_SECONDS',
  cacheHost: 'CACHE_HOST',
  cachePort: 'CACHE_PORT',
} as const;

/** Everything that starts so is ours, also what later versions add. */
const RESERVED_PREFIX = 'HOLDFAST_';

/** Variable with the name of a bucket in the container's own region: `BUCKET_USER_UPLOADS`. */
export const bucketVariable = (bucket: string): string =>
  `BUCKET_${bucket.toUpperCase().replaceAll('-', '_')}`;

const queueVariable = (queue: string, what: string): string =>
  `QUEUE_${queue.toUpperCase().replaceAll('-', '_')}_${what}`;
/** Variables with the address of a queue in the container's own region: the same names in both regions. */
export const queueVariables = (queue: string) => ({
  /** SQS: address of the queue. */
  url: queueVariable(queue, 'URL'),
  /** RabbitMQ: host and port of the broker, AMQP over TLS. */
  host: queueVariable(queue, 'HOST'),
  port: queueVariable(queue, 'PORT'),
});

/**
 * Whether a variable is one that Holdfast sets.
 * @param buckets names of the platform's buckets
 * @param queues names of its queues
 */
export function isReservedVariable(
  name: string,
  buckets: readonly string[],
  queues: readonly string[],
): boolean {
  return (
    name.startsWith(RESERVED_PREFIX) ||
    Object.values(ENVIRONMENT).some((reserved) => reserved === name) ||
    buckets.some((bucket) => bucketVariable(bucket) === name) ||
    queues.some((queue) => Object.values(queueVariables(queue)).includes(name))
  );
}
