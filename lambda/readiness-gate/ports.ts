/** A task that runs. */
export interface RunningTask {
  readonly id: string;
  /** Its private address; undefined while it has none. */
  readonly address: string | undefined;
}

export interface Tasks {
  /** @returns the tasks of a service that run a revision of its task definition */
  running(cluster: string, service: string, definition: string): Promise<readonly RunningTask[]>;
  /** @returns ARN of the task definition of a revision of a service; undefined if there is no such revision */
  definitionOf(serviceRevision: string): Promise<string | undefined>;
}

export interface Probe {
  /** @returns the status code of an answer. Rejects if there is none in time */
  ask(address: string, port: number, path: string, timeoutMs: number): Promise<number>;
}

export interface Leadership {
  /** @returns why the lead may be elsewhere in a minute; undefined if it stays, or if nobody can say. Never rejects */
  moving(): Promise<string | undefined>;
}

export interface Cloud {
  readonly tasks: Tasks;
  readonly probe: Probe;
  readonly leadership: Leadership;
}
