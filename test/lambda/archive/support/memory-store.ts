import { type ObjectStore, StoreFailed } from '../../../../lambda/archive/store';
import { type Clock, systemClock } from '../../../../lambda/runtime/clock';

export type Operation = 'put' | 'get' | 'list';

/** What goes wrong. */
export type Trouble =
  /** The operation is not done, and fails. */
  | { readonly kind: 'fails' }
  /** The operation is done, and fails all the same: its answer is lost. */
  | { readonly kind: 'answer-lost' }
  /** Somebody else puts these bytes under the key just before: the put finds them. */
  | { readonly kind: 'overtaken'; readonly bytes: Uint8Array }
  /** The operation is done and answered after so many milliseconds. */
  | { readonly kind: 'slow'; readonly milliseconds: number }
  /** The operation is not done before `until` resolves. */
  | { readonly kind: 'held'; readonly until: Promise<void> }
  /** A get gives what `change` makes of the object: `flipped`, `truncated` or another one. */
  | { readonly kind: 'changed'; readonly change: (bytes: Uint8Array) => Uint8Array }
  /** A get finds nothing, and a list leaves the key out. */
  | { readonly kind: 'missing' };

/** A trouble that was ordered; the latest that concerns an operation counts. */
export interface Fault {
  readonly trouble: Trouble;
  /** Default: every operation. */
  readonly operation?: Operation;
  /** Which key, or for a list which prefix. Default: each. */
  readonly key?: string | ((key: string) => boolean);
  /** How many operations meet it. Default: all until it is cleared. */
  readonly times?: number;
}

/** A store in memory that behaves as S3 does, and as badly as a test asks it to. */
export interface MemoryStore extends ObjectStore {
  /** What is in it. A test may remove, swap, duplicate and damage objects here behind everybody's back. */
  readonly objects: Map<string, Uint8Array>;
  /** Every operation that was asked for, in order: `put v1/...`. */
  readonly asked: readonly string[];
  fault(fault: Fault): void;
  clearFaults(): void;
}

interface Ordered {
  readonly fault: Fault;
  left: number;
}

/** @param clock by which it is slow */
export function memoryStore(name = 'archive (memory)', clock: Clock = systemClock): MemoryStore {
  const objects = new Map<string, Uint8Array>();
  const asked: string[] = [];
  let orders: Ordered[] = [];

  const meet = (operation: Operation, key: string): Trouble | undefined => {
    const met = orders.findLast((order) => order.left > 0 && concerns(order.fault, operation, key));
    if (met) met.left -= 1;
    return met?.fault.trouble;
  };
  const begin = async (operation: Operation, key: string): Promise<Trouble | undefined> => {
    asked.push(`${operation} ${key}`);
    const trouble = meet(operation, key);
    if (trouble?.kind === 'slow') await clock.sleep(trouble.milliseconds);
    if (trouble?.kind === 'held') await trouble.until;
    if (trouble?.kind === 'fails') throw new StoreFailed(operation, key, name);
    return trouble;
  };
  const end = (operation: Operation, key: string, trouble: Trouble | undefined): void => {
    if (trouble?.kind === 'answer-lost') throw new StoreFailed(operation, key, name);
  };
  const hidden = (key: string): boolean =>
    orders.some(
      ({ fault, left }) => left > 0 && fault.trouble.kind === 'missing' && concerns(fault, 'get', key),
    );

  return {
    name,
    objects,
    asked,
    fault(fault) {
      orders.push({ fault, left: fault.times ?? Number.POSITIVE_INFINITY });
    },
    clearFaults() {
      orders = [];
    },
    async put(key, bytes) {
      const trouble = await begin('put', key);
      if (trouble?.kind === 'overtaken') objects.set(key, trouble.bytes);
      const exists = objects.has(key);
      // A copy, as the caller may use its buffer again.
      if (!exists) objects.set(key, Uint8Array.from(bytes));
      end('put', key, trouble);
      return exists ? 'exists' : 'put';
    },
    async get(key) {
      const trouble = await begin('get', key);
      const found = trouble?.kind === 'missing' ? undefined : objects.get(key);
      end('get', key, trouble);
      if (!found) return undefined;
      return trouble?.kind === 'changed' ? trouble.change(found) : Uint8Array.from(found);
    },
    async *list(prefix, after) {
      const trouble = await begin('list', prefix);
      end('list', prefix, trouble);
      const found = [...objects.keys()].filter(
        (key) => key.startsWith(prefix) && (after === undefined || key > after) && !hidden(key),
      );
      yield* found.sort();
    },
  };
}

function concerns(fault: Fault, operation: Operation, key: string): boolean {
  if (fault.operation !== undefined && fault.operation !== operation) return false;
  if (fault.key === undefined) return true;
  return typeof fault.key === 'string' ? fault.key === key : fault.key(key);
}

/** @returns a copy with one byte changed; by default one bit of it */
export function flipped(bytes: Uint8Array, offset: number, mask = 1): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[offset] = (copy[offset] ?? 0) ^ mask;
  return copy;
}

/** @returns a copy without its last `count` bytes */
export const truncated = (bytes: Uint8Array, count = 1): Uint8Array =>
  bytes.slice(0, Math.max(0, bytes.length - count));

/** @returns a copy with one byte more, before `offset` */
export const inserted = (bytes: Uint8Array, offset: number, byte = 0): Uint8Array =>
  Uint8Array.from([...bytes.subarray(0, offset), byte, ...bytes.subarray(offset)]);

/** @returns a copy without the byte at `offset` */
export const removed = (bytes: Uint8Array, offset: number): Uint8Array =>
  Uint8Array.from([...bytes.subarray(0, offset), ...bytes.subarray(offset + 1)]);
