import type { Base } from '../../lambda/archive/restore/base';
import type { ObjectStore } from '../../lambda/archive/store';
import type { RestoreReply, RestoreRequest } from '../../lambda/restore/request';
import type { Leadership } from '../operate/ports';

/**
 * What the commands of recovery see and change. Databases are out of reach of the operator's machine: what is to be done in
 * them, a function in their VPC does.
 */

export interface RestoreFunctions {
  /** @throws if the function failed; a refusal is an answer */
  invoke(region: string, request: RestoreRequest): Promise<RestoreReply>;
}

/** An instance that is or was restored. */
export interface RestoredInstance {
  readonly status: string;
  /** What it was asked to become, as its tag says; undefined if it was not made by a restore. */
  readonly target: string | undefined;
  /** In milliseconds since 1970; absent while it is being made. */
  readonly createdMs?: number;
}

/** With what a new instance is made: as the platform's own in that region. */
export interface InstanceSettings {
  readonly instanceClass: string;
  readonly subnetGroup: string;
  readonly parameterGroup: string;
  /** Id of the group that admits functions of Holdfast only. */
  readonly securityGroup: string;
}

export interface NewInstance extends InstanceSettings {
  readonly identifier: string;
  readonly base: Base;
  /** For the automated backups: the moment, in milliseconds since 1970. */
  readonly restoreTimeMs: number | undefined;
  readonly tags: Readonly<Record<string, string>>;
}

/** RDS, as far as a restore needs it. */
export interface Backups {
  /** What there is in a region to restore the platform's database from. */
  bases(region: string, identifier: string): Promise<readonly Base[]>;
  /** @returns undefined if there is no such instance */
  find(region: string, identifier: string): Promise<RestoredInstance | undefined>;
  /** @throws if the region lacks something that a new instance needs */
  settings(region: string, identifier: string): Promise<InstanceSettings>;
  /** Begins to make a new instance; RDS refuses an identifier that is taken. */
  restore(region: string, instance: NewInstance): Promise<void>;
}

export interface RecoveryPorts {
  readonly leadership: Pick<Leadership, 'read'>;
  readonly functions: RestoreFunctions;
  readonly backups: Backups;
  /** The archive of both regions, that of the region named first. */
  readonly archive: (first: string) => ObjectStore;
  /** The archive of one region. */
  readonly archiveIn: (region: string) => ObjectStore;
}
