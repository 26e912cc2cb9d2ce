import { RemovalPolicy } from 'aws-cdk-lib';
import { CfnSecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { CfnCluster, CfnService, CfnTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { READS_TAG } from '../../../lambda/secret-rotation/contract';
import { collectorCluster, logGroup } from '../../config/names';
import type { Platform, Role } from '../../config/platform';
import { ALL_OUTBOUND } from '../../network/security-groups';
import { acknowledge } from '../../security/acknowledge';
import { cachedImage, cachedRepositoryArn } from '../../service/pull-through-cache';
import type { Backing } from '../../service/task-environment';
import type { MetricsDestination } from '../workspace';
import { type Container, containers, secretsRead } from './region-containers';
import { CollectorRoles } from './region-roles';

export interface RegionCollectorProps {
  readonly platform: Platform;
  readonly role: Role;
  /** Workspace of the region, which takes what is collected. */
  readonly workspace: MetricsDestination;
  readonly network: { readonly vpcId: string; readonly subnetIds: readonly string[] };
  /** Groups whose members may reach the database and the cache. */
  readonly groups: { readonly databaseClients: string; readonly cacheClients: string };
  /** The managed database of the region, and its cache; without a managed database nothing asks PostgreSQL. */
  readonly backing: Backing;
  /** Encrypts the secrets. */
  readonly key: IKey;
  readonly logKey: IKey;
}

const NAME = 'collector';
/** The smallest task that holds all of it. */
const CPU_UNITS = 256;
const MEMORY_MIB = 1024;

/**
 * Collects what is measured of a region as a whole: the database, the cache, and what CloudWatch has of all the rest, of
 * the other region too what tells that it lives. One task, whoever leads, in a cluster of its own, because the agent
 * scales everything in that of the services. With a database that is not Holdfast's own there is no user for the exporter:
 * whoever runs that database watches it.
 */
export class RegionCollector extends Construct {
  constructor(scope: Construct, id: string, props: RegionCollectorProps) {
    super(scope, id);
    const { platform } = props;
    const cluster = new CfnCluster(this, 'Cluster', {
      clusterName: collectorCluster(platform),
      clusterSettings: [{ name: 'containerInsights', value: 'disabled' }],
    });
    acknowledge(cluster, {
      'AwsSolutions-ECS4':
        'It holds the collector of metrics alone, which reports of itself; Container Insights would cost as much as the task.',
    });
    new CfnService(this, 'Service', {
      cluster: cluster.ref,
      serviceName: NAME,
      taskDefinition: this.definition(props).ref,
      launchType: 'FARGATE',
      platformVersion: 'LATEST',
      desiredCount: 1,
      // Two would write the same series.
      deploymentConfiguration: {
        minimumHealthyPercent: 0,
        maximumPercent: 100,
        deploymentCircuitBreaker: { enable: true, rollback: true },
      },
      networkConfiguration: {
        awsvpcConfiguration: {
          assignPublicIp: 'DISABLED',
          subnets: [...props.network.subnetIds],
          securityGroups: this.securityGroups(props),
        },
      },
      enableEcsManagedTags: true,
      propagateTags: 'SERVICE',
      // A rotation finds the readers of a secret by it.
      tags: [{ key: READS_TAG, value: secretsRead(props).join(' ') }],
    });
  }

  private definition(props: RegionCollectorProps): CfnTaskDefinition {
    const { platform, role, workspace } = props;
    const region = platform.regions[role].name;
    const logs = new LogGroup(this, 'Logs', {
      logGroupName: logGroup(platform, NAME),
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
      encryptionKey: props.logKey,
    });
    const wanted = containers({ ...props, remoteWriteUrl: workspace.remoteWriteUrl });
    const roles = new CollectorRoles(this, 'Roles', {
      platform,
      role,
      key: props.key,
      logs,
      workspaceArn: workspace.arn,
      repositories: [
        ...new Set(wanted.map(({ image }) => cachedRepositoryArn(platform, region, image))),
      ].sort(),
      secrets: secretsRead(props),
    });
    const definition = new CfnTaskDefinition(this, 'Definition', {
      family: collectorCluster(platform),
      requiresCompatibilities: ['FARGATE'],
      networkMode: 'awsvpc',
      cpu: String(CPU_UNITS),
      memory: String(MEMORY_MIB),
      runtimePlatform: { operatingSystemFamily: 'LINUX', cpuArchitecture: 'ARM64' },
      executionRoleArn: roles.execution.roleArn,
      taskRoleArn: roles.task.roleArn,
      containerDefinitions: wanted.map((container) => this.container(container, platform, region, logs)),
    });
    acknowledge(definition, {
      'AwsSolutions-ECS2':
        'The variables are addresses and what is to be read; credentials come from Secrets Manager.',
    });
    return definition;
  }

  private container(
    { image, ...rest }: Container,
    platform: Platform,
    region: string,
    logs: LogGroup,
  ): CfnTaskDefinition.ContainerDefinitionProperty {
    return {
      ...rest,
      image: cachedImage(platform, region, image),
      logConfiguration: {
        logDriver: 'awslogs',
        options: {
          'awslogs-group': logs.logGroupName,
          'awslogs-region': region,
          'awslogs-stream-prefix': rest.name,
          mode: 'non-blocking',
          'max-buffer-size': '10m',
        },
      },
    };
  }

  /** A group of its own that admits nobody, and those of the clients of what it asks. */
  private securityGroups({ platform, network, groups, backing }: RegionCollectorProps): string[] {
    const own = new CfnSecurityGroup(this, 'SecurityGroup', {
      vpcId: network.vpcId,
      groupDescription: `${platform.name}: collector of metrics`,
      securityGroupEgress: ALL_OUTBOUND,
    });
    return [
      own.attrGroupId,
      ...(backing.database ? [groups.databaseClients] : []),
      ...(backing.cache ? [groups.cacheClients] : []),
    ];
  }
}
