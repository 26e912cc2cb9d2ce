import type { ObjectStore } from '../archive/store';
import type { Clock } from '../runtime/clock';
import type { Session } from '../runtime/postgres/session';

/** A database instance, as RDS describes it. */
export interface Instance {
  readonly identifier: string;
  readonly status: string;
  /** Undefined while it is being made. */
  readonly host: string | undefined;
}

export interface Instances {
  /** @returns undefined if there is no such instance */
  find(identifier: string): Promise<Instance | undefined>;
  /** Gives the master user another password; the instance is busy with it for a minute. */
  setPassword(identifier: string, password: string): Promise<void>;
}

/** Logs in as the owner, with the secret's current value. */
export interface Login {
  password(): Promise<string>;
  /**
   * @throws {LoginRefused} if the database has another password, as one does that was restored from before a rotation
   * @throws {DatabaseUnreachable}
   */
  connect(host: string): Promise<Session>;
}

export interface Ports {
  readonly instances: Instances;
  readonly login: Login;
  /** The archive in the own region, or in the other one. */
  readonly archive: ObjectStore;
  readonly clock: Clock;
}

/** What the function knows of its place and of its time. */
export interface Host {
  readonly identifier: string;
  readonly database: string;
  /** Moment of `clock.monotonic()` by which the answer must be given. */
  readonly deadlineMs: number;
}
