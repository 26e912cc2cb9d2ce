import type { Ports as CheckPorts } from '../checks/ports';
import type { PreflightPorts } from '../operate/ports';
import type { First } from './order';

/** The CDK's command line. */
export interface Cdk {
  /**
   * Writes the templates of a platform into a folder.
   * @param first region whose services are deployed before those of the other one; it is in no template
   * @throws CdkFailed
   */
  synth(platform: string, first: First, folder: string): Promise<void>;
  /**
   * Compares the templates in a folder with what is deployed.
   * @param onLine gets what it prints
   * @throws CdkFailed
   */
  diff(folder: string, onLine: (line: string) => void): Promise<void>;
  /**
   * Deploys all stacks in a folder, each after those that it needs.
   * @throws CdkFailed
   */
  deploy(folder: string, onLine: (line: string) => void): Promise<void>;
}

export interface DeployPorts {
  /** Asks CloudFormation and the account anew at each call: a deployment changes the answers. */
  readonly checks: () => CheckPorts;
  readonly preflight: PreflightPorts;
  readonly cdk: Cdk;
}

/** What becomes of a stack that is deleted. */
export interface StackRemoval {
  remove(region: string, stack: string): Promise<void>;
  /** @returns undefined once it is gone */
  status(
    region: string,
    stack: string,
  ): Promise<{ readonly status: string; readonly reason: string } | undefined>;
}
