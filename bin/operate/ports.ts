import type { LeadershipRecord } from '../../lambda/leader/record';
import type { Replacement } from '../../lambda/leader/replace';
import type { DatabaseStatus } from '../../lambda/region-agent/ports';

/**
 * What an operator's commands see and change. Every call has a deadline of its own and rejects if there is no answer.
 * The databases themselves are out of reach of the operator's machine: what is known of them comes from the log of the
 * agents and from RDS.
 */

/** The leadership record, through whichever region of its table answers. */
export interface Leadership {
  /** @returns undefined if the table has none */
  read(): Promise<LeadershipRecord | undefined>;
  /** Reads through one region only. */
  readIn(region: string): Promise<LeadershipRecord | undefined>;
  /** Writes `next` if the record is still `current`. */
  replace(current: LeadershipRecord, next: LeadershipRecord): Promise<Replacement>;
}

/** One turn of an agent, as its log tells it. */
export interface Turn {
  /** When CloudWatch got it, in milliseconds since 1970. */
  readonly atMs: number;
  readonly sentence: string;
  /** Null without a managed database, or if it did not answer. */
  readonly database: DatabaseStatus | null;
  /** Why its region may not take over now; null if nothing stands against it. */
  readonly limitation: string | null;
  /** How far its replica is behind; null if it has none or nothing tells. */
  readonly lagSeconds: number | null;
}

export interface AgentLog {
  /**
   * @param sinceMs in milliseconds since 1970
   * @returns the turns of a region's agent, oldest first
   */
  turns(region: string, sinceMs: number): Promise<readonly Turn[]>;
}

/** One look at the shared files of a service, as the log of the function that copies them tells it. */
export interface FilesLook {
  /** When CloudWatch got it, in milliseconds since 1970. */
  readonly atMs: number;
  readonly service: string;
  readonly sentence: string;
  /** Whether its region leads, and there should be a working copy in the other one and is none. */
  readonly uncopied: boolean;
  /** Whether its region leads, and its files take no writes. */
  readonly readOnly: boolean;
}

export interface FilesLog {
  /**
   * @param sinceMs in milliseconds since 1970
   * @returns the looks of a region's function, oldest first
   */
  looks(region: string, sinceMs: number): Promise<readonly FilesLook[]>;
}

/** A database instance as RDS describes it. */
export interface Instance {
  /** `available`, `backing-up`, `rebooting`, ... */
  readonly status: string;
  /** ARN or identifier of what it replicates; null if it is no replica. */
  readonly source: string | null;
  readonly engineVersion: string;
  readonly parameterGroup: string;
  /** `in-sync`, `pending-reboot`, ... */
  readonly parameterStatus: string;
}

export interface Databases {
  /** @returns undefined if there is no such instance */
  describe(region: string, identifier: string): Promise<Instance | undefined>;
  /** @returns what a parameter group sets itself */
  parameters(region: string, group: string): Promise<ReadonlyMap<string, string>>;
}

/** What `status` and the operations need. */
export interface OperatorPorts {
  readonly leadership: Leadership;
  readonly agentLog: AgentLog;
  /** Asked only if services share files. */
  readonly filesLog: FilesLog;
  readonly databases: Databases;
}

/** What is known of a secret without reading it. */
export interface SecretStatus {
  /** Id of its current version; undefined if it has no value. */
  readonly current: string | undefined;
  /** State of each copy, by region: `InSync`, `InProgress`, `Failed`. */
  readonly copies: ReadonlyMap<string, string>;
}

export interface SecretStatuses {
  /** @returns undefined if there is no such secret */
  status(region: string, name: string): Promise<SecretStatus | undefined>;
}

/** A failover record of Route 53. */
export interface FailoverRecord {
  readonly role: 'PRIMARY' | 'SECONDARY';
  /** Without the dot at the end. */
  readonly target: string;
  readonly evaluatesTarget: boolean;
  readonly healthCheck: string | undefined;
}

/** What a health check asks, or what it is calculated from. */
export type HealthCheck =
  | {
      readonly kind: 'asked';
      readonly host: string;
      readonly path: string;
      readonly intervalSeconds: number;
      readonly inARow: number;
    }
  | {
      readonly kind: 'calculated';
      readonly children: readonly string[];
      readonly threshold: number;
      readonly inverted: boolean;
    };

export interface Traffic {
  /** The failover records under a name. */
  failoverRecords(zone: string, name: string): Promise<readonly FailoverRecord[]>;
  /** @returns undefined if there is no such check */
  healthCheck(id: string): Promise<HealthCheck | undefined>;
  /** What each checker saw last, as Route 53 words it. Not told of calculated checks. */
  observations(id: string): Promise<readonly string[]>;
}

/** What a stack is made of, as CloudFormation has it. */
export interface Deployed {
  /** @returns the template; undefined if there is no such stack */
  template(region: string, stack: string): Promise<string | undefined>;
  /** @returns physical names of the stack's resources of a type; undefined if there is no such stack */
  resources(region: string, stack: string, type: string): Promise<readonly string[] | undefined>;
}

export interface Certificates {
  /**
   * Shakes hands with a host, as a client does.
   * @returns when the certificate that it shows for `name` ends, in milliseconds since 1970
   * @throws if nothing answers, or if a client would refuse the certificate
   */
  validUntil(host: string, port: number, name: string): Promise<number>;
}

/** What `preflight` asks beside that. */
export interface PreflightPorts extends OperatorPorts {
  readonly secrets: SecretStatuses;
  readonly traffic: Traffic;
  readonly deployed: Deployed;
  readonly certificates: Certificates;
}
