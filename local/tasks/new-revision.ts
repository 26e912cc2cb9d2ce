import {
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
  type TaskDefinition,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import type { ClientConfig } from '../internal';

/** Variable of the environment by which a revision differs from the one before. */
const RELEASE = 'RELEASE';

/** ARNs of two revisions of a task definition. */
export interface Revisions {
  readonly old: string;
  readonly revision: string;
}

/**
 * Registers a new revision of a service's task definition, alike but for its release, and has the service run it, as
 * CloudFormation does when a template changes.
 * @param more variables of the environment of the new revision
 * @returns the one that the service ran, and the new one
 * @throws if there is no such service
 */
export async function newRevision(
  config: ClientConfig,
  cluster: string,
  service: string,
  release: string,
  more: Readonly<Record<string, string>> = {},
): Promise<Revisions> {
  const added = Object.entries({ ...more, [RELEASE]: release });
  const ecs = new ECSClient(config);
  try {
    const { services: [found] = [] } = await ecs.send(
      new DescribeServicesCommand({ cluster, services: [service] }),
    );
    if (found?.taskDefinition === undefined) throw new Error(`The cluster ${cluster} has no ${service}.`);
    const { taskDefinition: present } = await ecs.send(
      new DescribeTaskDefinitionCommand({ taskDefinition: found.taskDefinition }),
    );
    if (!present) throw new Error(`There is no task definition ${found.taskDefinition}.`);
    const { taskDefinition: made } = await ecs.send(
      new RegisterTaskDefinitionCommand({
        ...settingsOf(present),
        family: present.family,
        containerDefinitions: present.containerDefinitions?.map((container) => ({
          ...container,
          environment: [
            ...(container.environment ?? []).filter(({ name }) => !added.some(([other]) => other === name)),
            ...added.map(([name, value]) => ({ name, value })),
          ],
        })),
      }),
    );
    const revision = made?.taskDefinitionArn ?? '';
    await ecs.send(new UpdateServiceCommand({ cluster, service, taskDefinition: revision }));
    return { old: found.taskDefinition, revision };
  } finally {
    ecs.destroy();
  }
}

/** Has a service run a revision that there is, as a deployment that is rolled back does. */
export async function runRevision(
  config: ClientConfig,
  cluster: string,
  service: string,
  taskDefinition: string,
): Promise<void> {
  const ecs = new ECSClient(config);
  try {
    await ecs.send(new UpdateServiceCommand({ cluster, service, taskDefinition }));
  } finally {
    ecs.destroy();
  }
}

/** What somebody may say of a revision; the rest AWS says. */
function settingsOf(definition: TaskDefinition) {
  const { taskRoleArn, executionRoleArn, networkMode, volumes, cpu, memory } = definition;
  const { requiresCompatibilities, runtimePlatform, ephemeralStorage } = definition;
  return {
    taskRoleArn,
    executionRoleArn,
    networkMode,
    volumes,
    cpu,
    memory,
    requiresCompatibilities,
    runtimePlatform,
    ephemeralStorage,
  };
}
