import { setImmediate } from 'node:timers';
import type { Clock } from '../../lambda/runtime/clock';

interface Sleeper {
  /** On the monotonic clock. */
  readonly at: number;
  readonly wake: () => void;
}

/** Turns of the event loop after which everything that needs no time has happened. */
const TURNS = 3;

/** A clock that stands still until a test moves it. */
export class FakeClock implements Clock {
  private sleepers: Sleeper[] = [];
  private elapsed = 0;

  constructor(private time = Date.UTC(2026, 0, 1)) {}

  now(): number {
    return this.time;
  }

  /** Moves on with the time, but is not stepped by `set`. */
  monotonic(): number {
    return this.elapsed;
  }

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (): void => {
        this.sleepers = this.sleepers.filter((one) => one !== sleeper);
        reject(new DOMException('The sleep was ended.', 'AbortError'));
      };
      const wake = (): void => {
        signal?.removeEventListener('abort', end);
        resolve();
      };
      const sleeper = { at: this.elapsed + milliseconds, wake };
      this.sleepers.push(sleeper);
      signal?.addEventListener('abort', end);
    });
  }

  /** How many waits are pending. */
  get waiting(): number {
    return this.sleepers.length;
  }

  /** Sets the time without waking anybody, as a clock that is stepped. */
  set(time: number): void {
    this.time = time;
  }

  /** Moves on by `milliseconds`, waking everybody whose time has come in between. */
  async advance(milliseconds: number): Promise<void> {
    const end = this.elapsed + milliseconds;
    await settle();
    for (let next = this.next(); next && next.at <= end; next = this.next()) await this.wake(next);
    this.pass(end);
    await settle();
  }

  /** Moves on as far as `work` needs to end, never further. */
  async run<T>(work: Promise<T>): Promise<T> {
    let ended = false;
    const note = (): void => {
      ended = true;
    };
    work.then(note, note);
    await settle();
    while (!ended) {
      const next = this.next();
      if (next) await this.wake(next);
      else await settle();
    }
    return work;
  }

  private next(): Sleeper | undefined {
    return [...this.sleepers].sort((a, b) => a.at - b.at)[0];
  }

  private async wake(sleeper: Sleeper): Promise<void> {
    this.sleepers = this.sleepers.filter((one) => one !== sleeper);
    this.pass(sleeper.at);
    sleeper.wake();
    await settle();
  }

  /** Lets time pass until `at` on the monotonic clock; a moment that has passed changes nothing. */
  private pass(at: number): void {
    const by = Math.max(0, at - this.elapsed);
    this.elapsed += by;
    this.time += by;
  }
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn += 1) await new Promise<void>((resolve) => setImmediate(resolve));
}
