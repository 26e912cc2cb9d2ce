import type { LeadershipRecord } from '../leader/record';

/**
 * Everything outside the function. Each call is one attempt with a deadline of its own, is safe to repeat, and throws if it
 * fails or if what became of it is unknown: the next run looks again.
 */

/** The leadership record, through whichever region of the table answers. */
export interface Leadership {
  /** @returns undefined if the table holds none yet */
  read(): Promise<LeadershipRecord | undefined>;
}

/**
 * Whether a file system may be overwritten, as EFS says it.
 * - `ENABLED`: it may not, and takes writes.
 * - `DISABLED`: it may be made a copy, and takes no writes.
 * - `REPLICATING`: it is a copy.
 * https://docs.aws.amazon.com/efs/latest/ug/API_FileSystemProtectionDescription.html
 */
export type Protection = 'ENABLED' | 'DISABLED' | 'REPLICATING';

export interface FileSystem {
  readonly id: string;
  readonly protection: Protection;
  /** Value of the tag `MARK_TAG`. */
  readonly mark: string | undefined;
}

/** The one replication that a file system can be part of. */
export interface Copying {
  readonly source: string;
  readonly destination: string;
  /** As EFS names it: `ENABLED`, `ENABLING`, `DELETING`, `ERROR`, `PAUSED`, `PAUSING`. */
  readonly status: string;
  /** What was changed in the source before this moment is in the copy; milliseconds since 1970. */
  readonly syncedMs: number | undefined;
}

/** File systems of the own region, through its EFS. */
export interface Files {
  look(id: string): Promise<FileSystem & { readonly copying: Copying | undefined }>;
  /** Allows or forbids that a file system is overwritten. */
  protect(id: string, protection: 'ENABLED' | 'DISABLED'): Promise<void>;
  /** Writes the tag `MARK_TAG`. */
  mark(id: string, mark: string): Promise<void>;
  /** Makes the file system `to` of the other region a copy. EFS refuses if that one is protected. */
  copy(id: string, to: string): Promise<void>;
  /** Ends the replication out of `source`, in whichever region that is: its copy takes writes then, minutes later. */
  endCopy(source: string): Promise<void>;
}

/** File systems of the other region, through its EFS. */
export interface OtherFiles {
  /**
   * @param parameter that holds the id
   * @returns undefined if the other region has none
   */
  look(parameter: string): Promise<FileSystem | undefined>;
}

/** AWS Backup of the own region. */
export interface Saves {
  /**
   * Begins a recovery point of a file system.
   * @param token the same token begins one only once
   * @returns the id of the job
   */
  begin(fileSystem: string, token: string): Promise<string>;
  state(job: string): Promise<'running' | 'done' | 'failed'>;
}

/** Tasks of the own region. */
export interface Tasks {
  /** @returns whether a task of the service runs that has mounted the file system */
  mounted(service: string, fileSystem: string): Promise<boolean>;
}

export interface World {
  readonly leadership: Leadership;
  readonly files: Files;
  readonly otherFiles: OtherFiles;
  readonly saves: Saves;
  readonly tasks: Tasks;
}
