import {
  ApplicationAutoScalingClient,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { DescribeImagesCommand, ECRClient } from '@aws-sdk/client-ecr';
import { DescribeServicesCommand, ECSClient, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { nameOf } from '../runtime/errors';
import type { Images, Services } from './ports';

const ABSENT = new Set(['ImageNotFoundException', 'RepositoryNotFoundException']);

export function ecrImages(): Images {
  const client = new ECRClient();
  return {
    async exists(repository, reference) {
      const image = 'tag' in reference ? { imageTag: reference.tag } : { imageDigest: reference.digest };
      const command = new DescribeImagesCommand({ repositoryName: repository, imageIds: [image] });
      try {
        const { imageDetails } = await client.send(command);
        return (imageDetails ?? []).length > 0;
      } catch (error) {
        if (ABSENT.has(nameOf(error))) return false;
        throw error;
      }
    },
  };
}

export function ecsServices(): Services {
  const ecs = new ECSClient();
  const scaling = new ApplicationAutoScalingClient();
  return {
    async desiredCount(cluster, service) {
      try {
        const { services } = await ecs.send(new DescribeServicesCommand({ cluster, services: [service] }));
        // A service that was deleted stays visible for a while.
        return services?.find(({ status }) => status === 'ACTIVE')?.desiredCount;
      } catch (error) {
        if (nameOf(error) === 'ClusterNotFoundException') return undefined;
        throw error;
      }
    },
    async setDesiredCount(cluster, service, desiredCount) {
      await ecs.send(new UpdateServiceCommand({ cluster, service, desiredCount }));
    },
    async setLimits(cluster, service, min, max) {
      await scaling.send(
        new RegisterScalableTargetCommand({
          ServiceNamespace: 'ecs',
          ResourceId: `service/${cluster}/${service}`,
          ScalableDimension: 'ecs:service:DesiredCount',
          MinCapacity: min,
          MaxCapacity: max,
        }),
      );
    },
  };
}
