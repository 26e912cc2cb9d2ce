import { lsnBytes } from '../../../../lambda/runtime/lsn';
import { LoginRefused } from '../../../../lambda/runtime/postgres/session';
import { Random } from '../../../simulation/world/random';
import { type Archiver, Rig } from './rig';

/** After so long the server ends a session that it has not heard of. */
const SENDER_TIMEOUT_MS = 60_000;
const ARCHIVERS_MAX = 3;
const MINUTE_MS = 60_000;
const HELD_MS_MAX = 20 * MINUTE_MS;

/** What is not as it must be; all empty if everything is. */
export interface Verdict {
  /** Confirmed without being durable. */
  readonly violations: readonly string[];
  /** Archived twice, out of order, or not as it was committed. */
  readonly wrong: readonly string[];
  /** Committed since the archive began, in no chain and in no gap that a chain tells of. */
  readonly lostWithoutGap: readonly string[];
  /** Keys under which the far region has other bytes than the near one, or nothing. */
  readonly farDiffers: readonly string[];
}

interface Frozen {
  readonly archiver: Archiver;
  readonly since: number;
  readonly until: number;
}

/** One history, the same for ever with the same seed. */
export class History {
  readonly rig = new Rig();
  readonly tally = { committed: 0, runs: 0, faults: 0 };
  readonly #random: Random;
  readonly #growth: Random;
  #running: Archiver[] = [];
  #frozen: Frozen[] = [];

  constructor(seed: number) {
    this.#random = new Random(seed);
    this.#growth = this.#random.stream('growth');
    const batches = this.#random.stream('batches');
    this.rig.server.batch = () => batches.whole(1, 40);
  }

  async run(steps: number): Promise<void> {
    for (let step = 0; step < steps; step += 1) {
      this.#act();
      await this.rig.clock.advance(Math.round(this.#random.spread(5, 4_000)));
      this.#pass();
    }
    await this.#heal();
  }

  /** Lets everything be well again, ends what runs, and archives what is left. */
  async #heal(): Promise<void> {
    const { rig } = this;
    rig.near.clearFaults();
    rig.far.clearFaults();
    rig.server.refuses = undefined;
    for (const { archiver } of this.#frozen) archiver.thaw();
    this.#frozen = [];
    for (const archiver of this.#running) await rig.clock.run(archiver.done);
    // Puts that were held arrive by then, whoever has asked for them.
    await rig.clock.advance(HELD_MS_MAX);
    await rig.drain({ seconds: 600 });
    // Each minute's run repairs another one of the older chains.
    for (const _ of await rig.archived()) {
      await rig.clock.advance(MINUTE_MS - (rig.clock.now() % MINUTE_MS));
      await rig.drain({ seconds: 600 });
    }
  }

  async verdict(): Promise<Verdict> {
    const { rig } = this;
    const { missing, wrong } = await rig.differences();
    const gaps = (await rig.archived()).flatMap(({ segments }) => {
      const genesis = segments[0]?.header.genesis;
      // Before the first chain there was no archive: a base comes after that.
      if (genesis?.why === 'first') return [{ from: 0n, to: lsnBytes(genesis.startLsn) }];
      if (!genesis?.gap) return [];
      return [{ from: lsnBytes(genesis.follows?.last?.endLsn ?? '0/0'), to: lsnBytes(genesis.startLsn) }];
    });
    const covered = (end: bigint): boolean => gaps.some(({ from, to }) => from < end && end <= to);
    const differs = [...rig.near.objects].filter(([key, bytes]) => {
      const there = rig.far.objects.get(key);
      return !there || Buffer.compare(there, bytes) !== 0;
    });
    return {
      violations: rig.violations,
      wrong,
      lostWithoutGap: missing.filter(({ endLsn }) => !covered(endLsn)).map(({ xid }) => String(xid)),
      farDiffers: differs.map(([key]) => key),
    };
  }

  #act(): void {
    const random = this.#random;
    const chances: readonly (readonly [number, () => void])[] = [
      [0.4, () => this.#commit()],
      [0.2, () => this.#start()],
      [0.12, () => this.#trouble()],
      [0.1, () => this.#calm()],
      [0.05, () => this.rig.server.checkpoint()],
      [0.03, () => this.#stopServer()],
      [0.04, () => this.#freeze()],
      [0.03, () => this.#credential()],
      [0.015, () => this.#handleSlot()],
      [0.01, () => this.#newEpoch()],
    ];
    let left = random.next();
    const [, act] = chances.find(([chance]) => {
      left -= chance;
      return left < 0;
    }) ?? [0, () => undefined];
    act();
  }

  /** What goes on by itself. */
  #pass(): void {
    const now = this.rig.clock.monotonic();
    this.#running = this.#running.filter(({ ended }) => !ended);
    for (const frozen of this.#frozen) {
      if (now - frozen.since > SENDER_TIMEOUT_MS) this.rig.server.slot?.reader?.lose();
      if (now >= frozen.until) frozen.archiver.thaw();
    }
    this.#frozen = this.#frozen.filter(({ until }) => now < until);
  }

  #commit(): void {
    const random = this.#random;
    const count = random.whole(1, 4);
    for (let one = 0; one < count; one += 1) {
      this.tally.committed += 1;
      if (random.chance(0.08)) this.rig.server.commit(random.whole(40, 300), random.whole(10, 90));
      else this.rig.server.commit(random.whole(1, 6), random.whole(1, 200));
    }
    // Enough for a run to let the slot's position move on before it ends.
    if (this.#growth.chance(0.1)) this.rig.server.grow(16 << 20);
  }

  #start(): void {
    if (this.#running.length >= ARCHIVERS_MAX) return;
    this.tally.runs += 1;
    const random = this.#random;
    const mode = random.chance(0.5) ? 'stream' : 'drain';
    const seconds = random.whole(5, 120);
    this.#running.push(this.rig.start({ mode, seconds, handoverSeconds: random.chance(0.3) ? 20 : 0 }));
  }

  #trouble(): void {
    const random = this.#random;
    this.tally.faults += 1;
    const store = random.chance(0.5) ? this.rig.near : this.rig.far;
    const operation = random.pick(['put', 'put', 'get', 'list'] as const);
    const times = random.chance(0.8) ? random.whole(1, 4) : 60;
    const kind = random.pick(['fails', 'fails', 'answer-lost', 'slow', 'held'] as const);
    if (kind === 'slow') {
      const milliseconds = random.whole(100, 20_000);
      store.fault({ operation, trouble: { kind, milliseconds }, times });
    } else if (kind === 'held') {
      const until = this.rig.clock.sleep(random.whole(1_000, HELD_MS_MAX));
      store.fault({ operation: 'put', trouble: { kind, until }, times: 1 });
    } else {
      store.fault({ operation, trouble: { kind }, times });
    }
  }

  #calm(): void {
    if (this.#random.chance(0.5)) this.rig.near.clearFaults();
    else this.rig.far.clearFaults();
  }

  #stopServer(): void {
    this.tally.faults += 1;
    this.rig.server.stopAtOnce();
  }

  #freeze(): void {
    const [archiver] = this.#running;
    if (!archiver || this.#frozen.some((one) => one.archiver === archiver)) return;
    this.tally.faults += 1;
    archiver.freeze();
    const since = this.rig.clock.monotonic();
    this.#frozen.push({ archiver, since, until: since + this.#random.spread(1_000, 900_000) });
  }

  #credential(): void {
    const { server } = this.rig;
    if (!server.refuses) this.tally.faults += 1;
    server.refuses = server.refuses ? undefined : new LoginRefused('holdfast_archive_a');
  }

  #handleSlot(): void {
    this.tally.faults += 1;
    const { server } = this.rig;
    this.#random.pick([
      () => server.dropSlot(),
      () => server.loseSlot(),
      () => server.advanceSlot(),
      () => {
        server.dropSlot();
        server.makeSlot();
      },
    ])();
  }

  /** A lease that was claimed and went back to the same region. */
  #newEpoch(): void {
    this.rig.server.epoch += 2;
  }
}
