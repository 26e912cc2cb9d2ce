import type { Entry, Report } from '../../lib/drill/model';
import type { Machine } from '../machine';

/** What a drill has seen, as it is written to JSON and drawn in the report. Times are milliseconds since 1970. */

/** Which of the two regions with an application. */
export type Side = 'home' | 'standby';

/** One request of the load, and how it ended. */
export interface RequestRecord {
  readonly client: number;
  readonly kind: 'read' | 'write';
  /** Of the row that it wrote or asked for, unique in the drill. */
  readonly id?: string;
  readonly sentMs: number;
  readonly endedMs: number;
  /** Region whose balancer was asked; undefined if the name did not resolve. */
  readonly side?: Side;
  /** HTTP status; 0 if there was no answer. */
  readonly status: number;
  /** Of a good answer: the epoch of the database, and the region of the task. A write was taken under this epoch. */
  readonly epoch?: number;
  readonly by?: Side;
  /** Of a read that was answered well: whether the row was there. */
  readonly found?: boolean;
  /** Whether it was sent a second time, after the first had failed: once at most, and only where that is harmless. */
  readonly retried: boolean;
}

/** Something that happened, told in a sentence. */
export type JournalEntry = Entry<
  'drill' | 'agent-home' | 'agent-standby' | 'database' | 'dns' | 'tasks' | 'leadership' | 'load'
>;

/** What was so at one moment; one every quarter of a second. */
export interface Sample {
  readonly atMs: number;
  /** Regions that are there and answer. */
  readonly alive: Readonly<Record<Side, boolean>>;
  /** Of the record of leadership. */
  readonly record?: {
    readonly holder: Side;
    readonly epoch: number;
    readonly state: string;
    readonly version: number;
  };
  /** Which region the public name leads to, as a fresh resolver sees it. */
  readonly dns?: Side;
  readonly databases: Readonly<Record<Side, DatabaseSample>>;
  /** Tasks that run. */
  readonly tasks: Readonly<Record<Side, number>>;
}

export interface DatabaseSample {
  /** `off`: who runs the servers knows that none runs under the name of the platform's database. */
  readonly role: 'primary' | 'replica' | 'silent' | 'off';
  /** Whether it takes writes of applications: it has a lease that has not run out. */
  readonly open: boolean;
  /** Of a primary: seconds until its lease runs out; 0 if it has. */
  readonly leaseSeconds?: number;
  /** Of a replica: seconds behind, by the last replayed heartbeat. */
  readonly lagSeconds?: number;
}

/** What became of the writes that clients were told had been taken. */
export interface Account {
  readonly acknowledged: number;
  /** In the database that leads at the end. */
  readonly present: number;
  /** Not in it, but in the archive: `holdfast salvage` lists them with their rows. */
  readonly salvaged: number;
  /** In neither, and said to be: within the interval behind the archive's head. */
  readonly lost: number;
  /** In neither, and nowhere listed. Must be 0. */
  readonly unexplained: number;
  /** Taken by one side after the other one had begun to take writes. Must be 0. */
  readonly doubled: number;
  /** All that are not present, in the order of their answers. */
  readonly missing: readonly Missing[];
}

/** An acknowledged write that is not in the database that leads. */
export interface Missing {
  readonly id: string;
  /** When it was acknowledged. */
  readonly atMs: number;
  /** Under which it was taken. */
  readonly epoch?: number;
  readonly became: 'salvaged' | 'lost' | 'unexplained';
}

/** What became of the work behind a queue, as the databases of the regions that are there at the end have it together. */
export interface Jobs {
  /** Jobs whose effect is there. */
  readonly committed: number;
  /** Those whose effect is there more than once. Must be none. */
  readonly twice: readonly string[];
  /** Effects by the region whose worker committed them. */
  readonly by: Readonly<Record<Side, number>>;
}

export interface Figures {
  /** From the beginning of the trouble until the database of either region took a write of a client. */
  readonly rtoSeconds?: number;
  /** What synth prints for the timings that were used, without the promotion. */
  readonly boundSeconds?: number;
  readonly promotionSeconds?: number;
  /** From the oldest acknowledged write that the new writer lacks until the trouble, or until the last one that it lacks. */
  readonly rpoSeconds?: number;
  /** Longest time without an acknowledged write, from the first request to the last. */
  readonly longestGapSeconds: number;
  /** How far the archive of the epoch that was left ends before the trouble; 0 if it ends later. */
  readonly archiveBehindSeconds?: number;
  readonly requests: number;
  readonly failed: number;
  /** Of requests that are harmless to repeat, after one repetition. */
  readonly failedAfterRetry: number;
  readonly latencyMs: { readonly p50: number; readonly p95: number; readonly p99: number };
}

export interface DrillReport extends Report<JournalEntry['who']> {
  readonly pace: 'fast' | 'real';
  /** Timings of the file were divided by this. */
  readonly factor: number;
  /** When the trouble began. */
  readonly troubleMs?: number;
  /** When a database took writes under a new epoch. */
  readonly writableMs?: number;
  readonly samples: readonly Sample[];
  readonly requests: readonly RequestRecord[];
  readonly account: Account;
  readonly figures: Figures;
  /** What stood in for what. */
  readonly standIns: readonly string[];
  readonly machine: Machine;
  /** What it was made with: name -> version. */
  readonly versions: Readonly<Record<string, string>>;
}
