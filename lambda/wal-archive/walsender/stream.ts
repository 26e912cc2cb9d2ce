import type { Duplex } from 'node:stream';
import type { Clock } from '../../runtime/clock';
import type { Received, WalStream } from '../ports';
import { ProtocolViolated, StreamEnded, StreamLost } from './errors';
import { FrameCutter, type Frames, type Other } from './frames';
import { COPY_DONE, refusal, SERVER, statusUpdate, TERMINATE } from './protocol';

/**
 * One START_REPLICATION on a connection that was logged in: both sides copy. What this must hold: nothing is ever
 * reported as flushed but what `acknowledge` was told; what is received and not fetched is bounded, the rest waits in the
 * server; everything received before an error is handed out before the error is.
 */

/** Bytes that are received and not yet fetched, from which on the socket is not read. */
const BUFFERED_BYTES_MAX = 1024 * 1024;
/** The server ends a session that it has not heard of for `wal_sender_timeout`: 60 s, on RDS 30 s. */
export const STATUS_MS = 5_000;
/** After so much silence the server is asked whether it is there, and after so much more it is given up. */
const ASK_AFTER_MS = 10_000;
export const SILENCE_MS = 45_000;
/** For the last words. */
const END_MS = 3_000;

type State = 'starting' | 'copying' | 'ending' | 'ended';

export class CopyStream implements WalStream {
  readonly #cutter = new FrameCutter();
  readonly #queue: Frames[] = [];
  readonly #over = new AbortController();
  #alarmAt = 0;
  #arrived: Buffer[] = [];
  #arrivedBytes = 0;
  #queued = 0;
  #state: State = 'starting';
  #failure: Error | undefined;
  #wake: () => void = () => undefined;
  #heardAt: number;
  #walEnd = 0n;
  #flushed = 0n;

  /** @param socket of a connection in which no command is under way, and to which nobody else listens */
  constructor(
    private readonly socket: Duplex,
    private readonly clock: Clock,
  ) {
    this.#heardAt = clock.monotonic();
    socket.on('data', (chunk: Buffer) => this.#collect(chunk));
    socket.on('error', (error) => this.#lose(new StreamLost('the connection broke.', { cause: error })));
    socket.on('close', () => this.#lose(new StreamLost('the server closed the connection.')));
    socket.resume();
  }

  /**
   * @param command START_REPLICATION, as a query message
   * @throws {ServerRefused} {StreamLost} {ProtocolViolated}
   */
  async begin(command: Buffer, milliseconds: number): Promise<void> {
    this.socket.write(command);
    const deadline = this.clock.monotonic() + milliseconds;
    while (this.#state === 'starting') {
      if (this.#failure) throw this.#failure;
      if (!(await this.#wait(deadline))) {
        throw this.#fail(new StreamLost(`the server did not begin within ${milliseconds / 1000} s.`));
      }
    }
    void this.#report();
  }

  async receive(milliseconds: number): Promise<Received | undefined> {
    const deadline = this.clock.monotonic() + milliseconds;
    for (;;) {
      const next = this.#queue.shift();
      if (next) return this.#handOut(next);
      if (this.#failure) throw this.#failure;
      if (!(await this.#wait(deadline))) return undefined;
    }
  }

  acknowledge(endLsn: bigint): void {
    if (endLsn <= this.#flushed) return;
    this.#flushed = endLsn;
    this.#say(false);
  }

  async end(): Promise<void> {
    if (this.#state === 'copying' && !this.#failure) await this.#sayGoodbye();
    this.#state = 'ended';
    this.#over.abort();
    this.socket.destroy();
  }

  /** The last acknowledgement must arrive: the server reads it before it answers. */
  async #sayGoodbye(): Promise<void> {
    this.#say(false);
    this.#state = 'ending';
    this.#queue.length = 0;
    this.socket.resume();
    this.socket.write(COPY_DONE);
    const deadline = this.clock.monotonic() + END_MS;
    // A server in the middle of a large transaction sends it to its end first: it is not waited for.
    while (!this.#failure && (await this.#wait(deadline)));
    if (!this.socket.destroyed) this.socket.write(TERMINATE);
  }

  #readOn(): void {
    if (this.#queued >= BUFFERED_BYTES_MAX / 2 || !this.socket.isPaused()) return;
    // Silence while nobody listened tells nothing.
    this.#heardAt = this.clock.monotonic();
    this.socket.resume();
  }

  #handOut(frames: Frames): Received {
    this.#queued -= frames.bytes.length;
    this.#readOn();
    if (frames.walEnd > this.#walEnd) this.#walEnd = frames.walEnd;
    return { bytes: frames.bytes, bounds: frames.bounds, walEnd: this.#walEnd };
  }

  /**
   * The server sends every message as a TLS record of its own, and Node every record as a chunk of its own. So chunks are
   * collected while they come, and looked at together.
   */
  #collect(chunk: Buffer): void {
    this.#arrived.push(chunk);
    this.#arrivedBytes += chunk.length;
    if (this.#arrivedBytes >= BUFFERED_BYTES_MAX) this.socket.pause();
    if (this.#arrived.length === 1) setImmediate(() => this.#take());
  }

  #take(): void {
    const chunks = this.#arrived;
    const [only] = chunks;
    if (!only) return;
    this.#arrived = [];
    const chunk = chunks.length === 1 ? only : Buffer.concat(chunks, this.#arrivedBytes);
    this.#arrivedBytes = 0;
    this.#heardAt = this.clock.monotonic();
    let frames: Frames | undefined;
    try {
      frames = this.#cutter.push(chunk);
      if (!frames) {
        this.#readOn();
        return;
      }
      for (const other of frames.others) this.#obey(other);
    } catch (error) {
      this.#fail(error instanceof Error ? error : new ProtocolViolated(String(error)));
    }
    if (frames?.replyRequested) this.#say(false);
    if (frames && this.#state !== 'ending') this.#enqueue(frames);
    this.#wake();
  }

  #enqueue(frames: Frames): void {
    if (frames.bounds.length === 0 && frames.walEnd === 0n) return;
    this.#queue.push(frames);
    this.#queued += frames.bytes.length;
    if (this.#queued >= BUFFERED_BYTES_MAX) this.socket.pause();
    else this.#readOn();
  }

  #obey({ kind, content }: Other): void {
    switch (kind) {
      case SERVER.copyBoth:
        this.#state = 'copying';
        return;
      case SERVER.error:
        throw refusal(content);
      case SERVER.copyDone:
      case SERVER.commandComplete:
        if (this.#state !== 'ending') throw new StreamEnded();
        return;
      case SERVER.readyForQuery:
        throw new StreamEnded();
      default:
        // Notices and changes of settings, which may come at any time.
        return;
    }
  }

  /** What came before is looked at first. */
  #lose(error: StreamLost): void {
    this.#take();
    this.#fail(error);
  }

  /** @returns the first failure, which is the one that tells */
  #fail(error: Error): Error {
    this.#failure ??= error;
    this.#over.abort();
    this.#wake();
    return this.#failure;
  }

  /**
   * Waits until something happens, or nothing has for some time.
   * @returns false when the deadline has come
   */
  async #wait(deadline: number): Promise<boolean> {
    const now = this.clock.monotonic();
    if (now >= deadline) return false;
    const happened = new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    if (this.#alarmAt <= now || this.#alarmAt > deadline) this.#setAlarm(deadline, now);
    await happened;
    return true;
  }

  /** One that is set stays: data comes far more often than it rings, and ending it each time would cost more than they. */
  #setAlarm(at: number, now: number): void {
    this.#alarmAt = at;
    const ring = (): void => {
      // A timer may be a little early by the clock: whoever still waits then sets another.
      if (this.#alarmAt === at) this.#alarmAt = 0;
      this.#wake();
    };
    this.clock.sleep(at - now, this.#over.signal).then(ring, ring);
  }

  /** Tells the server that somebody is there, as long as the stream lasts. */
  async #report(): Promise<void> {
    while (!this.#over.signal.aborted) {
      await this.clock.sleep(STATUS_MS, this.#over.signal).catch(() => undefined);
      if (this.#over.signal.aborted) return;
      const silent = this.socket.isPaused() ? 0 : this.clock.monotonic() - this.#heardAt;
      if (silent > SILENCE_MS)
        this.#fail(new StreamLost(`the server was silent for ${SILENCE_MS / 1000} s.`));
      else this.#say(silent >= ASK_AFTER_MS);
    }
  }

  #say(replyRequested: boolean): void {
    if (this.#state !== 'copying' || this.socket.destroyed) return;
    const written = this.#walEnd > this.#flushed ? this.#walEnd : this.#flushed;
    const nowMs = this.clock.now();
    this.socket.write(statusUpdate({ written, flushed: this.#flushed, nowMs, replyRequested }));
  }
}
