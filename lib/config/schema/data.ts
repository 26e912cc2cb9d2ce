import { z } from 'zod';
import { dnsName, port, seconds, slug } from './primitives';

const vcpuAndMemory = {
  cpu: z
    .number()
    .min(1)
    .max(96)
    .optional()
    .describe('vCPU; the smallest class that has both is taken. Default by size: 2, 2, 4.'),
  memory: z.int().min(1).max(768).optional().describe('GiB. Default by size: 4, 8, 16.'),
  class: z
    .string()
    .regex(/^db\.[a-z0-9]+\.[a-z0-9]+$/, 'an RDS instance class, for example db.m7g.large')
    .optional()
    .describe('Instance class, instead of cpu and memory.'),
};

const managedDatabase = z.strictObject({
  kind: z
    .literal('managed')
    .default('managed')
    .describe('RDS for PostgreSQL, Multi-AZ at home, replicated to the standby region.'),
  version: z
    .string()
    .regex(/^1[5-8]\.\d{1,2}$/, 'a PostgreSQL version with its minor, for example "17.6"')
    .default('17.6')
    .describe('Equal in both regions.'),
  name: z
    .string()
    .regex(/^[a-z][a-z0-9_]{0,62}$/, 'a name of a database')
    .default('app')
    .describe('Database of the application.'),
  ...vcpuAndMemory,
  standby: z
    .strictObject({
      ...vcpuAndMemory,
      multiAz: z.boolean().default(false).describe('A spare in a second zone also before a failover.'),
    })
    .optional()
    .describe('Size of the cross-region replica. Default: the same as home.'),
  storage: z
    .strictObject({
      gib: z.int().min(20).max(65_536).optional().describe('Default by size: 50, 100, 400.'),
      maxGib: z
        .int()
        .min(22)
        .max(65_536)
        .optional()
        .describe('Grows by itself up to this. Default: four times gib.'),
    })
    .prefault({})
    .describe('gp3 volume.'),
  pool: z
    .strictObject({
      maxConnections: z
        .int()
        .min(50)
        .max(10_000)
        .optional()
        .describe(
          'max_connections, the same on both sides; a change restarts the database. Default by size: 200, 400, 800.',
        ),
      open: z
        .int()
        .min(1)
        .max(1000)
        .default(10)
        .describe('Open connections of one task at most; the task finds it as DATABASE_POOL_OPEN.'),
      idle: z
        .int()
        .min(0)
        .max(1000)
        .default(2)
        .describe('Idle connections of one task at most; DATABASE_POOL_IDLE.'),
      lifetimeSeconds: seconds(10, 86_400)
        .default(3600)
        .describe('Longest life of a connection; DATABASE_POOL_LIFETIME_SECONDS.'),
    })
    .prefault({})
    .describe('Connections. All tasks together must fit, with those that a deployment adds.'),
  extensions: z
    .array(z.string().regex(/^[a-z][a-z0-9_-]*$/, 'name of an extension, for example pg_trgm'))
    .default([])
    .describe('Extensions of the application, among those that RDS offers.'),
  parameters: z
    .record(z.string().regex(/^[a-z][a-z0-9_.]*$/, 'name of a PostgreSQL setting'), z.string())
    .default({})
    .describe(
      'Further settings. A change restarts the database. Those that replication and fencing rest on cannot be set here.',
    ),
  slowQueryMilliseconds: z.int().min(1).max(60_000).default(500).describe('Longer statements are logged.'),
  retentionDays: z.int().min(1).max(35).default(7).describe('Point-in-time restore reaches back this far.'),
  readReplicas: z.int().min(0).max(5).default(0).describe('Extra replicas for reads, in the home region.'),
  fence: z
    .enum(['statements', 'sessions'])
    .default('statements')
    .describe(
      'statements: each write checks the lease (single-row inserts take 1.2 times as long; docs/measurements.md). sessions: logins and sessions only.',
    ),
});

const externalDatabase = z.strictObject({
  kind: z
    .literal('external')
    .describe('A database that Holdfast does not run. It moves traffic only and fences nothing.'),
  host: dnsName.describe('Name that tasks connect to.'),
  port: port.default(5432).describe('TCP port.'),
  name: z
    .string()
    .regex(/^[a-z][a-z0-9_]{0,62}$/, 'a name of a database')
    .describe('Database of the application.'),
  cidr: z
    .string()
    .regex(/^(\d{1,3}\.){3}\d{1,3}\/\d{1,2}$/, 'an IPv4 block, for example 203.0.113.10/32')
    .describe('Addresses it lives at; on its port tasks may connect to these and to nothing else.'),
  secret: slug(40).describe('Secret with username and password.'),
});

export const database = z.discriminatedUnion('kind', [managedDatabase, externalDatabase]);

export const cache = z.strictObject({
  version: z.enum(['7.2', '8.0', '8.1']).default('8.0').describe('Valkey version.'),
  nodeClass: z
    .string()
    .regex(/^cache\.[a-z0-9]+\.[a-z0-9]+$/, 'an ElastiCache node type, for example cache.m7g.large')
    .optional()
    .describe('Default by size: cache.t4g.small, cache.t4g.medium, cache.m7g.large.'),
  replicas: z.int().min(1).max(5).default(2).describe('Beside the primary, in other zones.'),
  standbyReplicas: z.int().min(0).max(5).default(1).describe('In the standby region.'),
  evictionPolicy: z
    .enum(['noeviction', 'allkeys-lru', 'allkeys-lfu', 'volatile-lru', 'volatile-lfu', 'volatile-ttl'])
    .default('volatile-lru')
    .describe('What goes first when the memory is full.'),
  snapshotRetentionDays: z.int().min(1).max(35).default(7).describe('Snapshots are kept this long.'),
  snapshotEveryMinutes: z
    .int()
    .min(15)
    .max(1440)
    .default(60)
    .describe(
      'Snapshots beside the daily one of the service, exported to S3. ElastiCache allows 20 a day of each node: the nodes take turns, and synth says what cannot be had.',
    ),
});

export const queue = z.discriminatedUnion('engine', [
  z.strictObject({
    engine: z
      .literal('rabbitmq')
      .describe('A broker of Amazon MQ in each region, three nodes over three zones.'),
    version: z.enum(['3.13', '4.2']).default('3.13').describe('RabbitMQ version.'),
    instanceClass: z
      .string()
      .regex(/^mq\.[a-z0-9]+\.[a-z0-9]+$/, 'an Amazon MQ instance type, for example mq.m7g.large')
      .optional()
      .describe('Of each of the three nodes. Default by size: mq.m7g.medium, mq.m7g.large, mq.m7g.large.'),
  }),
  z.strictObject({
    engine: z.literal('sqs').describe('Amazon SQS in each region, with a dead-letter queue.'),
    visibilitySeconds: seconds(0, 43_200)
      .default(60)
      .describe('A message that is not deleted within this is delivered again.'),
    maxReceives: z
      .int()
      .min(1)
      .max(1000)
      .default(5)
      .describe('Then a message goes to the dead-letter queue.'),
  }),
]);

export const bucket = z.strictObject({
  replicate: z.boolean().default(true).describe('Both ways to the other region.'),
  noncurrentDays: z
    .int()
    .min(1)
    .max(3650)
    .default(30)
    .describe('Overwritten and deleted versions are kept this long.'),
  expireDays: z.int().min(1).max(3650).optional().describe('Objects are deleted after this. Default: never.'),
  infrequentAccessDays: z
    .int()
    .min(30)
    .max(3650)
    .optional()
    .describe('Objects move to a cheaper class after this.'),
});

export const secret = z.strictObject({
  description: z.string().min(1).max(400).describe('What it is for; a person who sets it reads this.'),
  generate: z
    .boolean()
    .default(false)
    .describe('A random value at first deployment. Otherwise a person sets it.'),
  rotateDays: z
    .int()
    .min(1)
    .max(365)
    .optional()
    .describe('Only with `generate`: a new random value this often.'),
});

export const configurationFile = z.strictObject({
  description: z.string().min(1).max(400).describe('What it is for.'),
  services: z.array(slug(24)).min(1).describe('Services that read it.'),
  path: z
    .string()
    .regex(/^\/[\w\-./]+$/, 'an absolute path')
    .describe(
      'Where it is in the container, read only. Its folder holds nothing but configuration files: what the image has there is hidden.',
    ),
});
