import type { Construct } from 'constructs';
import { Cache } from '../cache/cache';
import { cacheIdentifier } from '../config/names';
import type { Platform, Role } from '../config/platform';
import { Database } from '../database/database';
import type { Broker } from '../queue/broker';
import { Queues } from '../queue/queues';
import { SecretRotation } from '../security/secret-rotation';
import { RegistryReplication } from '../service/registry-replication';
import { BucketReplication } from '../storage/bucket-replication';
import { SharedFiles } from '../storage/shared-files';
import type { FoundationStack } from './foundation-stack';
import type { NetworkStack } from './network-stack';
import { PlatformStack } from './platform-stack';

/** What holds data in a region, and what copies it to the other one. */
export class DataStack extends PlatformStack {
  readonly database: Database | undefined;
  readonly cache: Cache | undefined;
  /** By the name of the queue. */
  readonly brokers: ReadonlyMap<string, Broker>;

  constructor(
    scope: Construct,
    props: {
      readonly platform: Platform;
      readonly role: Role;
      readonly foundation: FoundationStack;
      readonly network: NetworkStack;
    },
  ) {
    const { platform, role, foundation, network } = props;
    const region = platform.regions[role].name;
    super(scope, {
      platform,
      region,
      part: 'Data',
      description: `database, cache, queues and replication of the ${role} region`,
      holdsData: true,
    });
    const key = foundation.keys.data;
    const logKey = foundation.keys.operations;
    const shared = { platform, role, subnetIds: network.network.isolatedSubnets, key, logKey };
    if (platform.database?.kind === 'managed') {
      this.database = new Database(this, 'Database', {
        ...shared,
        database: platform.database,
        securityGroupId: network.groups.database,
      });
    }
    if (platform.cache) {
      this.cache = new Cache(this, 'Cache', {
        ...shared,
        cache: platform.cache,
        securityGroupId: network.groups.cache,
      });
    }
    const queues = new Queues(this, 'Queues', { ...shared, securityGroupId: network.groups.broker });
    this.brokers = queues.brokers;
    // Always exported, also while no service reads them; see the network stack.
    for (const { broker } of this.brokers.values()) this.exportStringListValue(broker.attrAmqpEndpoints);
    if (this.database) this.exportValue(this.database.instance.attrEndpointAddress);
    if (this.cache) this.exportValue(this.cache.group.attrPrimaryEndPointAddress);
    new BucketReplication(this, 'BucketReplication', { platform, role, logKey });
    new RegistryReplication(this, 'RegistryReplication', { platform, role, logKey });
    new SharedFiles(this, 'SharedFiles', { platform, role, key, logKey });
    new SecretRotation(this, 'Rotation', {
      platform,
      role,
      key,
      logKey,
      network: { subnetIds: network.network.privateSubnets, securityGroupIds: [network.groups.functions] },
      ...(this.database && platform.database
        ? {
            database: {
              host: this.database.instance.attrEndpointAddress,
              name: platform.database.name,
              ready: this.database.instance,
            },
          }
        : {}),
      ...(this.cache
        ? {
            cache: {
              arn: `arn:aws:elasticache:${region}:${platform.account}:replicationgroup:${cacheIdentifier(platform)}`,
              ready: this.cache.group,
            },
          }
        : {}),
    });
  }
}
