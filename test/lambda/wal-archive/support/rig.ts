import { gzipSync } from 'node:zlib';
import { encodeIndex } from '../../../../lambda/archive/format/index-section';
import type { SegmentBody } from '../../../../lambda/archive/format/seal';
import type { IndexEntry } from '../../../../lambda/archive/format/segment';
import type { ObjectStore } from '../../../../lambda/archive/store';
import type { Clock } from '../../../../lambda/runtime/clock';
import { lsnBytes } from '../../../../lambda/runtime/lsn';
import type { SourceSession, WalStream, World } from '../../../../lambda/wal-archive/ports';
import type { Report } from '../../../../lambda/wal-archive/report';
import { run } from '../../../../lambda/wal-archive/run';
import { FakeClock } from '../../../support/fake-clock';
import { type MemoryStore, memoryStore } from '../../archive/support/memory-store';
import { type Archived, archivedIn } from './archived';
import { type Committed, SimulatedServer } from './simulated-server';

/** A writer, two stores and any number of archivers, all on one clock that stands still. */

export const DATABASE = { system: '7000000000000000001', database: 'shop' };
/** Of frames: a transaction of some dozen changes is huge. */
export const SEGMENT_BYTES = 2_000;

/** One start of the archiver. */
export interface Archiver {
  readonly reports: readonly Report[];
  /** What ended it; undefined while it runs, or if it ended well. */
  readonly failure: unknown;
  readonly ended: boolean;
  /** Stops its process where it is: nothing it waits for comes back. What it has asked for goes on. */
  freeze(): void;
  thaw(): void;
  readonly done: Promise<void>;
}

export interface Start {
  readonly mode?: 'drain' | 'stream';
  readonly seconds?: number;
  readonly handoverSeconds?: number;
  /** Tells it to end in order. */
  readonly signal?: AbortSignal;
}

export class Rig {
  readonly clock = new FakeClock();
  readonly server = new SimulatedServer(this.clock);
  readonly near: MemoryStore = memoryStore('near', this.clock);
  readonly far: MemoryStore = memoryStore('far', this.clock);
  /** Positions that were confirmed without being durable. */
  readonly violations: string[] = [];
  readonly #ends = new Map<string, bigint>();

  constructor() {
    this.server.confirms = (lsn) => {
      if (lsn > this.#durable()) this.violations.push(`${lsn} was confirmed, and is not in the near region.`);
    };
  }

  start({
    mode = 'drain',
    seconds = 60,
    handoverSeconds = 0,
    signal = new AbortController().signal,
  }: Start = {}): Archiver {
    const gate = new Gate();
    const clock = gate.clock(this.clock);
    const reports: Report[] = [];
    const state = { failure: undefined as unknown, ended: false };
    const deadline = clock.monotonic() + seconds * 1_000;
    const bounds = { deadline, signal, segmentBytes: SEGMENT_BYTES };
    const done = run(
      { world: this.#world(gate), clock, compress },
      { mode, handoverSeconds },
      bounds,
      (report) => reports.push(report),
    )
      .catch((error: unknown) => {
        state.failure = error;
      })
      .finally(() => {
        state.ended = true;
      });
    return {
      reports,
      done,
      get failure() {
        return state.failure;
      },
      get ended() {
        return state.ended;
      },
      freeze: () => gate.close(),
      thaw: () => gate.open(),
    };
  }

  /** Starts one and lets the time pass that it needs. Throws what ended it. */
  async drain(start: Start = {}): Promise<Report> {
    const archiver = this.start(start);
    await this.clock.run(archiver.done);
    if (archiver.failure !== undefined) throw archiver.failure;
    const last = archiver.reports.at(-1);
    if (!last) throw new Error('The run said nothing.');
    return last;
  }

  archived(store: ObjectStore = this.near): Promise<readonly Archived[]> {
    return archivedIn(store, DATABASE);
  }

  /** @returns what the application has committed and is in no chain, and what is in a chain and was not committed or is there twice */
  async differences(): Promise<{
    readonly missing: readonly Committed[];
    readonly wrong: readonly string[];
  }> {
    const left = new Map(this.server.log.map((one) => [one.digest, one]));
    const wrong: string[] = [];
    let last = 0n;
    for (const { digest, endLsn, xid } of lineage(await this.archived())) {
      if (!left.delete(digest)) wrong.push(`${xid} is there twice, or differs.`);
      if (lsnBytes(endLsn) <= last) wrong.push(`${xid} is out of order.`);
      last = lsnBytes(endLsn);
    }
    return { missing: [...left.values()].filter(({ ofApplication }) => ofApplication), wrong };
  }

  #world(gate: Gate): World {
    return {
      near: gate.store(this.near),
      far: gate.store(this.far),
      replication: () =>
        gate.pass(async () => {
          const session = this.server.replication();
          return {
            ...session,
            identify: () => gate.pass(() => session.identify()),
            start: (slot, publication) =>
              gate.pass(async () => gate.stream(await session.start(slot, publication))),
          };
        }),
      source: () => gate.pass(async () => gate.source(this.server.source())),
    };
  }

  /** Where the last transaction ends that the near region has whole. */
  #durable(): bigint {
    for (const [key, bytes] of this.near.objects) {
      if (this.#ends.has(key)) continue;
      const length = Buffer.from(bytes).readUInt32BE(8);
      const header = JSON.parse(Buffer.from(bytes.subarray(12, 12 + length)).toString());
      this.#ends.set(key, header.last === null ? 0n : lsnBytes(header.last.endLsn));
    }
    return [...this.#ends.values()].reduce((a, b) => (a > b ? a : b), 0n);
  }
}

/**
 * @returns what a restore reads: the newest chain, and before it each one that another follows, up to where that one does.
 * An archiver that was frozen may add to a chain that has ended, or begin one that nothing follows: what is in it is in
 * another chain too, or in a gap that is told.
 */
function lineage(chains: readonly Archived[]): IndexEntry[] {
  const found: IndexEntry[] = [];
  let at = chains.at(-1);
  let until: bigint | undefined;
  while (at) {
    const { index, segments } = at;
    found.unshift(...index.filter(({ endLsn }) => until === undefined || lsnBytes(endLsn) <= until));
    const follows = segments[0]?.header.genesis?.follows;
    until = lsnBytes(follows?.last?.endLsn ?? '0/0');
    at = chains.find(
      ({ chain }) => chain.epoch === follows?.chain.epoch && chain.part === follows.chain.part,
    );
  }
  return found;
}

/** Compresses at once: the thread pool takes real time. */
async function compress(
  frames: Uint8Array,
  index: readonly IndexEntry[],
  _codec: SegmentBody['codec'],
): Promise<SegmentBody> {
  const ends = [index[0], index.at(-1)].map((one) =>
    one ? { endLsn: one.endLsn, commitTimeUs: one.commitTimeUs } : null,
  );
  return {
    codec: 'gzip',
    rawBytes: frames.length,
    first: ends[0] ?? null,
    last: ends[1] ?? null,
    frames: gzipSync(frames, { level: 1 }),
    index: gzipSync(encodeIndex(index), { level: 1 }),
  };
}

/** Leaves no listener behind on a signal that lasts. */
async function sleepOn(clock: Clock, milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  if (!signal) return clock.sleep(milliseconds);
  const own = new AbortController();
  const abort = (): void => own.abort();
  signal.addEventListener('abort', abort);
  try {
    await clock.sleep(milliseconds, own.signal);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** What a process waits for reaches it only while it is not frozen. */
class Gate {
  #opened: Promise<void> | undefined;
  #open: () => void = () => undefined;

  close(): void {
    this.#opened ??= new Promise((resolve) => {
      this.#open = resolve;
    });
  }

  open(): void {
    this.#opened = undefined;
    this.#open();
  }

  async pass<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } finally {
      while (this.#opened) await this.#opened;
    }
  }

  clock(clock: Clock): Clock {
    return {
      now: () => clock.now(),
      monotonic: () => clock.monotonic(),
      sleep: (milliseconds, signal) => this.pass(() => sleepOn(clock, milliseconds, signal)),
    };
  }

  store(store: ObjectStore): ObjectStore {
    const pass = <T>(work: () => Promise<T>): Promise<T> => this.pass(work);
    return {
      name: store.name,
      put: (key, bytes) => pass(() => store.put(key, bytes)),
      get: (key) => pass(() => store.get(key)),
      async *list(prefix, after) {
        const keys = await pass(async () => {
          const found: string[] = [];
          for await (const key of store.list(prefix, after)) found.push(key);
          return found;
        });
        yield* keys;
      },
    };
  }

  stream(stream: WalStream): WalStream {
    return {
      receive: (milliseconds) => this.pass(() => stream.receive(milliseconds)),
      acknowledge: (endLsn) => stream.acknowledge(endLsn),
      end: () => this.pass(() => stream.end()),
    };
  }

  source(source: SourceSession): SourceSession {
    return {
      presence: source.presence,
      observe: () => this.pass(() => source.observe()),
      heartbeat: (atMs, whole) => this.pass(() => source.heartbeat(atMs, whole)),
      fingerprint: () => this.pass(() => source.fingerprint()),
      makeSlot: () => this.pass(() => source.makeSlot()),
      end: () => this.pass(() => source.end()),
    };
  }
}
