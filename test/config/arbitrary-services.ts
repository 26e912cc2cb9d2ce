import fc from 'fast-check';
import { RESERVED_CONNECTIONS } from '../../lib/config/postgres';
import { derivedPriority } from '../../lib/config/priority';
import type { PlatformInput } from '../../lib/config/schema/platform';
import type { SizeName } from '../../lib/config/schema/primitives';
import { SIZES } from '../../lib/config/sizes';
import type { DataParts } from './arbitrary-data';
import { slugs } from './arbitrary-names';

/** What the pool must know of a service; the rest is plain data. */
interface Made {
  readonly secrets: Readonly<Record<string, string>>;
  readonly replicas: { readonly max?: number };
  readonly [key: string]: unknown;
}

interface Given {
  readonly domain: string;
  readonly size: SizeName;
  readonly data: DataParts;
}

const images = fc.constantFrom(
  'web:1.0.0',
  'team/api:2025-11-20',
  `web@sha256:${'0123456789abcdef'.repeat(4)}`,
  'public.ecr.aws/nginx/nginx:1.29',
  'quay.io/prometheus/busybox:latest',
  'ghcr.io/example/tool:2',
);

const scale = fc.record(
  {
    cpuPercent: fc.integer({ min: 10, max: 90 }),
    memoryPercent: fc.integer({ min: 10, max: 90 }),
    requestsPerSecond: fc.integer({ min: 1, max: 1000 }),
    scaleIn: fc.constantFrom({ stabilizationSeconds: 60 }, { percent: 10, replicas: 1 }),
  },
  { requiredKeys: ['cpuPercent'] },
);

const replicas = fc
  .record({
    min: fc.integer({ min: 1, max: 4 }),
    room: fc.integer({ min: 1, max: 6 }),
    standby: fc.integer({ min: 0, max: 2 }),
  })
  .chain(({ min, room, standby }) =>
    fc.constantFrom(
      {},
      { min, max: min + room, standby: Math.min(standby, min + room) },
      { min, desired: min + 1, max: min + room, available: min },
      { max: 10 + room },
    ),
  );

/** What any service may say; the rest depends on whether it has routes. */
const common = fc.record(
  {
    cpu: fc.constantFrom(0.25, 0.3, 0.5, 1, 2, 4, 16),
    memory: fc.constantFrom(128, 512, 1000, 2048, 4096, 30_000, 122_880),
    architecture: fc.constantFrom('x86_64' as const, 'arm64' as const),
    environment: fc.constantFrom({}, { APP_LOG_LEVEL: 'info' }),
    command: fc.constant(['run', '--fast']),
    stopSeconds: fc.integer({ min: 2, max: 120 }),
    container: fc.constantFrom(
      { user: 'root' },
      { readOnlyRoot: false },
      { writablePaths: ['/tmp', '/var/run'] },
    ),
    sharedFiles: fc.constant({ path: '/srv/shared' }),
    logRetentionDays: fc.constantFrom(7 as const, 30 as const, 365 as const),
    migration: fc.constant({ command: ['migrate'] }),
  },
  { requiredKeys: [] },
);

const routed = fc.record(
  {
    health: fc.constantFrom(
      { path: '/health' },
      { path: '/health', intervalSeconds: 10, timeoutSeconds: 3, graceSeconds: 0, port: 'admin' },
    ),
    scaling: scale,
    readiness: fc.constant({ path: '/ready' }),
    deepHealth: fc.constant({ path: '/health/deep' }),
    metrics: fc.constantFrom({}, { port: 'admin' }),
    stickiness: fc.constant({ seconds: 3600 }),
    drainSeconds: fc.integer({ min: 0, max: 3600 }),
    requestTimeoutSeconds: fc.integer({ min: 1, max: 4000 }),
    deployment: fc.constantFrom(
      { strategy: 'rolling' as const, surgePercent: 50 },
      { strategy: 'blue-green' as const },
      { strategy: 'canary' as const },
    ),
  },
  { requiredKeys: ['health'] },
);

const one = fc.record({
  image: images,
  common,
  replicas,
  routed: fc.option(routed, { nil: undefined }),
  everything: fc.boolean(),
  host: fc.constantFrom('none', 'label', 'domain'),
  explicit: fc.boolean(),
  backlog: fc.boolean(),
  runs: fc.constantFrom(undefined, 'leader' as const, 'everywhere' as const),
  wants: fc.record({ database: fc.boolean(), cache: fc.boolean(), others: fc.boolean() }),
});
type Drawn = typeof one extends fc.Arbitrary<infer T> ? T : never;

/** One to eight services that fit the data parts; `database.pool` is set so that all of them find a connection. */
export function services(given: Given): fc.Arbitrary<object> {
  return fc
    .tuple(
      fc.uniqueArray(slugs(24), { minLength: 1, maxLength: 8 }),
      fc.array(one, { minLength: 8, maxLength: 8 }),
    )
    .map(([names, drawn]) => {
      const made: Record<string, Made> = {};
      const taken = new Set<number>();
      for (const [i, name] of names.entries()) {
        const service = drawn[i];
        if (service) made[name] = build(name, i, service, given, taken);
      }
      return { services: made, ...withPool(made, given) };
    });
}

function build(name: string, index: number, drawn: Drawn, given: Given, taken: Set<number>): Made {
  const { data } = given;
  const queue = Object.keys(data.queues ?? {})[0];
  const base = {
    ...drawn.common,
    image: drawn.image,
    replicas: drawn.replicas,
    secrets: secretsFor(drawn, data),
    buckets: drawn.wants.others ? Object.keys(data.buckets ?? {}) : [],
    queues: drawn.wants.others && drawn.routed ? Object.keys(data.queues ?? {}) : [],
  };
  if (drawn.routed) {
    return {
      ...base,
      ...drawn.routed,
      ports: { http: 8080, admin: 9090 },
      routes: [routeOf(name, index, drawn, given.domain, taken)],
    };
  }
  const { standby: _, ...replicas } = drawn.replicas;
  if (drawn.backlog && queue !== undefined)
    return { ...base, replicas, scaling: { queue, backlogPerTask: 10 } };
  if (drawn.runs === 'everywhere') return { ...base, runs: drawn.runs };
  return { ...base, ...(drawn.runs ? { runs: drawn.runs } : {}), replicas };
}

function routeOf(name: string, index: number, drawn: Drawn, domain: string, taken: Set<number>): object {
  // The first service may have everything that no other one takes.
  const paths = index === 0 && drawn.everything ? ['/*'] : [`/${name}/*`, `/rest_/${name}`];
  const pattern = { paths, ...(index > 0 ? hostOf(name, drawn, domain) : {}) };
  const derived = derivedPriority(pattern);
  const priority = taken.has(derived) || (drawn.explicit && index > 0) ? { priority: 10 + index } : {};
  taken.add(derived);
  return { ...pattern, ...priority };
}

/** One label below the domain, and none of Holdfast's own: those have no `-web` at their end. */
function hostOf(name: string, { host }: Drawn, domain: string): { host?: string } {
  if (host === 'none') return {};
  return { host: host === 'domain' ? domain : `${name}-web.${domain}` };
}

function secretsFor({ wants }: Drawn, data: DataParts): Record<string, string> {
  const own = Object.entries(data.secrets ?? {}).map(([name, { generate }], i) => [
    `SECRET_${i}`,
    generate ? `${name}.value` : name,
  ]);
  const managed = data.database !== undefined && data.database.kind !== 'external';
  return {
    ...(wants.others ? Object.fromEntries(own) : {}),
    ...(wants.database && managed ? { DATABASE_USER: 'database.username', DATABASE_LOGIN: 'database' } : {}),
    ...(wants.cache && data.cache ? { CACHE_PASSWORD: 'cache.password' } : {}),
  };
}

function withPool(
  made: Readonly<Record<string, Made>>,
  { size, data }: Given,
): Pick<PlatformInput, 'database'> {
  const { database } = data;
  if (!database || database.kind === 'external') return {};
  const { maxReplicas } = SIZES[size].service;
  const tasks = Object.values(made)
    .filter(({ secrets }) => secrets.DATABASE_USER !== undefined)
    .reduce((sum, service) => sum + (service.replicas.max ?? maxReplicas), 0);
  const open = 3;
  // A deployment at most doubles the tasks of a service.
  const maxConnections = Math.max(50, 2 * tasks * open + RESERVED_CONNECTIONS);
  return { database: { ...database, pool: { maxConnections, open, idle: 1 } } };
}
