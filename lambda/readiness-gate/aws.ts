import {
  DescribeServiceRevisionsCommand,
  DescribeTasksCommand,
  ECSClient,
  paginateListTasks,
} from '@aws-sdk/client-ecs';
import { taskStatus } from '../runtime/task-status';
import type { Probe, Tasks } from './ports';

/** ECS describes so many tasks at once. */
const DESCRIBED_MAX = 100;

export function ecsTasks(): Tasks {
  const ecs = new ECSClient();
  return {
    async running(cluster, serviceName, definition) {
      const arns: string[] = [];
      const asked = { cluster, serviceName, desiredStatus: 'RUNNING' } as const;
      for await (const { taskArns } of paginateListTasks({ client: ecs }, asked))
        arns.push(...(taskArns ?? []));
      const found = [];
      for (let first = 0; first < arns.length; first += DESCRIBED_MAX) {
        const tasks = arns.slice(first, first + DESCRIBED_MAX);
        found.push(...((await ecs.send(new DescribeTasksCommand({ cluster, tasks }))).tasks ?? []));
      }
      return found
        .filter((task) => task.lastStatus === 'RUNNING' && task.taskDefinitionArn === definition)
        .map(({ taskArn = '', attachments = [] }) => ({
          id: taskArn.split('/').at(-1) ?? taskArn,
          address: attachments
            .flatMap(({ details = [] }) => details)
            .find(({ name }) => name === 'privateIPv4Address')?.value,
        }));
    },
    async definitionOf(serviceRevision) {
      const command = new DescribeServiceRevisionsCommand({ serviceRevisionArns: [serviceRevision] });
      const { serviceRevisions = [] } = await ecs.send(command);
      return serviceRevisions[0]?.taskDefinition;
    },
  };
}

export const httpProbe: Probe = { ask: taskStatus };
