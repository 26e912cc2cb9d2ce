import { DescribeServicesCommand, DescribeTaskDefinitionCommand, ECSClient } from '@aws-sdk/client-ecs';
import type { Tasks } from '../ports';

/** A region that does not answer may not use up the time of the run. */
const TIMEOUTS = { connectionTimeout: 3_000, requestTimeout: 8_000, throwOnRequestTimeout: true } as const;

/** Tasks of the services of a cluster. */
export function ecsTasks(region: string, cluster: string): Tasks {
  const ecs = new ECSClient({ region, maxAttempts: 2, requestHandler: TIMEOUTS });
  const mounts = async (taskDefinition: string, fileSystem: string): Promise<boolean> => {
    const { taskDefinition: found } = await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition }));
    return (found?.volumes ?? []).some(
      ({ efsVolumeConfiguration }) => efsVolumeConfiguration?.fileSystemId === fileSystem,
    );
  };
  return {
    async mounted(service, fileSystem) {
      const { services = [] } = await ecs.send(new DescribeServicesCommand({ cluster, services: [service] }));
      // A task runs only after all of its volumes were mounted.
      const running = services
        .flatMap(({ deployments = [] }) => deployments)
        .flatMap(({ runningCount = 0, taskDefinition }) =>
          runningCount > 0 && taskDefinition !== undefined ? [taskDefinition] : [],
        );
      const found = await Promise.all([...new Set(running)].map((one) => mounts(one, fileSystem)));
      return found.includes(true);
    },
  };
}
