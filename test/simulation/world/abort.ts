/**
 * Node's own AbortController costs more than everything else in a simulated call: its signals are event targets, and each
 * abort makes an exception with a stack. A history has some ten thousand of them, so histories use this one. It does what
 * code under simulation needs of it, in the same order; what it lacks is missing from its type too.
 */
class LeanSignal {
  aborted = false;
  reason: unknown;
  private listeners: (() => void)[] = [];

  addEventListener(_type: 'abort', listener: () => void): void {
    this.listeners.push(listener);
  }

  removeEventListener(_type: 'abort', listener: () => void): void {
    this.listeners = this.listeners.filter((one) => one !== listener);
  }

  throwIfAborted(): void {
    if (this.aborted) throw this.reason;
  }

  /** @param reason as of `AbortController.abort` */
  end(reason: unknown): void {
    if (this.aborted) return;
    this.aborted = true;
    this.reason = reason;
    const { listeners } = this;
    this.listeners = [];
    for (const listener of listeners) listener();
  }
}

/** One for all: nobody looks at the stack of an aborted sleep. */
export const ABORTED = new DOMException('The sleep was ended.', 'AbortError');

class LeanController {
  readonly signal = new LeanSignal();

  abort(reason: unknown = ABORTED): void {
    this.signal.end(reason);
  }
}

/** Makes new controllers of this process lean ones. Errors are made without their stacks, for the same reason. */
export function useLeanAborts(): void {
  Object.defineProperty(globalThis, 'AbortController', {
    value: LeanController,
    configurable: true,
    writable: true,
  });
  Error.stackTraceLimit = 0;
}
