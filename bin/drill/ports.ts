import type { DrillRequest } from '../../lambda/restore-drill/contract';
import type { DrillRecord } from '../../lambda/restore-drill/record';
import type { OperatorPorts } from '../operate/ports';

/** What a drill in an account sees and changes. It makes, changes and deletes nothing but replicas of its own. */

/** How the platform's own database of a region is made: a throw-away replica there is made the same way. */
export interface Model {
  readonly instanceClass: string;
  readonly multiAz: boolean;
  readonly storageGib: number;
  readonly subnetGroup: string;
  readonly parameterGroup: string;
  readonly keyArn: string;
  /** Id of the group that admits functions of Holdfast only. */
  readonly securityGroup: string;
}

/** A replica that a drill has made: its name and its tag say so. */
export interface ThrowAway {
  readonly identifier: string;
  /** As RDS names it: `creating`, `available`, `modifying`, `rebooting`, ... */
  readonly status: string;
  /** What it replicates; null once it is promoted. */
  readonly source: string | null;
  /** State of the parameter group of the model, as RDS names it; `other-group` before it has it. */
  readonly parameters: string;
  /** Id of the drill that made it. */
  readonly drill: string;
}

export interface NewThrowAway {
  readonly identifier: string;
  readonly drill: string;
  /** ARN of the database that it replicates. */
  readonly source: string;
  readonly model: Model;
}

/** RDS, as far as it is only looked at. */
export interface DrillDatabases {
  /** @throws if the region has no database of the platform, or lacks something else that a replica needs */
  model(region: string): Promise<Model>;
  /** @param parameterGroup that a replica is to have */
  list(region: string, parameterGroup: string): Promise<readonly ThrowAway[]>;
}

/** RDS, as far as a drill changes something. Each call refuses what no drill has made, by name and by tag. */
export interface ThrowAways {
  /** Begins to make a replica, unless there is one of that name. */
  make(region: string, replica: NewThrowAway): Promise<void>;
  setParameters(region: string, identifier: string, parameterGroup: string): Promise<void>;
  restart(region: string, identifier: string): Promise<void>;
  /** @param backups as the agent asks for them; a promotion that RDS refuses because of them goes without */
  promote(
    region: string,
    identifier: string,
    backups: { readonly days: number; readonly window: string },
  ): Promise<void>;
  /** Begins to delete one, without a last snapshot; does nothing if there is none. */
  remove(region: string, identifier: string): Promise<void>;
}

/** What the function says of a restore drill that has ended. */
export interface RestoreReport extends DrillRecord {
  readonly sentence: string;
}

/** The restore drill that is deployed: a function, and the objects in which it writes down where it is. */
export interface RestoreDrills {
  /** @returns the last thing that was written down; undefined if there was no drill yet */
  last(region: string): Promise<DrillRecord | undefined>;
  /** @returns undefined before the drill has ended */
  report(region: string, id: string): Promise<RestoreReport | undefined>;
  /** Starts one run of the function and does not wait for its end. */
  invoke(region: string, request: DrillRequest): Promise<void>;
}

export interface DrillPorts {
  /** What `status` sees, and what a switchover changes. */
  readonly operator: OperatorPorts;
  readonly databases: DrillDatabases;
  readonly throwAways: ThrowAways;
  readonly restores: RestoreDrills;
}
