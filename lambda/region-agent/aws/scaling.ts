import {
  ApplicationAutoScalingClient,
  DescribeScalableTargetsCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import type { Clock } from '../../runtime/clock';
import { ONE_ATTEMPT, sender } from './request';

/** Between which numbers of tasks a service is scaled by its load. */
export interface Limits {
  readonly min: number;
  readonly max: number;
}

/** Application Auto Scaling of one cluster in one region. Throws `TimedOut`, `Throttled` or `RequestFailed`. */
export interface Scaling {
  /** @returns service -> limits, for the services that are scaled by load: the others have none and must get none */
  limits(): Promise<ReadonlyMap<string, Limits>>;
  setLimits(service: string, limits: Limits): Promise<void>;
}

const TARGET = { ServiceNamespace: 'ecs', ScalableDimension: 'ecs:service:DesiredCount' } as const;

export function scaling(cluster: string, region: string, clock: Clock): Scaling {
  const client = new ApplicationAutoScalingClient({ region, ...ONE_ATTEMPT });
  const send = sender(clock);
  const prefix = `service/${cluster}/`;
  return {
    async limits() {
      const found = new Map<string, Limits>();
      let NextToken: string | undefined;
      do {
        const command = new DescribeScalableTargetsCommand({ ...TARGET, NextToken });
        const page = await send(`Describing the scaling in ${region}`, (abortSignal) =>
          client.send(command, { abortSignal }),
        );
        for (const {
          ResourceId: id = '',
          MinCapacity: min = 0,
          MaxCapacity: max = 0,
        } of page.ScalableTargets ?? []) {
          if (id.startsWith(prefix)) found.set(id.slice(prefix.length), { min, max });
        }
        NextToken = page.NextToken;
      } while (NextToken);
      return found;
    },
    async setLimits(service, { min, max }) {
      const command = new RegisterScalableTargetCommand({
        ...TARGET,
        ResourceId: `${prefix}${service}`,
        MinCapacity: min,
        MaxCapacity: max,
      });
      await send(`Setting the scaling of ${service} in ${region} to ${min} to ${max}`, (abortSignal) =>
        client.send(command, { abortSignal }),
      );
    },
  };
}
