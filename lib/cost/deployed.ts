import { RESOURCE_TYPE } from '../../lambda/image-gate/contract';
import { cacheIdentifier, databaseIdentifier, regionOf, stackName } from '../config/names';
import type { Cache, ManagedDatabase, Platform, Replicas, Role, Service } from '../config/platform';
import { type BuiltResource, type BuiltStack, property } from './template';

/**
 * A platform as its deployed templates have it. A bill is made of a platform and of what its stacks hold; what is dear in
 * the platform (tasks, database, cache) is in the templates too, so it is read back from them. What no template says in
 * plain figures (plans of backups, the lease, the scraping) stays as the file has it.
 */

export interface DeployedStack extends BuiltStack {
  readonly name: string;
}

export interface AsDeployed {
  readonly platform: Platform;
  /** What is deployed and could not be read back, one sentence each. */
  readonly notes: readonly string[];
}

const ROLES: readonly Role[] = ['home', 'standby'];
const NO_TASKS: Replicas = { min: 0, desired: 0, max: 0, available: 0 };

/**
 * @param file what the platform file says now
 * @param stacks of that platform, in all regions
 */
export function asDeployed(file: Platform, stacks: readonly DeployedStack[]): AsDeployed {
  const { database, cache, ...rest } = file;
  const instances = ofType(file, stacks, 'Data', 'AWS::RDS::DBInstance');
  const groups = ofType(file, stacks, 'Data', 'AWS::ElastiCache::ReplicationGroup');
  const isManaged = database?.kind === 'managed';
  const found = isManaged ? databaseOf(file, database, instances) : database;
  const kept = cache && cacheOf(file, cache, groups);
  return {
    platform: {
      ...rest,
      services: servicesOf(file, stacks),
      ...(found === undefined ? {} : { database: found }),
      ...(kept === undefined ? {} : { cache: kept }),
    },
    notes: [
      ...(isManaged || count(instances) === 0 ? [] : [LEFT('database')]),
      ...(cache || count(groups) === 0 ? [] : [LEFT('cache')]),
    ],
  };
}

const LEFT = (what: string): string =>
  `A ${what} is deployed that the file does not name: it is in neither figure.`;

type ByRole = Readonly<Record<Role, readonly BuiltResource[]>>;
const count = ({ home, standby }: ByRole): number => home.length + standby.length;

/** Resources of a type in a part of each region; none where the part is not deployed. */
function ofType(
  platform: Platform,
  stacks: readonly DeployedStack[],
  part: Parameters<typeof stackName>[2],
  type: string,
): ByRole {
  const inRegion = (role: Role): readonly BuiltResource[] => {
    const name = stackName(platform, regionOf(platform, role), part);
    const resources = stacks.find((stack) => stack.name === name)?.resources ?? {};
    return Object.values(resources).filter(({ Type }) => Type === type);
  };
  return { home: inRegion('home'), standby: inRegion('standby') };
}

/** Of one region alone the other one is taken for the same: it is on its way there. */
function databaseOf(
  platform: Platform,
  database: ManagedDatabase,
  instances: ByRole,
): ManagedDatabase | undefined {
  const own = databaseIdentifier(platform);
  const main = (role: Role) => instances[role].find((one) => text(one, 'DBInstanceIdentifier') === own);
  const [home, standby] = [main('home') ?? main('standby'), main('standby') ?? main('home')];
  if (!home || !standby) return undefined;
  return {
    ...database,
    instanceClass: { home: text(home, 'DBInstanceClass'), standby: text(standby, 'DBInstanceClass') },
    multiAz: { home: text(home, 'MultiAZ') === 'true', standby: text(standby, 'MultiAZ') === 'true' },
    storage: { gib: number(home, 'AllocatedStorage'), maxGib: number(home, 'MaxAllocatedStorage') },
    readReplicas: Math.max(0, instances.home.length - 1),
    retentionDays: number(home, 'BackupRetentionPeriod') || database.retentionDays,
  };
}

function cacheOf(platform: Platform, cache: Cache, groups: ByRole): Cache | undefined {
  const own = cacheIdentifier(platform);
  const group = (role: Role) => groups[role].find((one) => text(one, 'ReplicationGroupId') === own);
  const [home, standby] = [group('home') ?? group('standby'), group('standby') ?? group('home')];
  if (!home || !standby) return undefined;
  return {
    ...cache,
    nodeClass: text(home, 'CacheNodeType'),
    replicas: {
      home: number(home, 'NumCacheClusters') - 1,
      standby: number(standby, 'NumCacheClusters') - 1,
    },
  };
}

/** Also those that the file has no more; their tasks run until they are taken down. */
function servicesOf(file: Platform, stacks: readonly DeployedStack[]): readonly Service[] {
  const prefixes = ROLES.map((role) => stackName(file, regionOf(file, role), 'Service-'));
  const names = stacks.flatMap(({ name }) =>
    prefixes.flatMap((prefix) => (name.startsWith(prefix) ? [name.slice(prefix.length)] : [])),
  );
  const [anyone] = file.services;
  return [...new Set(names)].sort().flatMap((name) => {
    const known = file.services.find((one) => one.name === name) ?? (anyone && bare(anyone, name));
    return known ? (serviceOf(file, known, stacks) ?? []) : [];
  });
}

/** A service of which nothing is known but its template. */
function bare(like: Service, name: string): Service {
  const { metrics: _, ...rest } = like;
  return { ...rest, name, routes: [] };
}

function serviceOf(file: Platform, known: Service, stacks: readonly DeployedStack[]): Service | undefined {
  const tasks = ofType(file, stacks, `Service-${known.name}`, 'AWS::ECS::TaskDefinition');
  const gates = ofType(file, stacks, `Service-${known.name}`, RESOURCE_TYPE);
  const [task] = [...tasks.home, ...tasks.standby];
  if (!task) return undefined;
  return {
    ...known,
    task: { cpuUnits: number(task, 'Cpu'), memoryMib: number(task, 'Memory') },
    architecture: architectureOf(task),
    replicas: { home: sizeOf(gates.home, 'Serving'), standby: sizeOf(gates.standby, 'Standby') },
  };
}

/** The image gate decides how many tasks run; it has both sizes, because which region leads is in no template. */
function sizeOf([gate]: readonly BuiltResource[], which: 'Serving' | 'Standby'): Replicas {
  const [min, desired, max] = gate ? text(gate, which).split(' ').map(Number) : [];
  if (min === undefined || desired === undefined || max === undefined) return NO_TASKS;
  return { min, desired, max, available: min };
}

const architectureOf = (task: BuiltResource): Service['architecture'] =>
  JSON.stringify(property(task, 'RuntimePlatform') ?? {}).includes('ARM64') ? 'arm64' : 'x86_64';

/** Templates have some figures as texts. */
const text = (resource: BuiltResource, name: string): string => String(property(resource, name) ?? '');
const number = (resource: BuiltResource, name: string): number => Number(property(resource, name) ?? 0);
