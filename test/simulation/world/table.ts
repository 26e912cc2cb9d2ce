import { fromItem, type Item } from '../../../lambda/leader/item';
import { ConditionRefused, type LeadershipTable, WriteConflict } from '../../../lambda/leader/ports';
import type { LeadershipRecord } from '../../../lambda/leader/record';
import { HoldfastError } from '../../../lambda/runtime/errors';
import type { Host, Service } from './host';
import type { Network } from './network';
import { type Place, REGIONS, type RegionName } from './places';
import type { Random } from './random';
import type { Scheduler } from './scheduler';

/** The table answered with an error of its own. */
export class TableError extends HoldfastError {}

/** Two writes of different regions within this time may conflict, in milliseconds. */
const CONFLICT_MS = 150;

export type RecordWritten = (
  record: LeadershipRecord,
  before: LeadershipRecord | undefined,
  byHost: string,
) => void;

/**
 * The leadership table: three replicas and one history of writes. Each operation happens at one instant. A region reads
 * strongly and writes only together with at least one other, so one that is isolated does neither.
 */
export class Table {
  item: Item | undefined;
  record: LeadershipRecord | undefined;
  /** How many faults take the service down everywhere. */
  down = 0;
  /** Share of the writes whose answer is lost although they were made, and of those told to conflict though alone. */
  lostAnswerShare = 0;
  conflictShare = 0;
  /** How many faults keep the processes of a region from writing, and from writing only. */
  readonly writesDenied = new Map<Place, number>();
  /** How many faults take one region's replica down. */
  readonly replicaDown = new Map<RegionName, number>();
  onWrite: RecordWritten = () => undefined;
  /** The condition of a write; undefined expects no record. Deliberate bugs replace it. */
  accepts = (expected: number | undefined): boolean => this.record?.version === expected;
  private lastWrite: { readonly region: RegionName; readonly atMs: number } | undefined;

  constructor(
    private readonly scheduler: Scheduler,
    private readonly network: Network,
    private readonly random: Random,
  ) {}

  /** @returns the table as `region` serves it to a process */
  servedBy(region: RegionName, host: Host): LeadershipTable {
    const reads = this.service(region, () => this.random.between(8, 30));
    let made = false;
    const writes = this.service(region, () =>
      made && this.random.chance(this.lostAnswerShare)
        ? Number.POSITIVE_INFINITY
        : this.random.between(60, 140),
    );
    const write = (item: Item, expected: number | undefined): void => {
      made = false;
      this.write(region, item, expected, host);
      made = true;
    };
    return {
      region,
      read: () => host.call(reads, () => this.read(region)),
      create: (item) => host.call(writes, () => write(item, undefined)),
      replace: (item, expected) => host.call(writes, () => write(item, expected)),
    };
  }

  /** Whether a region reaches a second replica, in both directions. */
  hasQuorum(region: RegionName): boolean {
    if (this.down > 0 || this.isDown(region)) return false;
    return REGIONS.some(
      (other) =>
        other !== region &&
        !this.isDown(other) &&
        this.network.connects(region, other) &&
        this.network.connects(other, region),
    );
  }

  private isDown(region: RegionName): boolean {
    return this.network.isDead(region) || (this.replicaDown.get(region) ?? 0) > 0;
  }

  private service(region: RegionName, workMs: () => number): Service {
    return {
      name: `The leadership table in ${region}`,
      place: region,
      // The library waits no longer than that for one attempt, and calls no faster.
      deadlineMs: 4_000,
      workMs,
      busyUntil: () => 0,
    };
  }

  private read(region: RegionName): Item | undefined {
    this.demandQuorum(region);
    return this.item;
  }

  private write(region: RegionName, item: Item, expected: number | undefined, { name, place }: Host): void {
    this.demandQuorum(region);
    if ((this.writesDenied.get(place) ?? 0) > 0) throw new TableError(`${name} may not write.`);
    const now = this.scheduler.now;
    const last = this.lastWrite;
    const near = last && last.region !== region && now - last.atMs < CONFLICT_MS && this.random.chance(0.5);
    if (near || this.random.chance(this.conflictShare)) throw new WriteConflict(region);
    if (!this.accepts(expected)) throw new ConditionRefused(region);
    this.put(item, name);
    this.lastWrite = { region, atMs: now };
  }

  /** Writes without any condition: a first record. */
  put(item: Item, byHost: string): void {
    const before = this.record;
    this.item = item;
    this.record = fromItem(item);
    this.onWrite(this.record, before, byHost);
  }

  private demandQuorum(region: RegionName): void {
    if (!this.hasQuorum(region)) throw new TableError(`The replica in ${region} reaches no other one.`);
  }
}
