import type { Rule } from './rules';

/** The replication configuration of this account's registry in this region. */
export interface Registry {
  rules(): Promise<readonly Rule[]>;
  /** Replaces all rules: ECR has no call for a single one, and no condition. */
  replace(rules: readonly Rule[]): Promise<void>;
}

/** @returns a number from 0 up to, not including, 1 */
export type Chance = () => number;
