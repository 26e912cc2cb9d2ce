import type { Session } from '../../lambda/runtime/postgres/session';
import type { Manner } from '../recover/telling';

/** Schema of the old database, as SQL that a person could run. */
export interface SchemaSource {
  /** @throws {NoSchema} with what to do instead */
  read(): Promise<string>;
}

/** What a step of an import works with. Both sessions are those of users that own what they change. */
export interface ImportWork {
  /** The old server. Its session may write also when the database is set to refuse that. */
  readonly source: Session;
  /** The new server, as the owner of the fence. */
  readonly target: Session;
  readonly schema: SchemaSource;
  /** How the new server reaches the old one, in the form of libpq. It holds a password and is never told. */
  readonly conninfo: string;
  readonly manner: Manner;
  readonly tell: (sentence: string) => void;
}

export interface CutOverOptions {
  /** How long the old server may refuse writes at most, in seconds, before it is given back to its writers. */
  readonly withinSeconds: number;
  /** Whether all rows are compared while it refuses them, or their number only. */
  readonly compare: 'rows' | 'counts';
}

export interface BackOutOptions {
  /** Goes back also if the new server holds rows that the old one lacks. */
  readonly loseWrites: boolean;
}
