import fc from 'fast-check';
import type { PlatformInput } from '../../lib/config/schema/platform';
import { slugs } from './arbitrary-names';

/** The parts of a platform that hold data; the services are made to fit them. */
export type DataParts = Pick<
  PlatformInput,
  'database' | 'cache' | 'queues' | 'buckets' | 'secrets' | 'backup'
>;

/** Names that mean something to Holdfast itself. */
const TAKEN = [
  'logs',
  'archive',
  'cache-exports',
  'database',
  'database-owner',
  'database-agent',
  'database-archive',
  'database-monitor',
  'cache',
  'external-login',
];
const names = (max: number) => slugs(max).filter((name) => !TAKEN.includes(name));
/** A secret whose name ends like an ARN would not be found. */
const secretNames = names(20).filter((name) => !/-([a-z0-9]{6}|queue)$/.test(name));

const size = fc.oneof(
  fc.record(
    { cpu: fc.constantFrom(1, 2, 3, 4, 16), memory: fc.constantFrom(2, 4, 8, 10, 64) },
    { requiredKeys: [] },
  ),
  fc.record({ class: fc.constantFrom('db.m7g.large', 'db.r8g.xlarge') }),
);

const managed = fc
  .record({
    size,
    standby: fc.option(size, { nil: undefined }),
    storage: fc.constantFrom(undefined, { gib: 20 }, { gib: 100, maxGib: 110 }, { maxGib: 1000 }),
    options: fc.record(
      {
        version: fc.constantFrom('15.12', '16.8', '17.6'),
        extensions: fc.subarray(['pg_trgm', 'uuid-ossp', 'vector']),
        parameters: fc.constantFrom({}, { work_mem: '8192' }),
        retentionDays: fc.integer({ min: 1, max: 35 }),
        readReplicas: fc.integer({ min: 0, max: 3 }),
        fence: fc.constantFrom('statements' as const, 'sessions' as const),
      },
      { requiredKeys: [] },
    ),
  })
  .map(({ size: home, standby, storage, options }) => ({ ...options, ...home, standby, storage }));

const external = fc.constant({
  kind: 'external' as const,
  host: 'db.example.org',
  name: 'app',
  cidr: '203.0.113.0/24',
  secret: 'external-login',
});

const cache = fc.record(
  {
    version: fc.constantFrom('7.2' as const, '8.0' as const),
    replicas: fc.integer({ min: 1, max: 3 }),
    standbyReplicas: fc.integer({ min: 0, max: 2 }),
    snapshotEveryMinutes: fc.constantFrom(15, 60, 240),
  },
  { requiredKeys: [] },
);

const queue = fc.oneof(
  fc.constant({ engine: 'sqs' as const }),
  fc.constant({ engine: 'rabbitmq' as const, version: '4.2' as const }),
);

const bucket = fc.record(
  { replicate: fc.boolean(), expireDays: fc.constant(90), infrequentAccessDays: fc.constant(30) },
  { requiredKeys: [] },
);

const secret = fc.oneof(
  fc.constant({ description: 'Set by a person' }),
  fc.record({
    description: fc.constant('Generated'),
    generate: fc.constant(true),
    rotateDays: fc.constant(30),
  }),
);

const keep = fc.record(
  { daily: fc.constantFrom(1, 30), weekly: fc.constantFrom(0, 4), monthly: fc.constantFrom(0, 12) },
  { requiredKeys: [] },
);

/** Settings that any platform may have, and those that ask for a managed database. */
const anyBackup = fc.record(
  {
    schedules: fc.constantFrom<NonNullable<NonNullable<PlatformInput['backup']>['schedules']>>(
      { nightly: { at: '02:00', covers: ['configuration'] } },
      {
        early: { at: '05:30', covers: ['configuration'] },
        late: { at: '23:59', covers: ['configuration'] },
      },
    ),
    keep,
    restoreDrill: fc.constantFrom('monthly' as const, 'weekly' as const),
  },
  { requiredKeys: [] },
);
const databaseBackup = fc.record(
  {
    archive: fc.oneof(
      fc.boolean(),
      fc.record(
        {
          enabled: fc.boolean(),
          mode: fc.constantFrom('drain' as const, 'stream' as const, 'service' as const),
          keylessTables: fc.constantFrom('refuse' as const, 'full' as const),
          lockDays: fc.integer({ min: 1, max: 60 }),
          keepDays: fc.constantFrom(60, 400),
        },
        { requiredKeys: [] },
      ),
    ),
    vaultLock: fc.boolean(),
    checks: fc.constantFrom(
      {},
      { filled: { sql: 'select 1 from orders' }, sound: { sql: 'table faults', expect: 'none' } },
    ),
  },
  { requiredKeys: [] },
);

/** Data parts in all combinations, each absent now and then. */
export function dataParts(): fc.Arbitrary<DataParts> {
  return fc
    .record({
      database: fc.oneof(
        { weight: 3, arbitrary: managed },
        { weight: 1, arbitrary: external },
        fc.constant(undefined),
      ),
      cache: fc.option(cache, { nil: undefined }),
      queues: fc.dictionary(slugs(20), queue, { maxKeys: 2 }),
      buckets: fc.dictionary(names(16), bucket, { maxKeys: 3 }),
      secrets: fc.dictionary(secretNames, secret, { maxKeys: 3 }),
      anyBackup,
      databaseBackup,
    })
    .map(({ anyBackup: backup, databaseBackup: more, ...parts }) => ({
      ...parts,
      backup: { ...backup, ...(parts.database && !('kind' in parts.database) ? more : {}) },
      secrets: {
        ...parts.secrets,
        ...(parts.database && 'kind' in parts.database
          ? { 'external-login': { description: 'Login of the external database' } }
          : {}),
      },
    })) as fc.Arbitrary<DataParts>;
}
