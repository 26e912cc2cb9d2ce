import type { CfnTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import { COLLECTOR_IMAGE } from '../../config/image';
import type { Platform, Role, Service } from '../../config/platform';
import { COLLECTOR_MIB } from '../../config/sizes';
import { cachedImage } from '../../service/pull-through-cache';
import type { MetricsDestination } from '../workspace';
import { CONFIGURATION_VARIABLE, rendered } from './otel';
import { ownPorts, sidecarConfiguration } from './sidecar-config';

/** Name of the collector's container in every task. */
export const COLLECTOR_CONTAINER = 'metrics';
/**
 * CPU units that the collector counts for when CPU is short; the application has all others. ECS gives containers without
 * a number the least there is, so both must have one.
 */
export const COLLECTOR_CPU_UNITS = 32;
/** The runtime of Go collects garbage more often from here on. */
const MEMORY_GOAL_MIB = Math.floor(COLLECTOR_MIB * 0.7);

export interface SidecarProps {
  readonly platform: Platform;
  readonly role: Role;
  readonly service: Service;
  readonly workspace: MetricsDestination;
  /** Where the application's container writes its log. */
  readonly logs: CfnTaskDefinition.LogConfigurationProperty;
}

/**
 * The collector of metrics beside an application. The task lives on without it: what it costs to lose it is a few minutes
 * of metrics, and ECS starts it again in place.
 */
export function sidecar({ platform, role, service, workspace, logs }: SidecarProps) {
  const environment = {
    [CONFIGURATION_VARIABLE]: rendered(
      sidecarConfiguration(platform, role, service, workspace.remoteWriteUrl),
    ),
    GOMEMLIMIT: `${MEMORY_GOAL_MIB}MiB`,
  };
  return {
    name: COLLECTOR_CONTAINER,
    image: cachedImage(platform, platform.regions[role].name, COLLECTOR_IMAGE),
    essential: false,
    cpu: COLLECTOR_CPU_UNITS,
    memory: COLLECTOR_MIB,
    environment: Object.entries(environment).map(([name, value]) => ({ name, value })),
    readonlyRootFilesystem: true,
    linuxParameters: { initProcessEnabled: true },
    restartPolicy: { enabled: true, restartAttemptPeriod: 60 },
    // The image has no shell, but a program that asks the collector how it is.
    healthCheck: {
      command: ['CMD', '/healthcheck', `-port=${ownPorts(service).health}`],
      interval: 30,
      timeout: 5,
      retries: 3,
      startPeriod: 30,
    },
    logConfiguration: logs,
  } satisfies CfnTaskDefinition.ContainerDefinitionProperty;
}
