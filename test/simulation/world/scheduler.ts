import { nextTick } from 'node:process';

/**
 * Virtual time. Events run in the order of their instants, and events of one instant in the order in which they were
 * planned, so a history is the same each time. Between two events every promise that can settle has settled.
 */

/** Something planned; it can be called off. */
export interface Planned {
  readonly at: number;
  cancelled: boolean;
}

interface Event extends Planned {
  readonly order: number;
  readonly run: () => void;
}

export class Scheduler {
  /** Milliseconds since the beginning of the history, in true time, which no host of the world knows. */
  now = 0;
  private readonly heap: Event[] = [];
  private planned = 0;
  private woken = false;
  private ended = false;
  private failure: Error | undefined;

  /** Called after each event, when everything that it set off has happened. */
  afterStep: () => void = () => undefined;

  /** @param at an instant that has passed counts as now */
  at(at: number, run: () => void): Planned {
    const event: Event = { at: Math.max(at, this.now), order: this.planned++, run, cancelled: false };
    this.push(event);
    return event;
  }

  after(milliseconds: number, run: () => void): Planned {
    return this.at(this.now + milliseconds, run);
  }

  /** To be called by an event that settles a promise: what waits for it runs before the next event. */
  woke(): void {
    this.woken = true;
  }

  /** Lets `run` end after the present event. */
  end(): void {
    this.ended = true;
  }

  /** Makes `run` throw after the present event: for what goes wrong where nobody could catch it. */
  fail(error: Error): void {
    this.failure ??= error;
  }

  /**
   * Runs all events up to `until`, or to the call of `end`.
   * @throws what an event or a check after it throws
   */
  run(until: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const resume = (): void => {
        nextTick(step);
      };
      const step = (): void => {
        try {
          if (this.advance(until)) resolve();
          // A tick that is asked for by the last microtask runs when no microtask is left.
          else queueMicrotask(resume);
        } catch (error) {
          reject(error);
        }
      };
      this.ended = false;
      this.woken = true;
      queueMicrotask(resume);
    });
  }

  /** @returns false if promises must settle first, true if there is nothing more to do */
  private advance(until: number): boolean {
    if (this.woken) {
      this.woken = false;
      this.afterStep();
    }
    while (!this.ended) {
      if (this.failure) throw this.failure;
      const event = this.heap[0];
      if (!event || event.at > until) {
        this.now = until;
        return true;
      }
      this.pop();
      if (event.cancelled) continue;
      this.now = event.at;
      event.run();
      if (this.woken) return false;
      this.afterStep();
    }
    return true;
  }

  private push(event: Event): void {
    const heap = this.heap;
    let index = heap.length;
    heap.push(event);
    while (index > 0) {
      const above = (index - 1) >> 1;
      const parent = heap[above];
      if (!parent || !before(event, parent)) break;
      heap[index] = parent;
      index = above;
    }
    heap[index] = event;
  }

  private pop(): void {
    const heap = this.heap;
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const first = heap[left];
      if (!first) break;
      const second = heap[left + 1];
      const smaller = second && before(second, first) ? second : first;
      if (!before(smaller, last)) break;
      heap[index] = smaller;
      index = smaller === first ? left : left + 1;
    }
    heap[index] = last;
  }
}

const before = (a: Event, b: Event): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);
