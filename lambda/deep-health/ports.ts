/** A task that runs. */
export interface RunningTask {
  readonly id: string;
  /** Its private address; undefined while it has none. */
  readonly address: string | undefined;
  /** When its containers had started, in milliseconds since 1970; undefined until then. */
  readonly startedAt: number | undefined;
}

/** What a run asks, and where it tells. */
export interface Cloud {
  /** @returns the tasks of a service of the region that run and are to go on running */
  running(service: string): Promise<readonly RunningTask[]>;
  /** @returns the status code of an answer. Rejects if there is none in time */
  ask(address: string, port: number, path: string, timeoutMs: number): Promise<number>;
  /** Tells how many tasks of a service fail. */
  report(service: string, failing: number): void;
}
