/**
 * Messages of the plug-in pgoutput, protocol version 1, with text values.
 * https://www.postgresql.org/docs/17/protocol-logicalrep-message-formats.html
 */

/** Positions in the log are bytes; times are microseconds since 1970, UTC. */
export type Message =
  | Begin
  | Commit
  | Origin
  | Relation
  | Type
  | Insert
  | Update
  | Delete
  | Truncate
  | LogicalMessage;

export interface Begin {
  readonly kind: 'begin';
  /** Where the commit record of the transaction begins. */
  readonly commitLsn: bigint;
  readonly commitTimeUs: bigint;
  /** Of the top-level transaction. */
  readonly xid: number;
}

export interface Commit {
  readonly kind: 'commit';
  readonly commitLsn: bigint;
  /** Behind the commit record: what is acknowledged, and what orders transactions. */
  readonly endLsn: bigint;
  readonly commitTimeUs: bigint;
}

export interface Origin {
  readonly kind: 'origin';
  readonly name: string;
}

export interface Column {
  readonly name: string;
  /** Whether it is part of the replica identity. */
  readonly key: boolean;
  readonly type: number;
  readonly modifier: number;
}

export interface Relation {
  readonly kind: 'relation';
  readonly id: number;
  /** `pg_catalog` where the message has an empty one. */
  readonly schema: string;
  readonly name: string;
  /** d: primary key, n: nothing, f: all columns, i: an index. */
  readonly identity: 'd' | 'n' | 'f' | 'i';
  readonly columns: readonly Column[];
}

/** A type beside those that PostgreSQL brings. */
export interface Type {
  readonly kind: 'type';
  readonly id: number;
  readonly schema: string;
  readonly name: string;
}

/** A column's value: text as the type's output function writes it; null; undefined: an unchanged value that was not sent. */
export type Value = string | null | undefined;
export type Tuple = readonly Value[];

export interface Insert {
  readonly kind: 'insert';
  readonly relation: number;
  readonly row: Tuple;
}

export interface Update {
  readonly kind: 'update';
  readonly relation: number;
  /** The old key (`K`: only key columns have values) or the whole old row (`O`); absent if the key did not change. */
  readonly old: { readonly whole: boolean; readonly row: Tuple } | undefined;
  readonly row: Tuple;
}

export interface Delete {
  readonly kind: 'delete';
  readonly relation: number;
  readonly old: { readonly whole: boolean; readonly row: Tuple };
}

export interface Truncate {
  readonly kind: 'truncate';
  readonly cascade: boolean;
  readonly restartIdentity: boolean;
  readonly relations: readonly number[];
}

export interface LogicalMessage {
  readonly kind: 'message';
  readonly transactional: boolean;
  readonly lsn: bigint;
  readonly prefix: string;
  readonly content: Uint8Array;
}

/** What changes data or its form; what a transaction consists of between its begin and its commit. */
export type Change = Insert | Update | Delete | Truncate | LogicalMessage;
