import type { FenceState } from './fence';
import type { SideName } from './places';

/** A transaction of the application that committed. */
export interface Commit {
  readonly id: number;
  readonly region: SideName;
  /** Number of the server that committed it. */
  readonly server: number;
  /** Of the lease under which its last statement began. */
  readonly epoch: number;
  /** When it committed, and when its last statement began, in true time. */
  readonly atMs: number;
  readonly statementMs: number;
  /** Its client was told. */
  acknowledged: boolean;
}

/** Something that a server wrote; what replicas replay. */
export interface Entry {
  readonly atMs: number;
  /** Position after it, in bytes. */
  readonly lsn: number;
  readonly fence: FenceState | undefined;
  readonly commit: Commit | undefined;
}

const FIRST_LSN = 0x1000000;
const BYTES = { fence: 120, commit: 480 };

/** What one server has written or received, oldest first. */
export class Wal {
  constructor(
    readonly entries: Entry[] = [],
    private readonly start = FIRST_LSN,
  ) {}

  get lsn(): number {
    return this.at(this.entries.length);
  }

  /** @returns the position after the first `count` entries */
  at(count: number): number {
    return this.entries[count - 1]?.lsn ?? this.start;
  }

  append(atMs: number, what: { readonly fence: FenceState } | { readonly commit: Commit }): void {
    const fence = 'fence' in what ? what.fence : undefined;
    const commit = 'commit' in what ? what.commit : undefined;
    this.entries.push({ atMs, lsn: this.lsn + (fence ? BYTES.fence : BYTES.commit), fence, commit });
  }

  /** @returns a copy of the first `count` entries, for a server that goes on from there */
  fork(count: number): Wal {
    return new Wal(this.entries.slice(0, count), this.start);
  }
}

/** As PostgreSQL writes a position. */
export const lsnText = (lsn: number): string =>
  `${Math.floor(lsn / 2 ** 32)
    .toString(16)
    .toUpperCase()}/${(lsn % 2 ** 32).toString(16).toUpperCase()}`;
