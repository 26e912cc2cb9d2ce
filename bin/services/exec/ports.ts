/** A task that can take a command. */
export interface OpenTask {
  readonly id: string;
  /** Id of the application's container at its runtime; undefined while it starts. */
  readonly runtimeId: string | undefined;
  /** Whether the agent that takes commands runs beside the application. */
  readonly takesCommands: boolean;
}

/** What ECS gives for one session; the token is worth a shell, and is never printed. */
export interface Session {
  readonly sessionId: string;
  readonly streamUrl: string;
  readonly tokenValue: string;
}

export interface Tasks {
  /** Those that run. */
  running(region: string, service: string): Promise<readonly OpenTask[]>;
  /** Begins a command in a task. */
  open(region: string, task: string, command: string): Promise<Session>;
}

/** AWS's own program that carries a session between a terminal and a task. */
export interface SessionPlugin {
  isThere(): Promise<boolean>;
  /** @returns its exit code */
  attach(region: string, session: Session, target: string): Promise<number>;
}
