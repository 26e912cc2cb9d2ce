import { join } from 'node:path';
import { AssetHashType, AssetStaging, FileAssetPackaging, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { CfnCluster, CfnService, CfnTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { ENVIRONMENT } from '../../../lambda/container-start/contract';
import { ARCHIVER_IMAGE } from '../../config/image';
import { archiverCluster, logGroup, pullThroughPrefix } from '../../config/names';
import type { Platform } from '../../config/platform';
import { bundle } from '../../functions/bundle';
import { acknowledge } from '../../security/acknowledge';
import { ownStreams } from '../../security/own-streams';
import { TaskRole } from './archiver-role';
import { startArguments } from './container-start';
import { allowArchiving, archiverEnvironment, type WalArchiveProps } from './wal-archive';

const NAME = 'wal-archive';
const CPU_UNITS = 1024;
const MEMORY_MIB = 2048;
/** It ends in order within 45 s. */
const STOP_SECONDS = 60;
/** Lambda's image has its own entrance, which would wait for calls. */
const NODE = '/var/lang/bin/node';

/**
 * The archiver as a task that never ends, for write rates beyond one function. Its image holds nothing of Holdfast: the
 * definition of the task carries a small program, which fetches the archiver from the bucket of assets and runs it if it
 * is the one that was deployed. Both regions have it; where the database is a replica it waits. In a cluster of its own,
 * because the agent scales everything in that of the services.
 */
export class ArchiveService extends Construct {
  constructor(scope: Construct, id: string, props: WalArchiveProps) {
    super(scope, id);
    const { platform } = props;
    const logs = new LogGroup(this, 'Logs', {
      logGroupName: logGroup(platform, 'archiver'),
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
      encryptionKey: props.logKey,
    });
    const cluster = new CfnCluster(this, 'Cluster', {
      clusterName: archiverCluster(platform),
      clusterSettings: [{ name: 'containerInsights', value: 'enabled' }],
    });
    const definition = this.definition(props, logs);
    new CfnService(this, 'Service', {
      cluster: cluster.ref,
      serviceName: NAME,
      taskDefinition: definition.ref,
      launchType: 'FARGATE',
      platformVersion: 'LATEST',
      desiredCount: 1,
      // Two would only wait for each other: the slot is read by one at a time.
      deploymentConfiguration: {
        minimumHealthyPercent: 0,
        maximumPercent: 100,
        deploymentCircuitBreaker: { enable: true, rollback: true },
      },
      networkConfiguration: {
        awsvpcConfiguration: {
          assignPublicIp: 'DISABLED',
          subnets: [...props.network.subnetIds],
          securityGroups: [...props.network.securityGroupIds],
        },
      },
      enableEcsManagedTags: true,
      propagateTags: 'SERVICE',
    });
  }

  private definition(props: WalArchiveProps, logs: LogGroup): CfnTaskDefinition {
    const { platform, role } = props;
    const region = platform.regions[role].name;
    const registry = `${platform.account}.dkr.ecr.${region}.amazonaws.com`;
    const program = this.program(platform, region);
    const task = this.taskRole(props, program.arn);
    const definition = new CfnTaskDefinition(this, 'Definition', {
      family: archiverCluster(platform),
      requiresCompatibilities: ['FARGATE'],
      networkMode: 'awsvpc',
      cpu: String(CPU_UNITS),
      memory: String(MEMORY_MIB),
      runtimePlatform: { operatingSystemFamily: 'LINUX', cpuArchitecture: 'ARM64' },
      executionRoleArn: this.executionRole(platform, region, logs).role.roleArn,
      taskRoleArn: task.role.roleArn,
      containerDefinitions: [
        {
          name: NAME,
          image: `${registry}/${cachedRepository(platform)}:${ARCHIVER_IMAGE.tag}`,
          essential: true,
          entryPoint: [NODE],
          command: startArguments(),
          environment: Object.entries({ ...archiverEnvironment(props, 'service'), ...program.variables })
            .map(([name, value]) => ({ name, value }))
            .sort((a, b) => (a.name < b.name ? -1 : 1)),
          readonlyRootFilesystem: true,
          stopTimeout: STOP_SECONDS,
          linuxParameters: { initProcessEnabled: true },
          logConfiguration: {
            logDriver: 'awslogs',
            options: {
              'awslogs-group': logs.logGroupName,
              'awslogs-region': region,
              'awslogs-stream-prefix': NAME,
              mode: 'non-blocking',
              'max-buffer-size': '25m',
            },
          },
        },
      ],
    });
    acknowledge(definition, {
      'AwsSolutions-ECS2':
        'The variables are names that Holdfast knows; the credential comes from Secrets Manager while it runs.',
    });
    return definition;
  }

  /** The archiver's bundle in the bucket of assets. */
  private program(
    platform: Platform,
    region: string,
  ): { readonly arn: string; readonly variables: Record<string, string> } {
    const { directory, hash } = bundle(`${NAME}-service`);
    const stack = Stack.of(this);
    const staging = new AssetStaging(this, 'Program', {
      sourcePath: join(directory, 'index.js'),
      assetHashType: AssetHashType.CUSTOM,
      assetHash: hash,
    });
    const { bucketName, objectKey } = stack.synthesizer.addFileAsset({
      fileName: staging.relativeStagedPath(stack),
      packaging: FileAssetPackaging.FILE,
      sourceHash: staging.assetHash,
      displayName: `${platform.name}: ${NAME} as a service`,
    });
    return {
      arn: `arn:aws:s3:::${bucketName}/${objectKey}`,
      variables: {
        [ENVIRONMENT.bucket]: bucketName,
        [ENVIRONMENT.key]: objectKey,
        [ENVIRONMENT.sha256]: hash,
        [ENVIRONMENT.region]: region,
      },
    };
  }

  private taskRole({ platform, role }: WalArchiveProps, programArn: string): TaskRole {
    const region = platform.regions[role].name;
    const task = new TaskRole(this, 'Task', { platform, region, description: 'the archiver as a service' });
    task.allow(['s3:GetObject'], [programArn]);
    allowArchiving(task, platform, role);
    return task;
  }

  private executionRole(platform: Platform, region: string, logs: LogGroup): TaskRole {
    const execution = new TaskRole(this, 'Execution', {
      platform,
      region,
      description: 'starts the archiver',
    });
    execution.allow(['ecr:GetAuthorizationToken'], ['*']);
    execution.explainWildcard('*', 'ecr:GetAuthorizationToken knows no resource.');
    // The first pull in a region makes the repository and fetches the image.
    execution.allow(
      [
        'ecr:BatchCheckLayerAvailability',
        'ecr:BatchGetImage',
        'ecr:GetDownloadUrlForLayer',
        'ecr:BatchImportUpstreamImage',
        'ecr:CreateRepository',
      ],
      [`arn:aws:ecr:${region}:${platform.account}:repository/${cachedRepository(platform)}`],
    );
    execution.allow(['logs:CreateLogStream', 'logs:PutLogEvents'], [logs.logGroupArn]);
    acknowledge(execution.role, ownStreams(logs));
    return execution;
  }
}

const cachedRepository = (platform: Platform): string =>
  `${pullThroughPrefix(platform, ARCHIVER_IMAGE.registry)}/${ARCHIVER_IMAGE.repository}`;
