import type { LeadershipRecord } from '../leader/record';
import type { Clock } from '../runtime/clock';
import { sentenceOf } from '../runtime/errors';
import type { LeadershipReader } from './ports';

/**
 * What this endpoint knows of leadership. Route 53's checkers ask many times a second and give up after 2 s, so a
 * read is shared and kept for a second; and as the answer moves traffic, an unreadable table must not change it at
 * once. DNS is no fence: an old answer costs reachability, never a second writer.
 *
 * Of its own region an endpoint remembers no longer that it leads than a lease lasts: whoever cannot reach the table renews
 * nothing and is closed by then. Else a standby that leads and is cut off, but not from the checkers, would keep the names
 * away from the region that has taken over.
 */

/** A read serves requests for this long, in milliseconds. */
export const FRESH_MS = 1_000;
/** After failed reads the last known state is answered up to this age, in milliseconds. */
export const LAST_KNOWN_MS = 15 * 60_000;
/** Longest wait for a read where a last known state can be answered; Route 53 waits 2 s. */
export const PATIENCE_MS = 1_200;

export type Knowledge =
  | {
      readonly kind: 'known';
      /** Undefined: the table has no record. */
      readonly record: LeadershipRecord | undefined;
      /** When the read began, in milliseconds on the clock of this host. */
      readonly readAt: number;
      readonly ageMs: number;
      /** Why nothing newer is known; absent if the last read succeeded. */
      readonly failure?: string;
    }
  | { readonly kind: 'unknown'; readonly failure: string };

interface Success {
  readonly record: LeadershipRecord | undefined;
  readonly readAt: number;
}

export class LeadershipView {
  private last: Success | undefined;
  private failure: { readonly at: number; readonly sentence: string } | undefined;
  private reading: Promise<void> | undefined;

  constructor(
    private readonly reader: LeadershipReader,
    private readonly clock: Clock,
    /** Region of this endpoint. */
    private readonly region: string,
  ) {}

  /** @returns what is known, after at most one read; never throws */
  async current(): Promise<Knowledge> {
    if (!this.isFresh(this.last?.readAt) && !this.isFresh(this.failure?.at)) {
      this.reading ??= this.read().finally(() => {
        this.reading = undefined;
      });
      await (this.usable() ? this.patiently(this.reading) : this.reading);
    }
    return this.knowledge();
  }

  private knowledge(): Knowledge {
    const known = this.usable();
    if (!known) return { kind: 'unknown', failure: this.failure?.sentence ?? 'No read has ended yet.' };
    const ageMs = this.clock.now() - known.readAt;
    const failure =
      this.failure?.sentence ?? (ageMs < FRESH_MS + PATIENCE_MS ? undefined : 'The table is slow to answer.');
    return { kind: 'known', ...known, ageMs, ...(failure === undefined ? {} : { failure }) };
  }

  private usable(): Success | undefined {
    const last = this.last;
    if (!last) return undefined;
    const { record, readAt } = last;
    const isOwn = record !== undefined && record.holder === this.region;
    const keptMs = isOwn ? Math.min(LAST_KNOWN_MS, record.ttlSeconds * 1000) : LAST_KNOWN_MS;
    return this.clock.now() - readAt <= keptMs ? last : undefined;
  }

  /** A host's clock that stepped back makes an age negative: such a value is not fresh. */
  private isFresh(at: number | undefined): boolean {
    if (at === undefined) return false;
    const age = this.clock.now() - at;
    return age >= 0 && age < FRESH_MS;
  }

  private async read(): Promise<void> {
    // A read counts from its beginning: Lambda may freeze this process in the middle of one.
    const readAt = this.clock.now();
    try {
      this.last = { record: await this.reader.read(), readAt };
      this.failure = undefined;
    } catch (error) {
      this.failure = { at: this.clock.now(), sentence: sentenceOf(error) };
    }
  }

  private async patiently(reading: Promise<void>): Promise<void> {
    const timer = new AbortController();
    const patience = this.clock.sleep(PATIENCE_MS, timer.signal).catch(() => undefined);
    try {
      await Promise.race([reading, patience]);
    } finally {
      timer.abort();
    }
  }
}
