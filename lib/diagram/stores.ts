import type { Role } from '../config/platform';
import { type BuiltResource, property } from '../cost/template';
import type { Store } from './model';

/**
 * @param platform name of the platform, with which the names of buckets begin
 * @returns what keeps data among the resources of a region, in the order in which it is drawn
 */
export function storesIn(
  resources: readonly BuiltResource[],
  role: Role,
  platform: string,
): readonly Store[] {
  const of = (type: string): readonly BuiltResource[] => resources.filter(({ Type }) => Type === type);
  return [
    ...databaseIn(of('AWS::RDS::DBInstance'), role),
    ...of('AWS::ElastiCache::ReplicationGroup').map(
      (one): Store => ({
        kind: 'cache',
        title: 'Valkey',
        detail: `${counted(Number(property(one, 'NumCacheClusters')), 'node')} of ${text(one, 'CacheNodeType')}`,
      }),
    ),
    ...of('AWS::AmazonMQ::Broker').map(
      (one): Store => ({
        kind: 'queue',
        title: 'RabbitMQ',
        detail: `${property(one, 'DeploymentMode') === 'CLUSTER_MULTI_AZ' ? '3 nodes' : '1 node'} of ${text(one, 'HostInstanceType')}`,
      }),
    ),
    ...bucketsIn(of('AWS::S3::Bucket'), platform),
    ...filesIn(of('AWS::EFS::FileSystem')),
  ];
}

/** One that names its source is a replica; one whose source is of the same stack serves reads. */
function databaseIn(instances: readonly BuiltResource[], role: Role): readonly Store[] {
  const isReader = (one: BuiltResource): boolean =>
    typeof property(one, 'SourceDBInstanceIdentifier') === 'object';
  const main = instances.find((one) => !isReader(one));
  if (!main) return [];
  const isReplica = property(main, 'SourceDBInstanceIdentifier') !== undefined;
  const readers = instances.filter(isReader).length;
  return [
    {
      kind: 'database',
      title: isReplica ? 'PostgreSQL, replica' : 'PostgreSQL, writer',
      detail: [
        text(main, 'DBInstanceClass'),
        ...(property(main, 'MultiAZ') === true ? ['spare in 2nd zone'] : []),
        ...(readers > 0 ? [counted(readers, 'reader')] : []),
      ].join(', '),
      ...(role === 'home' ? { copied: 'streaming' } : {}),
    },
  ];
}

const OWN = { logs: 'logs', archive: 'archive', exports: 'cache-exports' };

/** The archive is a store of its own; the others are those of services. */
function bucketsIn(buckets: readonly BuiltResource[], platform: string): readonly Store[] {
  const names = buckets.map((one) => bucketOf(text(one, 'BucketName'), platform));
  const own: readonly string[] = Object.values(OWN);
  const ofServices = names.filter((name) => !own.includes(name));
  const kept = [
    ...(ofServices.length > 0 ? [ofServices.join(', ')] : []),
    ...(names.includes(OWN.archive) ? ['WAL archive'] : []),
  ];
  return kept.length === 0
    ? []
    : [{ kind: 'objects', title: 'S3', detail: kept.join(', '), copied: 'both ways' }];
}

function filesIn(systems: readonly BuiltResource[]): readonly Store[] {
  if (systems.length === 0) return [];
  return [
    {
      kind: 'files',
      title: 'Shared files',
      detail: counted(systems.length, 'file system'),
      copied: 'copied',
    },
  ];
}

/** Of `<platform>-<bucket>-<account>-<region>` the bucket. */
const bucketOf = (name: string, platform: string): string =>
  name.slice(platform.length + 1).replace(/-\d{12}-[a-z0-9-]+$/, '');

const text = (one: BuiltResource, name: string): string => String(property(one, name));
const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;
