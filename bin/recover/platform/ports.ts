import type { Stacks } from '../../checks/ports';
import type { OperatorPorts } from '../../operate/ports';
import type { CacheBackups } from '../cache/run';
import type { ObjectVersions } from '../objects/run';
import type { RecoveryPorts } from '../ports';
import type { SecretVersions } from '../secrets/run';

/** What the components beside the database are restored through. */
export interface ComponentPorts {
  readonly cache: CacheBackups;
  readonly objects: ObjectVersions;
  readonly secrets: SecretVersions;
}

/** Deploys with the CDK, from the platform file. */
export interface Deployer {
  /**
   * Deploys stacks in the order of their dependencies, and nothing else. What was kept when a stack was lost is taken into
   * the new one and not made again.
   * @throws {DeploymentFailed}
   */
  deploy(stacks: readonly string[]): Promise<void>;
}

/** A snapshot of the platform's database that lies in another account and is shared with this one. */
export interface SharedSnapshot {
  readonly region: string;
  readonly arn: string;
  /** Account that it lies in. */
  readonly account: string;
  /** When it was taken, in milliseconds since 1970. */
  readonly takenMs: number;
  /** ARN of the key that it is encrypted with; absent if it is not. */
  readonly keyArn?: string;
}

export interface SharedSnapshots {
  /** @returns those of a database by its identifier, which is the same in both accounts */
  list(region: string, identifier: string): Promise<readonly SharedSnapshot[]>;
  /** @returns how far a copy in this account is; undefined if there is none */
  status(
    region: string,
    name: string,
  ): Promise<{ readonly status: string; readonly percent: number } | undefined>;
  /**
   * Begins to copy one into this account, under its own key; a copy that is there already is no failure.
   * @throws {KeyNotShared} if the key of the other account may not be used
   */
  copy(snapshot: SharedSnapshot, name: string, tags: Readonly<Record<string, string>>): Promise<void>;
}

/** What rebuilding a platform works with: what looks, what restores, and what deploys. */
export interface PlatformPorts {
  readonly stacks: Stacks;
  readonly operator: OperatorPorts;
  readonly recovery: RecoveryPorts;
  readonly components: ComponentPorts;
  readonly shared: SharedSnapshots;
  readonly deployer: Deployer;
}

export interface PlatformRequest {
  /** Region whose data counts: that of the leader if none is named, otherwise home. */
  readonly from: string | undefined;
  /** Restores database and cache also if they are there: for who knows that they are empty. */
  readonly data: boolean;
}
