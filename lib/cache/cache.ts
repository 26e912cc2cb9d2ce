import { RemovalPolicy } from 'aws-cdk-lib';
import { CfnParameterGroup, CfnReplicationGroup, CfnSubnetGroup } from 'aws-cdk-lib/aws-elasticache';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { CACHE_SECRET_FIELD } from '../../lambda/secret-rotation/contract';
import { cacheIdentifier, logGroup, secretName } from '../config/names';
import type { Cache as CacheConfig, Platform, Role } from '../config/platform';
import { CACHE_MAINTENANCE_WINDOW, CACHE_SNAPSHOT_WINDOW } from '../config/windows';
import { CACHE_PORT } from '../network/security-groups';
import { acknowledge } from '../security/acknowledge';
import { protect } from '../security/protect';

export interface CacheProps {
  readonly platform: Platform;
  readonly role: Role;
  readonly cache: CacheConfig;
  /** Isolated subnets, one in each zone. */
  readonly subnetIds: readonly string[];
  readonly securityGroupId: string;
  readonly key: IKey;
  readonly logKey: IKey;
}

/**
 * Valkey with a primary and replicas in other zones. Each region has its own; its contents never cross a region, so an
 * application must be able to start from an empty one after a failover.
 */
export class Cache extends Construct {
  readonly group: CfnReplicationGroup;

  constructor(scope: Construct, id: string, props: CacheProps) {
    super(scope, id);
    const { platform, role, cache } = props;
    const replicas = cache.replicas[role];
    const identifier = cacheIdentifier(platform);
    const subnets = new CfnSubnetGroup(this, 'Subnets', {
      cacheSubnetGroupName: identifier,
      description: `${platform.name}: isolated subnets of the cache`,
      subnetIds: [...props.subnetIds],
    });
    const parameters = new CfnParameterGroup(this, 'Parameters', {
      cacheParameterGroupFamily: `valkey${cache.version.split('.')[0]}`,
      description: `${platform.name}: Valkey ${cache.version}`,
      properties: { 'maxmemory-policy': cache.evictionPolicy },
    });
    this.group = new CfnReplicationGroup(this, 'Group', {
      replicationGroupId: identifier,
      replicationGroupDescription: `${platform.name}: cache of the ${role} region`,
      engine: 'valkey',
      engineVersion: cache.version,
      cacheNodeType: cache.nodeClass,
      cacheParameterGroupName: parameters.ref,
      cacheSubnetGroupName: subnets.ref,
      securityGroupIds: [props.securityGroupId],
      port: CACHE_PORT,
      numCacheClusters: replicas + 1,
      // ElastiCache fails over only where there is something to fail over to.
      automaticFailoverEnabled: replicas > 0,
      multiAzEnabled: replicas > 0,
      atRestEncryptionEnabled: true,
      kmsKeyId: props.key.keyArn,
      transitEncryptionEnabled: true,
      authToken: `{{resolve:secretsmanager:${secretName(platform, 'cache')}:SecretString:${CACHE_SECRET_FIELD}}}`,
      snapshotRetentionLimit: cache.snapshotRetentionDays,
      snapshotWindow: CACHE_SNAPSHOT_WINDOW,
      preferredMaintenanceWindow: CACHE_MAINTENANCE_WINDOW,
      autoMinorVersionUpgrade: true,
      logDeliveryConfigurations: ['slow-log', 'engine-log'].map((logType) => ({
        logType,
        logFormat: 'json',
        destinationType: 'cloudwatch-logs',
        destinationDetails: { cloudWatchLogsDetails: { logGroup: this.logs(props, logType).logGroupName } },
      })),
    });
    protect(this.group, 'Cache');
    acknowledge(this.group, {
      'AwsSolutions-AEC5':
        'The port is no secret and the cache answers only its clients inside the VPC, over TLS with a token.',
      ...(replicas > 0
        ? {}
        : {
            'AwsSolutions-AEC4':
              'The platform file asks for a single node in the standby; replicas cost as much as the node.',
          }),
    });
  }

  private logs({ platform, logKey }: CacheProps, kind: string): LogGroup {
    return new LogGroup(this, `Logs-${kind}`, {
      logGroupName: logGroup(platform, 'cache', kind),
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
      encryptionKey: logKey,
    });
  }
}
