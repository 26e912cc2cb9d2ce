import type { Position } from '../archive/format/segment';
import type { TableContent } from '../archive/restore/content';
import type { CopiedTable } from '../archive/restore/copy-tables';
import type { RestoredStatus } from '../archive/restore/restored';
import type { SalvagedTransaction, SalvageSummary } from '../archive/salvage/salvaged';

/** What the function is asked, and what it answers: shared with the operator's command line. */

/**
 * Until where: `latest`, a time as `2026-01-31T12:00:00.000000Z`, or a position in the log as `0/16B3748`. What committed
 * at that time or ends at that position is in.
 */
export type TargetText = string;

/** What the function is invoked with. Everything may be asked again: what is done is not done twice. */
export type RestoreRequest =
  /** How far a restored database is. */
  | { readonly operation: 'status'; readonly instance: string }
  /** Closes the fence of a restored database and switches its jobs off, but for the fence's own. */
  | { readonly operation: 'prepare'; readonly instance: string }
  /** Adds what the archive has and the database lacks, for as long as the function may run. */
  | { readonly operation: 'top-up'; readonly instance: string; readonly target: TargetText }
  /** Looks whether what is there is what the archive says. */
  | VerifyRequest
  /** Copies tables of a restored database into a new schema of the platform's own database. */
  | {
      readonly operation: 'copy-tables';
      readonly instance: string;
      readonly tables: readonly string[];
      readonly schema: string;
    }
  /** Reads what the slot of an old primary that was put away still has. To be asked in its region. */
  | { readonly operation: 'old-side'; readonly instance: string }
  | SalvageRequest
  | SalvageSqlRequest;

export interface VerifyRequest {
  readonly operation: 'verify';
  readonly instance: string;
  readonly target: TargetText;
  /** Where the archive's last transaction ended when the copy was topped up to `latest`, as `TopUpReply.head` gave it. */
  readonly head?: string;
}

/** Lists what the archive of an earlier epoch has and the platform's database lacks. */
export interface SalvageRequest {
  readonly operation: 'salvage';
  /** Epoch that was left; null: the one before the database's own. */
  readonly epoch: number | null;
  /** What the old side has behind the end of the archive, as `OldSideReply` gave it; null if it was not read. */
  readonly oldSide: string | null;
  /** `next` of the answer before; null at first. */
  readonly after: string | null;
}

/** Writes the SQL that applies chosen transactions once. */
export interface SalvageSqlRequest {
  readonly operation: 'salvage-sql';
  readonly epoch: number | null;
  readonly oldSide: string | null;
  /** `end_lsn` of each. */
  readonly transactions: readonly string[];
  readonly after: string | null;
}

export type Outcome =
  /** There is nothing left to do. */
  | 'done'
  /** The time was up: ask again with `next`, where there is one. */
  | 'more'
  /** It cannot be done; the sentence says why. */
  | 'refused';

interface Reply {
  readonly outcome: Outcome;
  /** One sentence for a person. */
  readonly sentence: string;
}

export interface StatusReply extends Reply {
  readonly operation: 'status' | 'prepare';
  readonly database: RestoredStatus;
}

export interface TopUpReply extends Reply {
  readonly operation: 'top-up';
  /** Transactions that this invocation added. */
  readonly applied: number;
  /** Last transaction that is in the database now, wherever it came from; null if there is no archive. */
  readonly last: Position | null;
  /** Last transaction of the archive. */
  readonly head: Position | null;
}

export interface VerifyReply extends Reply {
  readonly operation: 'verify';
  /** What is wrong, one sentence each. */
  readonly problems: readonly string[];
  readonly tables: readonly TableContent[];
  /** Tables that were not read, because they are too large for the time. */
  readonly leftOut: readonly string[];
  readonly last: Position | null;
  /** Why it was not held against an archive, in one sentence; null if it was. */
  readonly unheld: string | null;
}

export interface CopyTablesReply extends Reply {
  readonly operation: 'copy-tables';
  readonly copied: readonly CopiedTable[];
}

/** The copy got the current password; ask again in a minute. */
export interface PasswordReply extends Reply {
  readonly operation: 'password';
  readonly outcome: 'more';
}

export type RestoreReply =
  | StatusReply
  | PasswordReply
  | TopUpReply
  | VerifyReply
  | CopyTablesReply
  | OldSideReply
  | SalvageReply
  | SalvageSqlReply
  | Refusal;

/** Something stands against what was asked; nothing was changed. */
export interface Refusal extends Reply {
  readonly operation: 'refused';
  readonly outcome: 'refused';
}

export interface OldSideReply extends Reply {
  readonly operation: 'old-side';
  /** Whole transactions as the archive has them: messages behind their lengths, in base64. */
  readonly frames: string;
  readonly transactions: number;
}

export interface SalvageReply extends Reply {
  readonly operation: 'salvage';
  readonly summary: SalvageSummary;
  readonly transactions: readonly SalvagedTransaction[];
  readonly next: string | null;
}

export interface SalvageSqlReply extends Reply {
  readonly operation: 'salvage-sql';
  /** The next piece of the file. */
  readonly sql: string;
  readonly next: string | null;
}
