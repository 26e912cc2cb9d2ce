import type { Replicas, Service } from '../config/platform';
import { surgePercent } from '../config/replicas';

/** Bounds of a rolling deployment in percent of the desired number, as ECS takes them. */
export interface DeploymentBounds {
  readonly minimumHealthyPercent: number;
  readonly maximumPercent: number;
}

/**
 * ECS rounds the least number up and the most number down.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html
 *
 * The least keeps `available` of the desired tasks in service, in proportion when there are more; the most lets at
 * least one extra task start, or a deployment of few tasks could never begin.
 */
export function deploymentBounds(service: Service, replicas: Replicas): DeploymentBounds {
  const fewest = Math.max(1, replicas.min);
  const available = Math.min(fewest, Math.max(1, replicas.available));
  const asked = service.deployment.strategy === 'rolling' ? service.deployment.surgePercent : undefined;
  const healthy = Math.floor((100 * available) / fewest);
  return {
    // Above a hundred tasks one percent is more than one task: then rounding down would be one too few.
    minimumHealthyPercent: Math.ceil((fewest * healthy) / 100) < available ? healthy + 1 : healthy,
    maximumPercent: 100 + surgePercent(fewest, asked),
  };
}
