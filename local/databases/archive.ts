import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { own } from '../postgres/binaries';
import { linkNew } from '../postgres/links';
import type { ArchivedLog } from '../postgres/restore';
import type { Credential, PostgresServer } from '../postgres/server';
import { type Loop, repeat } from './loop';

/** A copy of an instance's data from which a server can be started. */
export interface BaseCopy {
  readonly folder: string;
  /** The service's user in it. */
  readonly superuser: Credential;
  /** When it ended, by the clock of its server. */
  readonly at: Date;
}

/** From when to when a state can be restored. */
export interface Window {
  readonly earliest: Date;
  readonly latest: Date;
}

/** What a state is restored from. */
export interface RestorePoint {
  readonly base: BaseCopy;
  readonly log: ArchivedLog;
}

/** How long an instance may take to archive the first segment. */
const FIRST_MS = 30_000;

/**
 * The automated backups of one instance in one region: a base copy and every segment of the log since. What has been
 * archived never changes. Other regions' archives follow it by taking the same files.
 */
export class Archive {
  /** Where the server puts the segments. */
  readonly segments: string;
  private base: BaseCopy | undefined;
  private latest: Date | undefined;
  private readonly followers = new Set<Archive>();
  private began: () => void = () => undefined;
  private readonly beginning = new Promise<void>((resolve) => {
    this.began = resolve;
  });

  /** @param changed called whenever more can be restored */
  constructor(
    folder: string,
    private readonly changed: () => void,
  ) {
    this.segments = join(folder, 'log');
    mkdirSync(this.segments, { recursive: true });
    own(this.segments);
  }

  /** @param base copied after the server began to put its segments here */
  startFrom(base: BaseCopy): void {
    this.base = base;
  }

  /** @returns undefined until the base copy and the first segment after it are there */
  window(): Window | undefined {
    return this.base && this.latest && { earliest: this.base.at, latest: this.latest };
  }

  /** @throws if nothing could be restored for a long time */
  async ready(): Promise<void> {
    const ended = new AbortController();
    const late = wait(FIRST_MS, undefined, { signal: ended.signal }).then(() => {
      throw new Error(`The instance archived nothing within ${FIRST_MS / 1000} s.`);
    });
    try {
      await Promise.race([this.beginning, late]);
    } finally {
      ended.abort();
    }
  }

  /** @throws if there is nothing yet */
  point(until: Date | undefined): RestorePoint {
    if (!this.base) throw new Error('The automated backup has no base copy yet.');
    return { base: this.base, log: { folder: this.segments, ...(until && { until }) } };
  }

  /** From now on every transaction that had committed at that time is in the archive. */
  reach(latest: Date): void {
    for (const follower of this.followers) {
      linkNew(this.segments, follower.segments);
      follower.reach(latest);
    }
    this.latest = latest;
    this.began();
    this.changed();
  }

  /** @param follower starts from the same base copy in a folder of its own */
  leads(follower: Archive): void {
    linkNew(this.segments, follower.segments);
    this.followers.add(follower);
    if (this.latest) follower.reach(this.latest);
  }

  /** It keeps what it has. */
  leaves(follower: Archive): void {
    this.followers.delete(follower);
  }
}

/** Closes the segment that is being written, so that it is archived, and tells its name. */
const CLOSE = `SELECT clock_timestamp() AS at,
  CASE WHEN NOT pg_is_in_recovery() THEN pg_walfile_name(pg_switch_wal() - 1) END AS file`;
const POLL_MS = 10;

/**
 * Lets an archive trail its server by little more than the given time; the server itself archives a segment only when it
 * is full. A server on which nothing happens writes none, and its archive is as good as new.
 */
export function keepLog(server: PostgresServer, archive: Archive, trailMs: number): Loop {
  return repeat(server, trailMs, async (session, signal) => {
    const { rows } = await session.query<{ at: Date; file: string | null }>(CLOSE);
    const [closed] = rows;
    if (!closed?.file) return;
    const path = join(archive.segments, closed.file);
    for (
      const end = performance.now() + trailMs * 10;
      !existsSync(path);
      await wait(POLL_MS, undefined, { signal })
    ) {
      // Asked again at the next turn: the server tries until it succeeds.
      if (performance.now() > end) return;
    }
    archive.reach(closed.at);
  });
}
