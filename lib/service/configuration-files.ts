import { posix } from 'node:path';
import type { CfnTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import { FILES_IMAGE } from '../config/image';
import { fileSecret, secretName } from '../config/names';
import type { Platform, Role, Service } from '../config/platform';
import { cachedImage } from './pull-through-cache';

/** Name of the container that writes the files, and is gone before the application starts. */
export const FILES_CONTAINER = 'files';
/** Below it the folders are mounted in that container, by number. */
const ROOM = '/holdfast';
/** What a task waits at most for its files; they are there in a second once the image is. */
const PATIENCE_SECONDS = 120;

/** A configuration file of a service. */
export interface MountedFile {
  readonly name: string;
  /** Where it is in the application's container. */
  readonly path: string;
}

/** @returns the configuration files that a service reads, sorted by their paths */
export const filesOf = (platform: Platform, service: Service): MountedFile[] =>
  Object.entries(platform.files)
    .filter(([, { services }]) => services.includes(service.name))
    .map(([name, { path }]) => ({ name, path }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));

/** What a task definition needs for its files. */
export interface FilesOfTask {
  readonly volumes: CfnTaskDefinition.VolumeProperty[];
  /** Of the application's container: read only. */
  readonly mountPoints: CfnTaskDefinition.MountPointProperty[];
  readonly dependsOn: CfnTaskDefinition.ContainerDependencyProperty[];
  readonly container: CfnTaskDefinition.ContainerDefinitionProperty;
}

/**
 * Fargate mounts neither objects nor secrets as files. So ECS hands the contents, as it does secrets, to a small container
 * that writes them into folders which live as long as the task, and ends; then the application starts and sees the folders
 * read only. Neither container can read the secrets themselves.
 * @param logs where that container says what it could not write
 * @returns undefined for a service without files
 */
export function filesOfTask(
  {
    platform,
    role,
    service,
  }: { readonly platform: Platform; readonly role: Role; readonly service: Service },
  logs: CfnTaskDefinition.LogConfigurationProperty,
): FilesOfTask | undefined {
  const files = filesOf(platform, service);
  if (files.length === 0) return undefined;
  const region = platform.regions[role].name;
  const folders = [...new Set(files.map(({ path }) => posix.dirname(path)))];
  const volume = (index: number): string => `${FILES_CONTAINER}-${index + 1}`;
  const inRoom = (folder: string): string => `${ROOM}/${folders.indexOf(folder) + 1}`;
  const variable = (index: number): string => `FILE_${index + 1}`;
  const writes = files.map(
    ({ path }, index) =>
      `printf %s "$${variable(index)}" > ${inRoom(posix.dirname(path))}/${posix.basename(path)}`,
  );
  return {
    volumes: folders.map((_, index) => ({ name: volume(index) })),
    mountPoints: folders.map((containerPath, index) => ({
      sourceVolume: volume(index),
      containerPath,
      readOnly: true,
    })),
    dependsOn: [{ containerName: FILES_CONTAINER, condition: 'SUCCESS' }],
    container: {
      name: FILES_CONTAINER,
      image: cachedImage(platform, region, FILES_IMAGE),
      essential: false,
      command: ['sh', '-ec', ['umask 022', ...writes].join('\n')],
      // A new volume belongs to root; of root's powers it keeps none.
      user: '0:0',
      linuxParameters: { capabilities: { drop: ['ALL'] } },
      readonlyRootFilesystem: true,
      startTimeout: PATIENCE_SECONDS,
      secrets: files.map(({ name }, index) => ({
        name: variable(index),
        valueFrom: `arn:aws:secretsmanager:${region}:${platform.account}:secret:${secretName(platform, fileSecret(name))}`,
      })),
      mountPoints: folders.map((folder, index) => ({
        sourceVolume: volume(index),
        containerPath: inRoom(folder),
      })),
      logConfiguration: logs,
    },
  };
}
