import type { Clock } from '../runtime/clock';
import type { SourceSession } from './ports';
import type { Tally } from './tally';

/**
 * The second session, beside the stream: it writes heartbeats, so that the slot of an idle database advances, and looks at
 * the database. Its end is also the sign that the server shuts down: a server waits with that until its walsenders have
 * everything confirmed, and what is not durable is never confirmed here. So the stream ends too.
 */

/** From one heartbeat to the next, in milliseconds. */
export const BEAT_MS = 5_000;

/** What a catalogue was like when a heartbeat was sent. */
interface Fingerprinted {
  readonly atMs: number;
  readonly fingerprint: string;
}

export class Heart {
  #due = 0;
  /** The first one of a session tells of everything. */
  #first = true;
  #beating: Promise<void> | undefined;
  #ended: 'database gone' | 'leadership changed' | undefined;
  #failure: unknown;
  #fingerprinted: Fingerprinted | undefined;

  /** @param epoch in which the chain is written */
  constructor(
    private readonly source: SourceSession,
    private readonly clock: Clock,
    private readonly epoch: number,
    private readonly tally: Tally,
  ) {}

  /** Why the stream must end; undefined if it need not. */
  get ended(): 'database gone' | 'leadership changed' | undefined {
    return this.#ended;
  }

  /** What ended the session; undefined if it was not an error. */
  get failure(): unknown {
    return this.#failure;
  }

  /** Milliseconds until the next one. */
  get dueIn(): number {
    return Math.max(0, this.#due - this.clock.monotonic());
  }

  /** Whether a heartbeat is under way. */
  get isBeating(): boolean {
    return this.#beating !== undefined;
  }

  /** Has the next one be due now. */
  hasten(): void {
    this.#due = 0;
  }

  /** Sends a heartbeat if one is due and none is under way. @param known the catalogue's fingerprint, or empty */
  beatIfDue(known: string): void {
    if (this.dueIn > 0 || this.#beating) return;
    this.#due = this.clock.monotonic() + BEAT_MS;
    this.#beating = this.#beat(known)
      .catch((error: unknown) => {
        this.#ended ??= 'database gone';
        this.#failure ??= error;
      })
      .finally(() => {
        this.#beating = undefined;
      });
  }

  /** @returns the catalogue's fingerprint as it was before the heartbeat that has come back; undefined if not known */
  fingerprintBefore(heartbeatMs: number | undefined): string | undefined {
    return this.#fingerprinted?.atMs === heartbeatMs ? this.#fingerprinted?.fingerprint : undefined;
  }

  /** Waits for a heartbeat that is under way. */
  async rest(): Promise<void> {
    await this.#beating;
  }

  async #beat(known: string): Promise<void> {
    const { source, clock, tally } = this;
    const status = await source.observe();
    tally.status = status;
    if (status.notWriter !== null || status.epoch !== this.epoch) {
      this.#ended ??= 'leadership changed';
      return;
    }
    const atMs = clock.now();
    if (known === '') this.#fingerprinted = { atMs, fingerprint: await source.fingerprint() };
    tally.sent(atMs);
    await source.heartbeat(atMs, this.#first);
    this.#first = false;
  }
}
