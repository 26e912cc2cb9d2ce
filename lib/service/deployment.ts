import type { CfnService } from 'aws-cdk-lib/aws-ecs';
import type { Replicas, Service } from '../config/platform';
import { surgePercent } from '../config/replicas';

/** Bounds of a deployment in percent of the desired number, as ECS takes them. */
export interface DeploymentBounds {
  readonly minimumHealthyPercent: number;
  readonly maximumPercent: number;
}

/**
 * Whether the old task stops before the new one starts: where one task at most runs with the lead and the file keeps none in
 * service. A clock that starts jobs would start each twice while both run.
 */
export const stopsFirst = ({ runs, routes, replicas: { home }, deployment }: Service): boolean =>
  runs === 'leader' &&
  routes.length === 0 &&
  deployment.strategy === 'rolling' &&
  home.max === 1 &&
  home.available === 0;

/**
 * ECS rounds the least number up and the most number down.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html
 *
 * Rolling, the least keeps `available` of the desired tasks in service, in proportion when there are more; the most lets
 * at least one extra task start, or a deployment of few tasks could never begin. Otherwise a whole second set comes up
 * beside the first, which loses no task before its traffic has moved. Of what must never run twice nothing stays.
 */
export function deploymentBounds(service: Service, replicas: Replicas): DeploymentBounds {
  const { deployment } = service;
  if (stopsFirst(service)) return { minimumHealthyPercent: 0, maximumPercent: 100 };
  if (deployment.strategy !== 'rolling') return { minimumHealthyPercent: 100, maximumPercent: 200 };
  const fewest = Math.max(1, replicas.min);
  const available = Math.min(fewest, Math.max(1, replicas.available));
  const healthy = Math.floor((100 * available) / fewest);
  return {
    // Above a hundred tasks one percent is more than one task: then rounding down would be one too few.
    minimumHealthyPercent: Math.ceil((fewest * healthy) / 100) < available ? healthy + 1 : healthy,
    maximumPercent: 100 + surgePercent(fewest, deployment.surgePercent),
  };
}

type Configuration = CfnService.DeploymentConfigurationProperty;

/**
 * How ECS replaces the tasks of a service, by the platform file. Tasks that do not start and alarms that go off both end
 * a deployment and bring the old revision back.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-failure-detection.html
 * @param alarmNames of the service; none if it has no traffic
 * @param hooks functions that ECS asks at stages of a deployment
 */
export function deploymentConfiguration(
  service: Service,
  replicas: Replicas,
  alarmNames: readonly string[],
  hooks: readonly CfnService.DeploymentLifecycleHookProperty[] = [],
): Configuration {
  return {
    ...strategyOf(service.deployment),
    ...deploymentBounds(service, replicas),
    deploymentCircuitBreaker: { enable: true, rollback: true },
    ...(alarmNames.length > 0 && service.deployment.rollBackOnAlarm
      ? { alarms: { enable: true, rollback: true, alarmNames: [...alarmNames] } }
      : {}),
    ...(hooks.length > 0 ? { lifecycleHooks: [...hooks] } : {}),
  };
}

/** The file's strategy in the words of ECS. */
function strategyOf(deployment: Service['deployment']): Configuration {
  switch (deployment.strategy) {
    case 'rolling':
      return { strategy: 'ROLLING' };
    case 'blue-green':
      return { strategy: 'BLUE_GREEN', bakeTimeInMinutes: deployment.bakeMinutes };
    case 'canary':
      return {
        strategy: 'CANARY',
        bakeTimeInMinutes: deployment.bakeMinutes,
        canaryConfiguration: {
          canaryPercent: deployment.percent,
          canaryBakeTimeInMinutes: deployment.minutes,
        },
      };
  }
}
