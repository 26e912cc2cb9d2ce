import { RemovalPolicy } from 'aws-cdk-lib';
import { CfnTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import {
  APPLICATION_CONTAINER,
  logGroup,
  pullThroughPrefix,
  repositoryName,
  taskFamily,
} from '../config/names';
import type { Platform, Role, Service } from '../config/platform';
import { COLLECTOR_CONTAINER, sidecar } from '../monitoring/collector/sidecar';
import type { MetricsDestination } from '../monitoring/workspace';
import { acknowledge } from '../security/acknowledge';
import { FILES_CONTAINER, type FilesOfTask, filesOfTask } from './configuration-files';
import type { SharedFolder } from './shared-folder';
import { type Backing, plainEnvironment, secretEnvironment } from './task-environment';
import { TaskRoles } from './task-roles';

export interface TaskDefinitionProps {
  readonly platform: Platform;
  readonly role: Role;
  readonly service: Service;
  readonly backing: Backing;
  readonly key: IKey;
  readonly logKey: IKey;
  /** Where metrics go; without it a task has no collector. */
  readonly workspace?: MetricsDestination;
  /** Files that all of its tasks share. */
  readonly folder?: SharedFolder;
}

export const CONTAINER = APPLICATION_CONTAINER;
/** MiB of each writable folder; it lives in the memory of the task. */
const WRITABLE_MIB = 64;

/** The address of an image in the registry of a region: own repository or pull-through cache. */
export function imageUri(platform: Platform, region: string, { image }: Service): string {
  const registry = `${platform.account}.dkr.ecr.${region}.amazonaws.com`;
  const name =
    image.kind === 'own'
      ? repositoryName(platform, image.repository)
      : `${pullThroughPrefix(platform, image.registry)}/${image.repository}`;
  return 'tag' in image.reference
    ? `${registry}/${name}:${image.reference.tag}`
    : `${registry}/${name}@${image.reference.digest}`;
}

/**
 * What a task of a service is: its container, as restricted as the platform file allows, what writes its configuration
 * files before it starts, and a collector of metrics.
 */
export class TaskDefinition extends Construct {
  readonly definition: CfnTaskDefinition;
  readonly roles: TaskRoles;

  constructor(scope: Construct, id: string, props: TaskDefinitionProps) {
    super(scope, id);
    const { platform, role, service } = props;
    const region = platform.regions[role].name;
    const logs = new LogGroup(this, 'Logs', {
      logGroupName: logGroup(platform, 'services', service.name),
      retention: service.logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
      encryptionKey: props.logKey,
    });
    this.roles = new TaskRoles(this, 'Roles', { ...props, logs });
    const files = filesOfTask(props, logConfiguration(logs, region, FILES_CONTAINER));
    this.definition = new CfnTaskDefinition(this, 'Definition', {
      family: taskFamily(platform, service.name),
      requiresCompatibilities: ['FARGATE'],
      networkMode: 'awsvpc',
      cpu: String(service.task.cpuUnits),
      memory: String(service.task.memoryMib),
      runtimePlatform: {
        operatingSystemFamily: 'LINUX',
        cpuArchitecture: service.architecture === 'arm64' ? 'ARM64' : 'X86_64',
      },
      executionRoleArn: this.roles.execution.roleArn,
      taskRoleArn: this.roles.task.roleArn,
      containerDefinitions: this.containers(props, imageUri(platform, region, service), logs, files),
      ...volumesOf(props.folder, files),
    });
    // ECS starts nothing from a revision that was deregistered, and a rollback needs the ones before. They cost nothing.
    this.definition.applyRemovalPolicy(RemovalPolicy.RETAIN);
    acknowledge(this.definition, {
      'AwsSolutions-ECS2':
        'The variables are the plain settings of the platform file and names that Holdfast knows; secrets come from Secrets Manager.',
    });
  }

  private containers(
    props: TaskDefinitionProps,
    image: string,
    logs: LogGroup,
    files: FilesOfTask | undefined,
  ): CfnTaskDefinition.ContainerDefinitionProperty[] {
    const { platform, role, service, workspace, folder } = props;
    const region = platform.regions[role].name;
    const mountPoints = [...(files?.mountPoints ?? []), ...(folder ? [folder.mountPoint] : [])];
    const application = {
      ...this.container(props, image, logConfiguration(logs, region, service.name)),
      ...(mountPoints.length > 0 ? { mountPoints } : {}),
      ...(files ? { dependsOn: files.dependsOn } : {}),
    };
    const writer = files ? [files.container] : [];
    if (!workspace) return [application, ...writer];
    const collector = sidecar({
      platform,
      role,
      service,
      workspace,
      logs: logConfiguration(logs, region, COLLECTOR_CONTAINER),
    });
    return [{ ...application, cpu: service.task.cpuUnits - collector.cpu }, ...writer, collector];
  }

  private container(
    props: TaskDefinitionProps,
    image: string,
    logs: CfnTaskDefinition.LogConfigurationProperty,
  ): CfnTaskDefinition.ContainerDefinitionProperty {
    const { platform, role, service, backing } = props;
    const { user, readOnlyRoot, writablePaths } = service.container;
    return {
      name: CONTAINER,
      image,
      essential: true,
      ...(service.command ? { command: [...service.command] } : {}),
      portMappings: Object.entries(service.ports).map(([name, containerPort]) => ({
        name,
        containerPort,
        protocol: 'tcp',
      })),
      environment: plainEnvironment(platform, role, service, backing),
      secrets: secretEnvironment(platform, role, service),
      readonlyRootFilesystem: readOnlyRoot,
      // `root` is the default of most images; said aloud it would hide what the image itself chooses.
      ...(user === 'root' ? {} : { user }),
      stopTimeout: service.stopSeconds,
      linuxParameters: {
        // Forwards signals, so that an application that is not made for PID 1 stops in time.
        initProcessEnabled: true,
        tmpfs: readOnlyRoot
          ? writablePaths.map((containerPath) => ({
              containerPath,
              size: WRITABLE_MIB,
              mountOptions: ['nosuid', 'nodev'],
            }))
          : [],
      },
      logConfiguration: logs,
    };
  }
}

function volumesOf(
  folder: SharedFolder | undefined,
  files: FilesOfTask | undefined,
): { volumes?: CfnTaskDefinition.VolumeProperty[] } {
  const volumes = [...(files?.volumes ?? []), ...(folder ? [folder.volume] : [])];
  return volumes.length > 0 ? { volumes } : {};
}

const logConfiguration = (
  logs: LogGroup,
  region: string,
  prefix: string,
): CfnTaskDefinition.LogConfigurationProperty => ({
  logDriver: 'awslogs',
  options: {
    'awslogs-group': logs.logGroupName,
    'awslogs-region': region,
    'awslogs-stream-prefix': prefix,
    // A slow log service must not stop the application.
    mode: 'non-blocking',
    'max-buffer-size': '25m',
  },
});
