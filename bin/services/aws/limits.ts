import {
  ApplicationAutoScalingClient,
  DescribeScalableTargetsCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import type { Clients } from '../../checks/aws/call';
import type { ScalingLimits } from '../ports';
import { call } from './call';

/** @param cluster of the same name in both regions */
export function scalingLimits(clients: Clients, cluster: string): ScalingLimits {
  const scaling = clients((config) => new ApplicationAutoScalingClient(config));
  const resource = (service: string): string => `service/${cluster}/${service}`;
  return {
    async read(region, service) {
      const wanted = new DescribeScalableTargetsCommand({
        ServiceNamespace: 'ecs',
        ResourceIds: [resource(service)],
      });
      const { ScalableTargets } = await call(
        'application-autoscaling:DescribeScalableTargets',
        region,
        (options) => scaling(region).send(wanted, options),
      );
      const found = ScalableTargets?.[0];
      if (found?.MinCapacity === undefined || found.MaxCapacity === undefined) return undefined;
      return { min: found.MinCapacity, max: found.MaxCapacity };
    },
    async write(region, service, { min, max }) {
      const wanted = {
        ServiceNamespace: 'ecs',
        ResourceId: resource(service),
        ScalableDimension: 'ecs:service:DesiredCount',
        MinCapacity: min,
        MaxCapacity: max,
      } as const;
      await call('application-autoscaling:RegisterScalableTarget', region, (options) =>
        scaling(region).send(new RegisterScalableTargetCommand(wanted), options),
      );
    },
  };
}
