import { head } from '../archive/chain/head';
import type { Codec } from '../archive/format/codec';
import { lsnBytes } from '../runtime/lsn';
import { BufferPool } from './cut/buffer';
import type { Cut } from './cut/cut';
import { Cutter } from './cut/cutter';
import { Heart } from './heart';
import type { Received, SourceSession, SourceStatus, WalStream } from './ports';
import { FarCopy } from './put/far';
import { Pipeline } from './put/pipeline';
import type { Ending } from './report';
import type { Bounds, Host } from './session';
import type { Place } from './start/place';
import type { Tally } from './tally';
import { StreamEnded } from './walsender/errors';

/** A segment is cut so long after the first commit in it, in milliseconds. */
export const CUT_AFTER_MS = 1_000;
/** The longest wait for something to happen. */
const TICK_MS = 250;
/** A drain that has what it came for ends when nothing more comes for so long, and after so long in any case. */
const QUIET_MS = 1_000;
const LINGER_MS = 5_000;
/** So long a run waits at its end for the other region to catch up, if that makes headway. */
const REPAIR_MS = 20_000;
/**
 * The server begins for each reader of the slot at a position behind the confirmed one. So much of the log that would be read
 * again, some 0.6 s of small transactions (docs/measurements.md, archive), is worth one more heartbeat at the end of a run, for
 * which it waits so long.
 */
const READ_AGAIN_BYTES = 8 << 20;
const CLOSE_MS = 3_000;

const IN_ORDER: readonly Ending[] = ['caught up', 'time up', 'stopped'];

/** How often it tells what it has done. */
const PROGRESS_MS = 60_000;

/** How long one of the older chains has its turn. */
const TURN_MS = 60_000;

/** What one session works with. */
export interface Parts {
  readonly stream: WalStream;
  readonly source: SourceSession;
  readonly place: Place;
  readonly codec: Codec;
}

/** Receiving, cutting and putting, from the place where the archive goes on to the end of the session. */
export class Archiving {
  readonly #cutter: Cutter;
  readonly #pipeline: Pipeline;
  readonly #heart: Heart;
  readonly #far: FarCopy;
  /** The ends of older chains may be missing there. */
  #farOlder: readonly FarCopy[] = [];
  /** Everything that ended before it has been received. */
  #received = 0n;
  #receivedAt: number;
  #reachedAt: number | undefined;
  #cutDue: number | undefined;
  #streamEnded = false;
  #progressDue: number;

  constructor(
    private readonly host: Host,
    private readonly bounds: Bounds,
    private readonly tally: Tally,
    private readonly parts: Parts,
  ) {
    const { world, clock, compress } = host;
    const { stream, source, place, codec } = parts;
    const { chain, sequence } = place.tip;
    this.#receivedAt = clock.monotonic();
    this.#progressDue = this.#receivedAt + PROGRESS_MS;
    this.#cutter = new Cutter(place.resume, new BufferPool(), bounds.segmentBytes);
    this.#pipeline = new Pipeline(place.tip, {
      near: world.near,
      clock,
      codec,
      compress,
      written: (segment) => tally.written(segment),
      durable: (segment) => {
        tally.durable(segment, clock.now());
        if (segment.endLsn !== undefined) stream.acknowledge(segment.endLsn);
      },
    });
    this.#far = new FarCopy(world, clock, chain, sequence, () => this.#pipeline.settle());
    this.#pipeline.follow(this.#far);
    this.#heart = new Heart(source, clock, chain.epoch, tally);
  }

  /**
   * @param status with which it began: a drain ends when it has what was there then
   * @throws what ended it before its time
   */
  async run(status: SourceStatus): Promise<Ending> {
    const target = lsnBytes(status.flushLsn);
    try {
      await this.#repairOlder();
      for (;;) {
        const ending = this.#ending(target);
        if (ending) {
          if (IN_ORDER.includes(ending)) await this.#close();
          await this.#finish(ending === 'caught up' ? REPAIR_MS : 0);
          return ending;
        }
        await this.#step();
      }
    } catch (error) {
      // What has come before it is archived, if it can be: it may be the last that this server gave.
      await this.#finish(0).catch(() => undefined);
      throw error;
    } finally {
      await this.#rest();
    }
  }

  async #step(): Promise<void> {
    const { clock } = this.host;
    this.#pipeline.check();
    this.#heart.beatIfDue(this.#cutter.fingerprint);
    const received = await this.#receive();
    if (received) {
      this.#receivedAt = clock.monotonic();
      const cuts = this.#cutter.add(received.bytes, received.bounds);
      this.#learn();
      if (received.walEnd > this.#received) this.#received = received.walEnd;
      for (const cut of cuts) await this.#push(cut);
    }
    await this.#cutIfDue();
    this.#tellIfDue();
  }

  #tellIfDue(): void {
    const now = this.host.clock.monotonic();
    if (now < this.#progressDue) return;
    this.#progressDue = now + PROGRESS_MS;
    this.#noteFar();
    this.bounds.progress?.();
  }

  #noteFar(): void {
    const { awaited, lagSeconds, failure } = this.#far;
    this.tally.far = { awaited, lagSeconds, failure };
  }

  async #receive(): Promise<Received | undefined> {
    try {
      return await this.parts.stream.receive(this.#patience());
    } catch (error) {
      if (!(error instanceof StreamEnded)) throw error;
      this.#streamEnded = true;
      return undefined;
    }
  }

  /** A heartbeat that has come back tells how the catalogue was when it was sent. */
  #learn(): void {
    const cutter = this.#cutter;
    if (cutter.lastEndLsn > this.#received) this.#received = cutter.lastEndLsn;
    if (cutter.fingerprint !== '') return;
    const known = this.#heart.fingerprintBefore(cutter.lastHeartbeatMs);
    if (known !== undefined) cutter.fingerprint = known;
  }

  async #cutIfDue(): Promise<void> {
    const now = this.host.clock.monotonic();
    if (!this.#cutter.hasCommits) {
      this.#cutDue = undefined;
      return;
    }
    this.#cutDue ??= now + CUT_AFTER_MS;
    if (now < this.#cutDue) return;
    this.#cutDue = undefined;
    const cut = this.#cutter.hurry();
    if (cut) await this.#push(cut);
  }

  async #push(cut: Cut): Promise<void> {
    this.#cutDue = undefined;
    await this.#pipeline.push(cut);
  }

  /** Milliseconds to wait for the server. */
  #patience(): number {
    const now = this.host.clock.monotonic();
    const cut = this.#cutDue === undefined ? TICK_MS : Math.max(1, this.#cutDue - now);
    return Math.min(TICK_MS, cut);
  }

  #ending(target: bigint): Ending | undefined {
    const { mode, deadline, signal } = this.bounds;
    const now = this.host.clock.monotonic();
    if (signal.aborted) return 'stopped';
    if (now >= deadline) return 'time up';
    if (this.#heart.ended) return this.#heart.ended;
    if (this.#streamEnded) return 'database gone';
    if (mode !== 'drain' || this.#received < target) return undefined;
    this.#reachedAt ??= now;
    const isQuiet = this.#isIdle && now - this.#receivedAt >= QUIET_MS;
    return isQuiet || now - this.#reachedAt >= LINGER_MS ? 'caught up' : undefined;
  }

  /** Whether everything that was received is acknowledged. */
  get #isIdle(): boolean {
    return !this.#cutter.hasCommits && this.#pipeline.isIdle;
  }

  /**
   * Goes on until one more heartbeat is acknowledged, if the next reader of the slot would read much again otherwise: the
   * slot's position for that follows what heartbeats write into the log, once what lies behind it is acknowledged.
   */
  async #close(): Promise<void> {
    const keptBytes = this.tally.status?.slot?.keptBytes ?? 0;
    // A transaction that is under way holds that position back.
    if (keptBytes < READ_AGAIN_BYTES || this.#cutter.isInTransaction) return;
    const { clock } = this.host;
    const until = clock.monotonic() + CLOSE_MS;
    const heart = this.#heart;
    heart.hasten();
    do await this.#step();
    while ((heart.isBeating || this.tally.isAwaiting) && clock.monotonic() < until && !this.#streamEnded);
  }

  /** The chain before this one, and one of the others in turns: that each is looked at costs a few listings. */
  async #repairOlder(): Promise<void> {
    const { world, clock } = this.host;
    const others = [...this.parts.place.older];
    const before = others.pop();
    const turn = Math.floor(clock.now() / TURN_MS) % Math.max(1, others.length);
    const copies: FarCopy[] = [];
    for (const chain of [before, others[turn]]) {
      const last = chain && (await head(world.near, chain));
      if (chain && last !== undefined) copies.push(new FarCopy(world, clock, chain, last, () => undefined));
    }
    this.#farOlder = copies;
  }

  /**
   * Puts and acknowledges what there is.
   * @param repairMs for which it waits for the other region to catch up, if that makes headway
   */
  async #finish(repairMs: number): Promise<void> {
    const rest = this.#cutter.rest();
    if (rest) await this.#push(rest);
    await this.#pipeline.drain();
    await this.#far.stop(repairMs);
    this.#pipeline.settle();
  }

  /** Leaves nothing under way. */
  async #rest(): Promise<void> {
    await this.#pipeline.drain().catch(() => undefined);
    await this.#far.stop();
    await Promise.all(this.#farOlder.map((copy) => copy.stop()));
    await this.#heart.rest();
    this.#noteFar();
  }
}
