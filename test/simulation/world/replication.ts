import type { Network } from './network';
import type { Server } from './server';
import type { Entry, Wal } from './wal';

/**
 * Streaming of one server's log to a replica. Everything is computed when somebody asks: what was sent before the link
 * broke has arrived, what was received longer ago than the lag has been replayed. So whoever changes the link or a lag
 * calls `advance` first.
 */
export class Replication {
  received = 0;
  replayed = 0;
  /** Delay of what arrives, and of the replay behind it, in milliseconds. */
  receiveLagMs = 80;
  replayLagMs = 120;

  constructor(
    readonly source: Server,
    private readonly replica: Server,
    private readonly network: Network,
  ) {}

  private get wal(): Wal {
    return this.source.wal;
  }

  /** Whether the replica is connected to its source now: both run, and messages pass in both directions. */
  connected(): boolean {
    const { source, replica } = this;
    const from = source.place;
    const to = replica.place;
    return (
      source.running && replica.running && this.network.connects(from, to) && this.network.connects(to, from)
    );
  }

  /** Takes up what has arrived and been replayed up to now. */
  advance(nowMs: number): void {
    const { entries } = this.wal;
    if (this.connected() && !this.isStalled(nowMs)) {
      const sentBefore = nowMs - this.receiveLagMs;
      for (
        let next = entries[this.received];
        next && next.atMs <= sentBefore;
        next = entries[this.received]
      ) {
        this.received += 1;
      }
    }
    if (!this.replica.running) return;
    const receivedBefore = nowMs - this.receiveLagMs - this.replayLagMs;
    while (this.replayed < this.received) {
      const next = entries[this.replayed];
      if (!next || next.atMs > receivedBefore) break;
      this.replay(next);
    }
  }

  /** Replays everything that was received, as a promotion does. */
  finish(): void {
    const { entries } = this.wal;
    while (this.replayed < this.received) {
      const next = entries[this.replayed];
      if (!next) break;
      this.replay(next);
    }
  }

  private isStalled(nowMs: number): boolean {
    return this.source.pausedUntil > nowMs || this.replica.pausedUntil > nowMs;
  }

  private replay(entry: Entry): void {
    if (entry.fence) this.replica.fence.state = entry.fence;
    this.replayed += 1;
  }
}
