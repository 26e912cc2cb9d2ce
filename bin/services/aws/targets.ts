import {
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Clients } from '../../checks/aws/call';
import type { Targets } from '../ports';
import { call } from './call';

export function targets(clients: Clients): Targets {
  const balancing = clients((config) => new ElasticLoadBalancingV2Client(config));
  return {
    async states(region, TargetGroupArn) {
      const { TargetHealthDescriptions } = await call(
        'elasticloadbalancing:DescribeTargetHealth',
        region,
        (options) => balancing(region).send(new DescribeTargetHealthCommand({ TargetGroupArn }), options),
      );
      return (TargetHealthDescriptions ?? []).map(({ Target, TargetHealth }) => ({
        zone: Target?.AvailabilityZone ?? '',
        state: TargetHealth?.State ?? 'unknown',
      }));
    },
  };
}
