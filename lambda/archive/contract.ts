/** What the archive is called in the database and in the buckets: shared by what writes, reads and builds it. */

/** The logical slot that the archive drains, and the publication that says what comes through it. */
export const SLOT = 'holdfast_archive';
export const PUBLICATION = 'holdfast_archive';

/** Prefixes of the logical messages that carry what PostgreSQL does not decode. Their content is JSON. */
export const MESSAGES = {
  /** One command of the data definition: `DdlMessage`. */
  ddl: 'holdfast.ddl',
  /** Values of sequences: `SequencesMessage`. */
  sequences: 'holdfast.sequences',
  /**
   * Empty, and right behind each of a command: PostgreSQL orders messages that were written in a subtransaction by where
   * they end, so the last of them and the record after it may come in either order.
   */
  behind: 'holdfast.behind',
  /** A sign of life, so that the slot of an idle database advances: `HeartbeatMessage`. */
  heartbeat: 'holdfast.heartbeat',
} as const;

/** Schemas whose rows are archived and never replayed: they say something of the server that they are on. */
export const OWN_SCHEMAS: readonly string[] = ['holdfast', 'cron'];

/** First part of every key: the version of the format. */
export const FORMAT = 'v1';
/** End of the key of a segment. */
export const SEGMENT_ENDING = '.segment';

const digits = (value: number, count: number): string => String(value).padStart(count, '0');

/**
 * A chain is one unbroken run of segments of one database: that of one epoch, or the rest of it after a gap.
 * `part` counts the chains of an epoch from 0.
 */
export interface ChainId {
  /** System identifier of the PostgreSQL cluster, in decimal. */
  readonly system: string;
  readonly database: string;
  readonly epoch: number;
  readonly part: number;
}

/** @returns `v1/<system>/<database>/`, below which all chains of a database are; they sort by age */
export const databasePrefix = ({ system, database }: Pick<ChainId, 'system' | 'database'>): string =>
  `${FORMAT}/${system}/${encodeURIComponent(database)}/`;

/** @returns `v1/<system>/<database>/<epoch>-<part>/`, below which the segments of a chain are; they sort by age */
export const chainPrefix = (chain: ChainId): string =>
  `${databasePrefix(chain)}${digits(chain.epoch, 10)}-${digits(chain.part, 4)}/`;

/** @returns the key of a segment, by its number in the chain alone: 0 is the genesis */
export const segmentKey = (chain: ChainId, sequence: number): string =>
  `${chainPrefix(chain)}${digits(sequence, 12)}${SEGMENT_ENDING}`;

/**
 * Content of a message of `MESSAGES.ddl`: one command that the server has carried out.
 *
 * Rows arrive by themselves, so a command that makes something with rows in it is told as the one that makes it empty:
 * with the tag CREATE TABLE AS, SELECT INTO or CREATE MATERIALIZED VIEW `statement` is a plain CREATE TABLE, or CREATE
 * MATERIALIZED VIEW ... WITH NO DATA, which whoever restores refreshes at the end (REFRESH is never told). A command that
 * ran CONCURRENTLY is told without that word. Rights are told too (GRANT, REVOKE, ALTER DEFAULT PRIVILEGES), but roles
 * are not in the log, and what was granted may be temporary: one of these that fails harms no row.
 */
export interface DdlMessage {
  /** The command tag: `ALTER TABLE`. */
  readonly tag: string;
  /**
   * What the client sent as a whole: it may hold several statements. Only its first 1,000 characters, for a person, where
   * `statement` is known.
   */
  readonly query: string;
  /**
   * The statement itself where the server knows it, as inside a function or DO block; null where it is a statement of
   * `query`. It may be several that belong together. A command whose text nobody knows has `statement` null and `opaque` true: it cannot be replayed.
   */
  readonly statement: string | null;
  readonly opaque: boolean;
  /**
   * The how manyth command of the data definition this is in `query`, from 1. Every one counts that PostgreSQL's event
   * ddl_command_end knows, also one without a message because it concerns a temporary table or changes nothing. Of no
   * meaning where `statement` is known or `opaque`.
   */
  readonly ordinal: number;
  /** Settings under which it ran. */
  readonly searchPath: string;
  readonly role: string;
  /** What was touched: `{"type": "table", "identity": "public.orders"}`; a grant does not say on what it is (`''`). */
  readonly objects: readonly { readonly type: string; readonly identity: string }[];
  /**
   * What the server had seen of others by then, as `pg_current_snapshot()` writes it: `xmin:xmax:xip,...`. The
   * fingerprint may be compared only if every transaction that has a message of this kind and was committed before is
   * visible in it: its xid is below xmin, or below xmax and not in the list.
   */
  readonly snapshot: string;
  /**
   * The catalogue afterwards, as `holdfast.catalogue_fingerprint()` says; empty if it could not be read without waiting
   * for somebody.
   */
  readonly fingerprint: string;
}

/** Content of a message of `MESSAGES.heartbeat`. */
export interface HeartbeatMessage {
  /** On the clock of whoever asked for it, in milliseconds since 1970. */
  readonly at_ms: number;
  /** With every full set of sequences: as in `DdlMessage`. */
  readonly snapshot?: string;
  readonly fingerprint?: string;
}

/**
 * Content of a message of `MESSAGES.sequences`: all sequences, or only those whose name or value has changed since they
 * were told last, possibly none. A server that was promoted or has crashed tells all of them.
 */
export interface SequencesMessage {
  /** The end of the log before the values were read: they hold for every commit up to there. */
  readonly readLsn: string;
  /** `last` in decimal; `called` as `is_called`: whether `last` was given out. */
  readonly sequences: readonly {
    readonly schema: string;
    readonly name: string;
    readonly last: string;
    readonly called: boolean;
  }[];
}
