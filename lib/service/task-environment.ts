import type { CfnTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import { bucketVariable, ENVIRONMENT } from '../config/environment';
import { bucketName, secretName } from '../config/names';
import type { ManagedDatabase, Platform, Role, Service } from '../config/platform';
import { queueEnvironment } from '../queue/access';

/** Where a service of a region finds its database, cache and brokers; known only within the region. */
export interface Backing {
  readonly database?: {
    readonly host: string;
    readonly port: string;
    readonly name: string;
    readonly readHost?: string;
    readonly readHosts?: string;
    readonly pool?: ManagedDatabase['pool'];
  };
  readonly cache?: { readonly host: string; readonly port: string };
  /** Host of each broker by the name of its queue. */
  readonly brokers: ReadonlyMap<string, string>;
}

/** Credential of the user who owns the schema: migrations have it, services never. */
export const OWNER_SECRET = 'database-owner';

/** First part of a reference such as `database.password`. */
const secretOf = (reference: string): string => reference.split('.')[0] ?? reference;
const fieldOf = (reference: string): string | undefined => reference.split('.')[1];

/** Secrets that a service reads, each once. */
export const secretsOf = (service: Service): string[] =>
  [...new Set(Object.values(service.secrets).map(secretOf))].sort();

/** Of these the ones that AWS gives a new value from time to time. */
export function rotatedSecretsOf(platform: Platform, service: Service): string[] {
  const declared = platform.secrets.filter(
    ({ generate, rotateDays }) => generate && rotateDays !== undefined,
  );
  const rotated = new Set(['database', 'cache', ...declared.map(({ name }) => name)]);
  return secretsOf(service).filter((name) => rotated.has(name));
}

/** A service talks to the database exactly if it has a credential for it. */
export function usesDatabase(platform: Platform, service: Service): boolean {
  const secrets = secretsOf(service);
  return platform.database?.kind === 'external'
    ? secrets.includes(platform.database.secret)
    : secrets.includes('database') || secrets.includes(OWNER_SECRET);
}
export const usesCache = (service: Service): boolean => secretsOf(service).includes('cache');

const poolEnvironment = (pool: ManagedDatabase['pool'] | undefined): Record<string, string> =>
  pool
    ? {
        [ENVIRONMENT.databasePoolOpen]: String(pool.open),
        [ENVIRONMENT.databasePoolIdle]: String(pool.idle),
        [ENVIRONMENT.databasePoolLifetimeSeconds]: String(pool.lifetimeSeconds),
      }
    : {};

/** Plain variables: the file's own, and what Holdfast knows of the region. Sorted, so that order never makes a revision. */
export function plainEnvironment(
  platform: Platform,
  role: Role,
  service: Service,
  backing: Backing,
): CfnTaskDefinition.KeyValuePairProperty[] {
  const region = platform.regions[role].name;
  const { database, cache } = backing;
  const known: Record<string, string | undefined> = {
    [ENVIRONMENT.platform]: platform.name,
    [ENVIRONMENT.region]: region,
    [ENVIRONMENT.role]: role,
    ...(database && usesDatabase(platform, service)
      ? {
          [ENVIRONMENT.databaseHost]: database.host,
          [ENVIRONMENT.databasePort]: database.port,
          [ENVIRONMENT.databaseName]: database.name,
          [ENVIRONMENT.databaseReadHost]: database.readHost,
          [ENVIRONMENT.databaseReadHosts]: database.readHosts,
          ...poolEnvironment(database.pool),
        }
      : {}),
    ...(cache && usesCache(service)
      ? { [ENVIRONMENT.cacheHost]: cache.host, [ENVIRONMENT.cachePort]: cache.port }
      : {}),
    ...queueEnvironment(platform, role, service, backing.brokers),
    ...Object.fromEntries(
      service.buckets.map((name) => [bucketVariable(name), bucketName(platform, name, region)]),
    ),
  };
  return Object.entries({ ...service.environment, ...known })
    .flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }]))
    .sort((a, b) => a.name.localeCompare(b.name));
}

/**
 * Secret variables. The ARN is without the six characters that Secrets Manager adds; it finds the secret all the same,
 * and the same text is right in the region of the replica.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html
 */
export function secretEnvironment(
  platform: Platform,
  role: Role,
  service: Service,
): CfnTaskDefinition.SecretProperty[] {
  const region = platform.regions[role].name;
  return Object.entries(service.secrets)
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([name, reference]) => {
      const arn = `arn:aws:secretsmanager:${region}:${platform.account}:secret:${secretName(platform, secretOf(reference))}`;
      const field = fieldOf(reference);
      return { name, valueFrom: field === undefined ? arn : `${arn}:${field}::` };
    });
}
