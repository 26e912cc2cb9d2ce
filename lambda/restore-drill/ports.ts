import type { ObjectStore } from '../archive/store';
import type { Clock } from '../runtime/clock';
import type { Session } from '../runtime/postgres/session';
import type { DrillRecord } from './record';

export interface Copy {
  readonly identifier: string;
  readonly status: string;
  /** Undefined while it is being made. */
  readonly host: string | undefined;
}

/** RDS, as far as a drill needs it. It makes and deletes nothing but copies that are named as the drill's. */
export interface Copies {
  /** The latest moment that RDS can restore of the platform's database, and the last snapshot before it. */
  latest(): Promise<{ readonly timeMs: number; readonly snapshot: string | undefined }>;
  /** All copies of drills, whichever drill made them. */
  list(): Promise<readonly Copy[]>;
  /** Begins to make a copy, unless there is one of that name. */
  make(identifier: string, drill: string, base: DrillRecord['base']): Promise<void>;
  setPassword(identifier: string, password: string): Promise<void>;
  remove(identifier: string): Promise<void>;
}

/** Where drills are written down. */
export interface Records {
  /** @returns the last thing that was written; undefined if nothing ever was */
  last(): Promise<Written | undefined>;
  /** @returns false if somebody else has written it meanwhile */
  append(after: Written | undefined, record: DrillRecord): Promise<boolean>;
  report(record: DrillRecord, text: string): Promise<void>;
}

export interface Written {
  readonly number: number;
  readonly record: DrillRecord;
}

export interface Login {
  /** @throws {LoginRefused} */
  connect(host: string): Promise<Session>;
  password(): Promise<string>;
}

export interface Ports {
  readonly copies: Copies;
  readonly records: Records;
  readonly login: Login;
  readonly archive: ObjectStore;
  /** Whether the own region leads. */
  readonly leads: () => Promise<boolean>;
  readonly clock: Clock;
}
