import type { Stacks } from '../../checks/ports';
import type { OperatorPorts } from '../../operate/ports';
import type { ComponentPorts } from '../aws';
import type { RecoveryPorts } from '../ports';

/** Deploys with the CDK, from the platform file. */
export interface Deployer {
  /**
   * Deploys stacks in the order of their dependencies, and nothing else. What was kept when a stack was lost is taken into
   * the new one and not made again.
   * @throws {DeploymentFailed}
   */
  deploy(stacks: readonly string[]): Promise<void>;
}

/** What rebuilding a platform works with: what looks, what restores, and what deploys. */
export interface PlatformPorts {
  readonly stacks: Stacks;
  readonly operator: OperatorPorts;
  readonly recovery: RecoveryPorts;
  readonly components: ComponentPorts;
  readonly deployer: Deployer;
}

export interface PlatformRequest {
  /** Region whose data counts: that of the leader if none is named, otherwise home. */
  readonly from: string | undefined;
  /** Restores database and cache also if they are there: for who knows that they are empty. */
  readonly data: boolean;
}
