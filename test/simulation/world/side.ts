import type { Fleet } from './fleet';
import type { SideName } from './places';
import type { Rds } from './rds';

/** What a region with an application has. */
export interface Side {
  readonly name: SideName;
  readonly rds: Rds;
  readonly fleet: Fleet;
  /** How many faults keep the agent's function from working at all. */
  agentBroken: number;
}
