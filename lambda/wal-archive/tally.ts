import type { SourceStatus } from './ports';
import type { Written } from './put/pipeline';

/** What was done since it was taken last. */
export interface Done {
  readonly transactions: number;
  readonly segments: number;
  readonly storedBytes: number;
  /** Of the gap that was found, as a sentence; null if none was. */
  readonly gap: string | null;
  /** The slot was missing or lost, and was made anew. */
  readonly slotMade: boolean;
}

const NOTHING: Done = { transactions: 0, segments: 0, storedBytes: 0, gap: null, slotMade: false };

/** What a session has done and seen so far. */
export class Tally {
  #done = NOTHING;
  /** Where the last acknowledged transaction ends. */
  durableLsn: bigint | undefined;
  /** As last seen. */
  status: SourceStatus | undefined;
  /** Of the other region: seconds behind, and why; undefined before anybody has looked. */
  far:
    | { readonly awaited: boolean; readonly lagSeconds: number; readonly failure: string | undefined }
    | undefined;
  #slowestMs = 0;
  readonly #sent = new Set<number>();

  /** @returns what was done since this was asked last */
  take(): Done {
    const done = this.#done;
    this.#done = NOTHING;
    return done;
  }

  foundGap(gap: string): void {
    this.#done = { ...this.#done, gap };
  }

  madeSlot(): void {
    this.#done = { ...this.#done, slotMade: true };
  }

  written(segment: Written): void {
    const { transactions, segments, storedBytes } = this.#done;
    this.#done = {
      ...this.#done,
      transactions: transactions + segment.transactions,
      segments: segments + 1,
      storedBytes: storedBytes + segment.storedBytes,
    };
  }

  /** @param nowMs on the clock by which heartbeats are sent */
  durable({ endLsn, heartbeatMs }: Written, nowMs: number): void {
    this.durableLsn = endLsn ?? this.durableLsn;
    if (heartbeatMs === undefined) return;
    for (const sent of this.#sent) {
      if (sent > heartbeatMs) continue;
      this.#sent.delete(sent);
      this.#slowestMs = Math.max(this.#slowestMs, nowMs - sent);
    }
  }

  sent(heartbeatMs: number): void {
    this.#sent.add(heartbeatMs);
  }

  /** Whether a heartbeat was sent that is not durable yet. */
  get isAwaiting(): boolean {
    return this.#sent.size > 0;
  }

  /** @returns what the slowest heartbeat took since this was asked last, or has taken so far, in seconds */
  takeLagSeconds(nowMs: number): number {
    const oldest = Math.min(...this.#sent, nowMs);
    const slowest = Math.max(this.#slowestMs, nowMs - oldest);
    this.#slowestMs = 0;
    return slowest / 1000;
  }
}
