import type { Queue } from '../../lib/config/platform';
import type { Leadership } from '../operate/ports';

/**
 * What the commands on services see and change. Every call has a deadline of its own and rejects with `CallFailed` if
 * there is no answer; what does not exist is `undefined`.
 */

/** One of the versions of a service that run beside each other while it is deployed. */
export interface Rollout {
  /** The one that the service is on its way to. */
  readonly isPrimary: boolean;
  /** ARN of a revision. */
  readonly taskDefinition: string;
  /** `unknown` where ECS says none: a service whose deployments something else drives. */
  readonly state: 'COMPLETED' | 'FAILED' | 'IN_PROGRESS' | 'unknown';
  /** Why it is in that state; may be empty. */
  readonly reason: string;
  readonly desired: number;
  readonly running: number;
  /** Tasks of it that ended badly. */
  readonly failed: number;
}

/** An ECS service as it is now. */
export interface ServiceState {
  readonly desired: number;
  readonly running: number;
  /** ARN of the revision that it runs, or is on its way to. */
  readonly taskDefinition: string;
  readonly rollouts: readonly Rollout[];
  /** ARNs of the target groups that it feeds. */
  readonly targetGroups: readonly string[];
}

export interface Services {
  /** @returns undefined if there is no such service */
  describe(region: string, service: string): Promise<ServiceState | undefined>;
  /** Starts a deployment of another revision. */
  deploy(region: string, service: string, taskDefinition: string): Promise<void>;
  setDesired(region: string, service: string, desired: number): Promise<void>;
  /** @returns ARN of the deployment that is under way; undefined if there is none */
  underWay(region: string, service: string): Promise<string | undefined>;
  /** Makes ECS go back to what ran before a deployment that is under way. */
  rollBack(region: string, deployment: string): Promise<void>;
}

/** One revision of the task definition of a service. Each region numbers its own. */
export interface Revision {
  /** ARN. */
  readonly arn: string;
  readonly number: number;
  /** Without the registry's host, which differs by region: `ops-center/backend:1.4.2`. */
  readonly image: string;
  /** In milliseconds since 1970; null if ECS does not say. */
  readonly registeredMs: number | null;
  /** ARN of who registered it; null if ECS does not say. */
  readonly registeredBy: string | null;
}

export interface Revisions {
  /** The newest ones that ECS can still start, newest first. */
  list(region: string, service: string, count: number): Promise<readonly Revision[]>;
  one(region: string, arn: string): Promise<Revision>;
}

/** Between which numbers of tasks a service is scaled by its load. */
export interface Limits {
  readonly min: number;
  readonly max: number;
}

export interface ScalingLimits {
  /** @returns undefined if the service is not scaled by load */
  read(region: string, service: string): Promise<Limits | undefined>;
  write(region: string, service: string, limits: Limits): Promise<void>;
}

/** A task as the balancer sees it. */
export interface TargetState {
  /** Availability Zone; empty if the balancer does not say. */
  readonly zone: string;
  /** `healthy`, `initial`, `unhealthy`, `draining`, ... */
  readonly state: string;
}

export interface Targets {
  states(region: string, group: string): Promise<readonly TargetState[]>;
}

export interface Caches {
  /** @returns the status of the replication group, for example `available`; undefined if there is none */
  status(region: string, identifier: string): Promise<string | undefined>;
}

/** What waits in a queue; undefined where CloudWatch has no figure, or the engine does not tell it. */
export interface QueueState {
  /** Messages that can be taken. */
  readonly waiting?: number | undefined;
  /** Of SQS only. */
  readonly oldestSeconds?: number | undefined;
  /** Messages that failed as often as they may; of SQS only. */
  readonly dead?: number | undefined;
  /** Of a broker only. */
  readonly consumers?: number | undefined;
}

export interface Queues {
  state(region: string, queue: Queue): Promise<QueueState>;
}

export interface FiringAlarm {
  readonly name: string;
  /** Composites are what a person is paged for; the others are their causes. */
  readonly isComposite: boolean;
}

export interface Alarms {
  /** Those in the state ALARM whose names begin so. */
  firing(region: string, prefix: string): Promise<readonly FiringAlarm[]>;
}

/** Where a client's question is sent, and as which host. */
export interface Entrance {
  /** Name that is resolved. */
  readonly host: string;
  readonly port: number;
  /** Name that is asked for, in the handshake and in the request. */
  readonly name: string;
  readonly path: string;
}

export interface Answers {
  /**
   * Asks as a client does.
   * @throws if nothing answers, or if a client would refuse the certificate
   */
  ask(entrance: Entrance): Promise<{ readonly status: number; readonly milliseconds: number }>;
}

/** What `rollback` and `scale` need. */
export interface ServicesPorts {
  readonly leadership: Pick<Leadership, 'read'>;
  readonly services: Services;
  readonly revisions: Revisions;
  readonly limits: ScalingLimits;
}
