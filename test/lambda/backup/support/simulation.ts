import type { BackupSettings } from '../../../../lambda/backup/contract';
import { judge } from '../../../../lambda/backup/database/snapshot';
import { type Dated, keep } from '../../../../lambda/backup/keep';
import type { DatabaseService, Objects, World } from '../../../../lambda/backup/ports';
import { type RunReport, run } from '../../../../lambda/backup/run';
import type { LeadershipRecord, State } from '../../../../lambda/leader/record';
import type { Clock } from '../../../../lambda/runtime/clock';
import { HOME, recordOf, STANDBY, settingsOf } from './settings';
import { SimulatedRds } from './simulated-rds';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const START_MS = Date.UTC(2026, 10, 1);

/** Shares of calls, starts and snapshots that go wrong. */
export interface Chances {
  /** A call is not done and fails. */
  readonly refused: number;
  /** A call is done, and the answer does not arrive. */
  readonly lost: number;
  /** The process ends before, or after, a call. */
  readonly crash: number;
  /** A start does not happen. */
  readonly missed: number;
  /** A start happens twice at the same time. */
  readonly twice: number;
  /** A snapshot or copy fails. */
  readonly failed: number;
}

export const CALM: Chances = { refused: 0, lost: 0, crash: 0, missed: 0, twice: 0, failed: 0 };

class Crashed extends Error {}

/** Numbers from 0 to 1 that a seed repeats. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Both regions' functions, started again and again for as long as a test wants, against an AWS that misbehaves. */
export class Simulation {
  readonly violations: string[] = [];
  readonly rds: Readonly<Record<string, SimulatedRds>>;
  record: LeadershipRecord = recordOf();
  nowMs = START_MS;
  /** Good in both regions at some time, by schedule. */
  readonly everWhole = new Map<string, Map<string, Dated>>();
  readonly #everGood = new Set<string>();
  readonly #random: () => number;
  readonly #outages = new Map<string, number>();
  readonly #settings: readonly BackupSettings[];
  primary = HOME;

  constructor(
    seed: number,
    public chances: Chances,
    private readonly everyMinutes = 15,
  ) {
    this.#random = seeded(seed);
    const world = {
      now: () => this.nowMs,
      random: () => this.#random(),
      isPrimary: (region: string) => region === this.primary,
      violation: (sentence: string) => this.#violate(sentence),
      isSettled: () => ['SERVING', 'REBUILDING', 'PROTECTED'].includes(this.record.state),
      get settled(): boolean {
        return this.isSettled();
      },
    };
    const [home, standby] = [HOME, STANDBY].map((region) => new SimulatedRds(region, world, chances.failed));
    if (!home || !standby) throw new Error('There are two regions.');
    home.pairWith(standby);
    standby.pairWith(home);
    this.rds = { [HOME]: home, [STANDBY]: standby };
    const only = { buckets: [], schedules: databaseOnly(settingsOf()) };
    this.#settings = [HOME, STANDBY].map((region) => {
      const { cache: _, ...settings } = settingsOf(region, only);
      return settings;
    });
  }

  at(region: string): SimulatedRds {
    const found = this.rds[region];
    if (!found) throw new Error(`There is no region ${region}.`);
    return found;
  }

  /** Nobody can reach a region for a while. */
  cut(region: string, hours: number): void {
    this.#outages.set(region, this.nowMs + hours * HOUR_MS);
  }

  setState(state: State, patch: Partial<LeadershipRecord> = {}): void {
    this.record = { ...this.record, ...patch, state };
  }

  /** The lead moves to the other region; the old side is rebuilt as a replica. */
  move(): void {
    const to = this.primary === HOME ? STANDBY : HOME;
    this.at(this.primary).identity += 1;
    this.primary = to;
    const epoch = this.record.epoch + 1;
    const entry = { epoch, holder: to, reason: 'switchover', sentence: 'Moved.' } as const;
    this.record = { ...this.record, epoch, holder: to, history: [...this.record.history, entry] };
  }

  /** @param each called before each start */
  async days(count: number, each: (simulation: Simulation) => void = () => undefined): Promise<void> {
    const end = this.nowMs + count * DAY_MS;
    while (this.nowMs < end) {
      this.nowMs += this.everyMinutes * MINUTE_MS;
      each(this);
      await this.start();
      this.#check();
    }
  }

  /** Both regions' functions are started once, with what can go wrong with that. */
  async start(): Promise<readonly RunReport[]> {
    const starts = this.#settings.flatMap((settings) => {
      if (this.#happens(this.chances.missed)) return [];
      return this.#happens(this.chances.twice) ? [settings, settings] : [settings];
    });
    return Promise.all(starts.map((settings) => this.#run(settings)));
  }

  #run(settings: BackupSettings): Promise<RunReport> {
    const process = { dead: false };
    const clock: Clock = { now: () => this.nowMs, monotonic: () => 0, sleep: async () => undefined };
    const service = (region: string): DatabaseService =>
      this.#frail(region, this.at(region).service(), process);
    const none = (): never => {
      throw new Error('The simulation has only a database.');
    };
    const world: World = {
      leadership: this.#frail('', { read: async () => this.record }, process),
      database: { own: service(settings.own), other: service(settings.other) },
      buckets: { describe: none },
      inventory: { own: NOTHING, other: NOTHING },
      objects: { own: EMPTY, other: EMPTY },
    };
    return run(world, settings, { start: 'reconcile' }, { clock, deadline: HOUR_MS });
  }

  /** Each call may fail before or after it was done, and take the process with it. */
  #frail<T extends object>(region: string, target: T, process: { dead: boolean }): T {
    const call = async (work: () => Promise<unknown>): Promise<unknown> => {
      if (process.dead) throw new Crashed();
      if ((this.#outages.get(region) ?? 0) > this.nowMs) throw new Error(`${region} does not answer.`);
      const { refused, lost, crash } = this.chances;
      if (this.#happens(refused)) throw new Error('Throttling: Rate exceeded');
      if (this.#happens(crash)) this.#die(process);
      const value = await work();
      if (this.#happens(crash)) this.#die(process);
      if (this.#happens(lost)) throw new Error('The connection was reset.');
      return value;
    };
    return new Proxy(target, {
      get: (object, name) => {
        const method: unknown = Reflect.get(object, name);
        if (typeof method !== 'function') return method;
        return (...given: unknown[]) => call(() => Promise.resolve(Reflect.apply(method, object, given)));
      },
    });
  }

  #die(process: { dead: boolean }): never {
    process.dead = true;
    throw new Crashed();
  }

  #happens(share: number): boolean {
    return share > 0 && this.#random() < share;
  }

  #violate(sentence: string): void {
    this.violations.push(`${new Date(this.nowMs).toISOString()}: ${sentence}`);
  }

  isGood(region: string, name: string): boolean {
    const found = this.at(region).get(name);
    return found !== undefined && judge(found, region).kind === 'good';
  }

  /** What must hold after every start. */
  #check(): void {
    for (const region of [HOME, STANDBY]) {
      const good = this.at(region)
        .all()
        .filter(({ name }) => this.isGood(region, name));
      for (const { schedule } of good) this.#everGood.add(`${region} ${schedule}`);
      for (const place of this.#everGood) {
        if (place.startsWith(region) && !good.some((one) => `${region} ${one.schedule}` === place))
          this.#violate(`There is no good backup left of ${place}.`);
      }
      if (region !== HOME) continue;
      for (const one of good) {
        const { name, schedule, dueMs } = one;
        if (!this.isGood(STANDBY, name)) continue;
        const known = this.everWhole.get(schedule) ?? new Map<string, Dated>();
        this.everWhole.set(schedule, known.set(name, { name, dueMs }));
      }
    }
    this.#checkRetention();
  }

  /** Nothing that the rule keeps, of all that was ever whole, may be missing anywhere. */
  #checkRetention(): void {
    const [settings] = this.#settings;
    if (!settings) return;
    for (const known of this.everWhole.values()) {
      for (const name of keep([...known.values()], settings.keep, this.nowMs)) {
        for (const region of [HOME, STANDBY]) {
          if (!this.isGood(region, name)) this.#violate(`${name} should be kept and is not in ${region}.`);
        }
      }
    }
  }
}

const databaseOnly = ({ schedules }: BackupSettings): BackupSettings['schedules'] =>
  schedules.map((one) => ({ ...one, covers: ['database'] }));

const NOTHING = {
  secrets: async () => [],
  stacks: async () => [],
  images: async () => [],
  parameterGroups: async () => [],
};
const EMPTY: Objects = { put: async () => 'put', get: async () => undefined, list: async () => [] };
