import {
  DescribeTasksCommand,
  ECSClient,
  ExecuteCommandCommand,
  paginateListTasks,
  type Task,
} from '@aws-sdk/client-ecs';
import { HoldfastError } from '../../../lambda/runtime/errors';
import { APPLICATION_CONTAINER } from '../../../lib/config/names';
import { all, type Clients } from '../../checks/aws/call';
import type { OpenTask, Tasks } from '../exec/ports';
import { call } from './call';

/** Name of the agent that takes commands, as ECS calls it. */
const AGENT = 'ExecuteCommandAgent';
/** ECS describes so many tasks at once. */
const AT_ONCE = 100;

/** ECS began a session and did not say how to reach it. */
export class NoSession extends HoldfastError {
  constructor(task: string) {
    super(`ECS gave no session for the task ${task}. Say the same again.`);
  }
}

/** @param cluster of the same name in both regions */
export function tasks(clients: Clients, cluster: string): Tasks {
  const ecs = clients((config) => new ECSClient(config));
  return {
    async running(region, serviceName) {
      const arns = await call('ecs:ListTasks', region, (options) =>
        all(
          paginateListTasks(
            { client: ecs(region) },
            { cluster, serviceName, desiredStatus: 'RUNNING' },
            options,
          ),
          (page) => page.taskArns,
        ),
      );
      if (arns.length === 0) return [];
      const answer = await call('ecs:DescribeTasks', region, (options) =>
        ecs(region).send(new DescribeTasksCommand({ cluster, tasks: arns.slice(0, AT_ONCE) }), options),
      );
      return (answer.tasks ?? []).map(openTask);
    },
    async open(region, task, command) {
      const wanted = { cluster, task, container: APPLICATION_CONTAINER, command, interactive: true };
      const { session } = await call('ecs:ExecuteCommand', region, (options) =>
        ecs(region).send(new ExecuteCommandCommand(wanted), options),
      );
      const { sessionId, streamUrl, tokenValue } = session ?? {};
      if (sessionId === undefined || streamUrl === undefined || tokenValue === undefined)
        throw new NoSession(task);
      return { sessionId, streamUrl, tokenValue };
    },
  };
}

function openTask({ taskArn = '', containers = [] }: Task): OpenTask {
  const application = containers.find(({ name }) => name === APPLICATION_CONTAINER);
  const agent = application?.managedAgents?.find(({ name }) => name === AGENT);
  return {
    id: taskArn.split('/').at(-1) ?? '',
    runtimeId: application?.runtimeId,
    takesCommands: agent?.lastStatus === 'RUNNING',
  };
}
