import { DescribeTaskDefinitionCommand, ECSClient, ListTaskDefinitionsCommand } from '@aws-sdk/client-ecs';
import { APPLICATION_CONTAINER } from '../../../lib/config/names';
import type { Clients } from '../../checks/aws/call';
import type { Revision, Revisions } from '../ports';
import { call } from './call';

/** @param family of a service's task definitions, the same in both regions */
export function revisions(clients: Clients, family: (service: string) => string): Revisions {
  const ecs = clients((config) => new ECSClient(config));
  const one = async (region: string, arn: string): Promise<Revision> => {
    const { taskDefinition } = await call('ecs:DescribeTaskDefinition', region, (options) =>
      ecs(region).send(new DescribeTaskDefinitionCommand({ taskDefinition: arn }), options),
    );
    const application = taskDefinition?.containerDefinitions?.find(
      ({ name }) => name === APPLICATION_CONTAINER,
    );
    return {
      arn: taskDefinition?.taskDefinitionArn ?? arn,
      number: taskDefinition?.revision ?? 0,
      // What stands before the first slash is the registry of the region.
      image: (application?.image ?? '').replace(/^[^/]*\.[^/]*\//, ''),
      registeredMs: taskDefinition?.registeredAt?.getTime() ?? null,
      registeredBy: taskDefinition?.registeredBy ?? null,
    };
  };
  return {
    one,
    async list(region, service, maxResults) {
      const wanted = { familyPrefix: family(service), sort: 'DESC', status: 'ACTIVE', maxResults } as const;
      const { taskDefinitionArns } = await call('ecs:ListTaskDefinitions', region, (options) =>
        ecs(region).send(new ListTaskDefinitionsCommand(wanted), options),
      );
      return Promise.all((taskDefinitionArns ?? []).map((arn) => one(region, arn)));
    },
  };
}
