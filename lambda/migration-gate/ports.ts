/** Which image of a repository. */
export type Reference = { readonly tag: string } | { readonly digest: string };

export interface Images {
  /** @returns the digest of an image; undefined if the repository or the image is not there */
  digest(repository: string, reference: Reference): Promise<string | undefined>;
}

/** What is started, and where. */
export interface Order {
  readonly cluster: string;
  /** ARN of the revision of the task definition. */
  readonly definition: string;
  readonly subnets: readonly string[];
  readonly securityGroups: readonly string[];
  /** The same token starts the same task: a repetition starts no second one. */
  readonly token: string;
}

/** How a task is. */
export type TaskState =
  | { readonly ended: false; readonly createdAt: number | undefined }
  /** The exit code is undefined if the container never started. */
  | { readonly ended: true; readonly exitCode: number | undefined; readonly reason: string };

export interface Tasks {
  /** @returns ARN of the task. Rejects if ECS did not take the order */
  run(order: Order): Promise<string>;
  /** @returns undefined if ECS knows no such task any more */
  state(cluster: string, task: string): Promise<TaskState | undefined>;
  stop(cluster: string, task: string, reason: string): Promise<void>;
}

/** A migration that was begun. */
export interface Begun {
  readonly change: string;
  /** Grows by one when a change is tried again after it failed. */
  readonly attempt: number;
  /** ARN of the task; absent until ECS has taken the order. */
  readonly task?: string;
  readonly failed?: true;
}

/** What has run. */
export interface Ledger {
  /** Changes that succeeded, the newest last. */
  readonly succeeded: readonly string[];
  readonly begun?: Begun;
}

export interface Ledgers {
  read(): Promise<Ledger>;
  /** Writes it down here, and in the other region if that answers. */
  write(ledger: Ledger): Promise<void>;
}

/** Whether the own region may be written. */
export type Lead =
  | { readonly known: true; readonly leads: boolean; readonly settled: boolean; readonly epoch: number }
  | { readonly known: false; readonly why: string };

export interface Leadership {
  /** Rejects only if AWS refuses the read. */
  lead(): Promise<Lead>;
}

/** A region, as far as the gate sees and changes it. */
export interface Cloud {
  readonly images: Images;
  readonly tasks: Tasks;
  readonly ledgers: Ledgers;
  readonly leadership: Leadership;
}
