import type { Clock } from '../../../lambda/runtime/clock';
import { ABORTED } from './abort';
import { EPOCH_MS } from './places';
import type { Planned, Scheduler } from './scheduler';

/** What a clock needs to know of the host that it belongs to. */
export interface Frozen {
  readonly alive: boolean;
  /** The host runs nothing before this instant of true time. */
  readonly frozenUntil: number;
}

/**
 * The clocks of one host. Its wall clock is wrong by an offset, runs too fast or too slow, and may be stepped; its
 * monotonic clock drifts a little and is never stepped. A host that is frozen, as Lambda freezes them, finds a gap in
 * both.
 */
export class HostClock implements Clock {
  constructor(
    private readonly scheduler: Scheduler,
    private readonly host: Frozen,
    private wallOffsetMs: number,
    private readonly driftPpm: number,
  ) {}

  now(): number {
    return EPOCH_MS + Math.round(this.elapsed() + this.wallOffsetMs);
  }

  monotonic(): number {
    return this.elapsed();
  }

  step(milliseconds: number): void {
    this.wallOffsetMs += milliseconds;
  }

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    const trueMs = milliseconds / (1 + this.driftPpm / 1e6);
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(ABORTED);
        return;
      }
      let planned: Planned | undefined;
      const wake = (): void => {
        if (!this.host.alive) return;
        if (this.host.frozenUntil > this.scheduler.now) {
          planned = this.scheduler.at(this.host.frozenUntil, wake);
          return;
        }
        this.scheduler.woke();
        resolve();
      };
      planned = this.scheduler.after(trueMs, wake);
      signal?.addEventListener('abort', () => {
        if (planned) planned.cancelled = true;
        reject(ABORTED);
      });
    });
  }

  private elapsed(): number {
    return this.scheduler.now * (1 + this.driftPpm / 1e6);
  }
}
