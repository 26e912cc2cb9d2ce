import {
  type Deployment,
  DescribeServicesCommand,
  ECSClient,
  ListServiceDeploymentsCommand,
  StopServiceDeploymentCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { type Clients, orAbsent } from '../../checks/aws/call';
import type { Rollout, Services } from '../ports';
import { call } from './call';

/** @param cluster of the same name in both regions */
export function services(clients: Clients, cluster: string): Services {
  const ecs = clients((config) => new ECSClient(config));
  return {
    async describe(region, service) {
      const answer = await orAbsent(
        call('ecs:DescribeServices', region, (options) =>
          ecs(region).send(new DescribeServicesCommand({ cluster, services: [service] }), options),
        ),
        'ClusterNotFoundException',
      );
      // A service that was deleted stays visible for a while.
      const found = answer?.services?.find(({ status }) => status === 'ACTIVE');
      if (!found) return undefined;
      return {
        desired: found.desiredCount ?? 0,
        running: found.runningCount ?? 0,
        taskDefinition: found.taskDefinition ?? '',
        rollouts: (found.deployments ?? []).map(rollout),
        targetGroups: (found.loadBalancers ?? []).flatMap(({ targetGroupArn }) => targetGroupArn ?? []),
      };
    },
    async deploy(region, service, taskDefinition) {
      await call('ecs:UpdateService', region, (options) =>
        ecs(region).send(new UpdateServiceCommand({ cluster, service, taskDefinition }), options),
      );
    },
    async setDesired(region, service, desiredCount) {
      await call('ecs:UpdateService', region, (options) =>
        ecs(region).send(new UpdateServiceCommand({ cluster, service, desiredCount }), options),
      );
    },
    async underWay(region, service) {
      const { serviceDeployments } = await call('ecs:ListServiceDeployments', region, (options) =>
        ecs(region).send(
          new ListServiceDeploymentsCommand({ cluster, service, status: ['PENDING', 'IN_PROGRESS'] }),
          options,
        ),
      );
      return serviceDeployments?.[0]?.serviceDeploymentArn;
    },
    async rollBack(region, serviceDeploymentArn) {
      await call('ecs:StopServiceDeployment', region, (options) =>
        ecs(region).send(
          new StopServiceDeploymentCommand({ serviceDeploymentArn, stopType: 'ROLLBACK' }),
          options,
        ),
      );
    },
  };
}

const rollout = (one: Deployment): Rollout => ({
  isPrimary: one.status === 'PRIMARY',
  taskDefinition: one.taskDefinition ?? '',
  state: one.rolloutState ?? 'unknown',
  reason: one.rolloutStateReason ?? '',
  desired: one.desiredCount ?? 0,
  running: one.runningCount ?? 0,
  failed: one.failedTasks ?? 0,
});
