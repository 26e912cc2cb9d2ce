import type { LeadershipRecord } from '../leader/record';
import type { Replacement } from '../leader/replace';

/**
 * Everything outside the agent. Each call is one attempt with a deadline of its own, is safe to repeat, and throws if it
 * fails or if what became of it is unknown: the next turn looks again.
 */

/** The leadership record, through whichever region of the table answers. */
export interface Leadership {
  /** @returns the latest record; undefined if the table has none, which nobody may take for epoch 1 */
  read(): Promise<LeadershipRecord | undefined>;
  /** Writes `next` if the record is still `current`. */
  replace(current: LeadershipRecord, next: LeadershipRecord): Promise<Replacement>;
}

/** A lease as the database holds it. Times are milliseconds since 1970 on the database's own clock. */
export interface Lease {
  readonly epoch: number;
  readonly version: number;
  /** No write begins at or after this. */
  readonly limitMs: number;
}

/** The fence's view of its database; also a replica answers it. */
export interface DatabaseStatus {
  /** Whether it replays another one's log: a replica that was not promoted. */
  readonly inRecovery: boolean;
  /** The database's own clock, in milliseconds since 1970. */
  readonly clockMs: number;
  /** The timeline that is written; null on a replica. */
  readonly timeline: number | null;
  /** Written so far; on a replica replayed so far. */
  readonly lsn: string;
  /** Received so far; null on a primary, or on a replica that has received nothing since its start. */
  readonly receiveLsn: string | null;
  /** Whether a replica is connected to its source now; false on a primary. */
  readonly streaming: boolean;
  /** The last heartbeat of the writer that is here, on the writer's clock; null if there was none. */
  readonly heartbeatMs: number | null;
  readonly lease: Lease & {
    readonly closed: boolean;
    /** Timeline it was opened for; on another one it is closed. */
    readonly timeline: number;
  };
  /** Seconds since sessions without a lease were last looked for; null if never. */
  readonly enforcedAgoSeconds: number | null;
  /** How often they are looked for. */
  readonly enforceSeconds: number;
  /** Sessions of fenced roles that are connected. */
  readonly fencedSessions: number;
  /**
   * Whether the log is meant to be archived from here and no slot keeps it for that: what is committed may be in no
   * archive. Absent if the database does not know.
   */
  readonly archiveMissing?: boolean;
}

/** The own region's database, through SQL. */
export interface FencedDatabase {
  observe(): Promise<DatabaseStatus>;
  /**
   * Extends a lease of the same epoch and timeline by a higher version, if it is not closed. Also writes a heartbeat and
   * lets the application's roles log in until the limit.
   * @returns false if the fence refused
   */
  renew(lease: Lease): Promise<boolean>;
  /**
   * Opens the lease of a higher epoch, or of the same one by a higher version, for the present timeline. Where the log is
   * archived it first makes the slot, for 5 s at most, and opens without one after that: `archiveMissing` tells.
   * @returns false if the fence refused
   */
  open(lease: Lease): Promise<boolean>;
  /**
   * Closes it by a higher version, so that no late renewal opens it, and ends the sessions of the application.
   * @returns false if the fence refused
   */
  close(lease: Pick<Lease, 'epoch' | 'version'>): Promise<boolean>;
  /** Ends the sessions of the application if the database takes no writes, and does nothing otherwise. */
  endSessions(): Promise<void>;
}

/** An instance as the RDS API describes it. */
export interface InstanceStatus {
  /** As RDS names it: `available`, `backing-up`, `modifying`, `rebooting`, `creating`, ... */
  readonly status: string;
  /** ARN or identifier of the instance it replicates; null if it is none's replica. */
  readonly source: string | null;
}

/** The own region's database, through the RDS API of the own region. */
export interface DatabaseInstance {
  /** @returns undefined if there is no such instance */
  describe(): Promise<InstanceStatus | undefined>;
  /** Asks for the promotion. RDS refuses while the instance is in another status than `available`. */
  promote(): Promise<void>;
  /**
   * Takes a snapshot of that name if there is none, and sees to it that the instance keeps backups for as long as a
   * primary of the platform does: a promotion may have gone without.
   */
  takeBase(name: string): Promise<void>;
}

/** What the failback recipe has made so far in the own region. */
export interface RebuildStatus {
  /** The instance under the platform's identifier; undefined if there is none. */
  readonly instance: InstanceStatus | undefined;
  /** Whether that instance runs with the settings of the template: a replica takes some only after it was made. */
  readonly settled: boolean;
  /** The old primary under its quarantine name; undefined if there is none. */
  readonly quarantine: InstanceStatus | undefined;
  /** Status of the old primary's last snapshot; undefined if there is none. */
  readonly snapshot: string | undefined;
  /**
   * Copies for reads, and whether each replicates the instance under the platform's identifier. One that somebody has
   * promoted is no copy any more, and is left alone.
   */
  readonly readReplicas: readonly {
    readonly identifier: string;
    readonly status: string;
    readonly ofInstance: boolean;
  }[];
  /** Copies for reads that the platform file asks for and under whose names there is no instance. */
  readonly missingReadReplicas: readonly string[];
}

/**
 * Rebuilding of a side that was left, under the same identifiers, so that CloudFormation sees no difference. Everything
 * is done through the RDS API of the own region.
 */
export interface Rebuild {
  /** @param epoch in which the side was left; part of the names of quarantine and snapshot */
  observe(epoch: number): Promise<RebuildStatus>;
  /** Takes the last snapshot of the old primary. */
  snapshot(epoch: number): Promise<void>;
  /** Renames the old primary and moves it behind a security group that admits no application. */
  quarantine(epoch: number): Promise<void>;
  /**
   * Makes a replica of the other region's database under the platform's identifier; gives one that is there the settings
   * of the template, and restarts it once they wait for that.
   */
  createReplica(): Promise<void>;
  /**
   * Deletes a copy for reads of another instance than the one under the platform's identifier, or makes one that is
   * missing. RDS makes none of a replica without backups.
   */
  mendReadReplica(identifier: string, how: 'delete' | 'create'): Promise<void>;
}

/** Tasks of all services of a region: how many run, and how many are meant to. */
export interface FleetStatus {
  readonly services: readonly {
    readonly name: string;
    readonly desired: number;
    readonly running: number;
    /** Sizes for a region that leads, and for one that does not. */
    readonly serving: number;
    readonly standby: number;
  }[];
}

/** The services of the own region, through ECS and Application Auto Scaling of the own region. */
export interface Fleet {
  observe(): Promise<FleetStatus>;
  /** Raises every service (its count and the floor of its scaling) to its size for leading. Takes no task away. */
  scaleUp(): Promise<void>;
  /** Brings every service to its size for standing by, also one that was taken to no task. */
  scaleDown(): Promise<void>;
}

/** The other region, by calls to its own endpoints: tried, never relied on. */
export interface OtherSide {
  /** Takes its services to no task and its database behind a group that admits no application. */
  close(): Promise<void>;
}

/** The copies of the other region's secrets in the own one. */
export interface Secrets {
  /** Makes every copy a secret of its own, so that it can be changed while the other region is away. */
  detach(): Promise<void>;
  /** Takes over the values of the leading region and copies to it again; only at home, where the secrets belong. */
  reattach(): Promise<void>;
}

/** Whether the application of a region answers from outside. */
export interface Answer {
  readonly answers: boolean;
  /** For a person. */
  readonly sentence: string;
}

/** Looks at applications as their users do. Advice only: an answer is no proof of a writer, silence none of its end. */
export interface Prober {
  /** The other side, asked from the own region. */
  fromHere(): Promise<Answer>;
  /** The other side, asked from the witness region. */
  fromWitness(): Promise<Answer>;
  /** Whether the own side would do as well: its deep check answers and its images are those of the other side. */
  ownSide(): Promise<Answer>;
}

/** The person on call. */
export interface Pager {
  page(subject: string, sentence: string): Promise<void>;
}

/** All of it. Without a managed database there is nothing to fence and nothing to promote. */
export interface World {
  readonly leadership: Leadership;
  readonly managed:
    | { readonly database: FencedDatabase; readonly instance: DatabaseInstance; readonly rebuild: Rebuild }
    | undefined;
  readonly fleet: Fleet;
  readonly otherSide: OtherSide;
  readonly secrets: Secrets;
  readonly prober: Prober;
  readonly pager: Pager;
}
