import {
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ECSClient,
  ListServicesCommand,
  type Service,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import type { Clock } from '../../runtime/clock';
import { ONE_ATTEMPT, refusedWith, sender } from './request';

/** A service as ECS describes it. */
export interface EcsService {
  readonly name: string;
  readonly desired: number;
  readonly running: number;
  readonly tags: ReadonlyMap<string, string>;
  /** ARN of what its tasks are made from. */
  readonly taskDefinition: string;
  /** When each of its deployments that are still known began, in milliseconds since 1970 on AWS's clock. */
  readonly deploymentsMs: readonly number[];
}

/** The services of one cluster in one region. Everything throws `TimedOut`, `Throttled` or `RequestFailed`. */
export interface Ecs {
  /** @returns the services that were not deleted; none if there is no cluster */
  services(): Promise<readonly EcsService[]>;
  setDesired(service: string, desired: number): Promise<void>;
  /** @returns the images of a task definition, one for each container */
  images(taskDefinition: string): Promise<readonly string[]>;
}

/** ECS describes so many services at once, and names so many on a page. */
const DESCRIBED_MAX = 10;
const LISTED_MAX = 100;

export function ecs(cluster: string, region: string, clock: Clock): Ecs {
  const client = new ECSClient({ region, ...ONE_ATTEMPT });
  const send = sender(clock);
  const list = async (): Promise<readonly string[]> => {
    const arns: string[] = [];
    let nextToken: string | undefined;
    do {
      const command = new ListServicesCommand({ cluster, maxResults: LISTED_MAX, nextToken });
      const page = await send(`Listing the services in ${region}`, (abortSignal) =>
        client.send(command, { abortSignal }),
      );
      arns.push(...(page.serviceArns ?? []));
      nextToken = page.nextToken;
    } while (nextToken);
    return arns;
  };
  const describe = async (services: string[]): Promise<readonly EcsService[]> => {
    const command = new DescribeServicesCommand({ cluster, services, include: ['TAGS'] });
    const answer = await send(`Describing the services in ${region}`, (abortSignal) =>
      client.send(command, { abortSignal }),
    );
    return (answer.services ?? []).filter(isActive).map(toService);
  };
  return {
    async services() {
      try {
        const parts = await Promise.all(portions(await list()).map(describe));
        return parts.flat();
      } catch (error) {
        if (refusedWith(error, 'ClusterNotFoundException')) return [];
        throw error;
      }
    },
    async setDesired(service, desiredCount) {
      const command = new UpdateServiceCommand({ cluster, service, desiredCount });
      await send(`Setting the tasks of ${service} in ${region} to ${desiredCount}`, (abortSignal) =>
        client.send(command, { abortSignal }),
      );
    },
    async images(taskDefinition) {
      const command = new DescribeTaskDefinitionCommand({ taskDefinition });
      const answer = await send(`Describing the task definition ${taskDefinition}`, (abortSignal) =>
        client.send(command, { abortSignal }),
      );
      return (answer.taskDefinition?.containerDefinitions ?? []).map(({ image }) => image ?? '');
    },
  };
}

function portions(arns: readonly string[]): string[][] {
  const count = Math.ceil(arns.length / DESCRIBED_MAX);
  return Array.from({ length: count }, (_, index) =>
    arns.slice(index * DESCRIBED_MAX, (index + 1) * DESCRIBED_MAX),
  );
}

/** A service that was deleted stays visible for a while. */
const isActive = ({ status }: Service): boolean => status === 'ACTIVE';

const toService = (service: Service): EcsService => ({
  name: service.serviceName ?? '',
  desired: service.desiredCount ?? 0,
  running: service.runningCount ?? 0,
  tags: new Map((service.tags ?? []).map(({ key = '', value = '' }) => [key, value])),
  taskDefinition: service.taskDefinition ?? '',
  deploymentsMs: (service.deployments ?? []).flatMap(({ createdAt }) =>
    createdAt ? [createdAt.getTime()] : [],
  ),
});
