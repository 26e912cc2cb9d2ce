import type { Instance, Replication } from '../../../../lambda/backup/database/observation';
import type { DatabaseSnapshot } from '../../../../lambda/backup/database/snapshot';
import { dueOfDatabaseSnapshot } from '../../../../lambda/backup/names';
import { type DatabaseService, QuotaReached } from '../../../../lambda/backup/ports';
import { ACCOUNT } from './settings';

const MINUTE_MS = 60_000;
const QUOTA = 100;
const IDENTIFIER = 'shop-db';

/** A snapshot on its way to an end. */
interface Kept {
  snapshot: DatabaseSnapshot;
  readonly readyMs: number;
  readonly end: 'available' | 'failed';
}

/** What the simulation tells RDS of a region, and when. */
export interface RdsWorld {
  now(): number;
  /** From 0 to 1. */
  random(): number;
  /** Whether the instance of the region is a primary. */
  isPrimary(region: string): boolean;
  /** Told of each thing that must never happen. */
  violation(sentence: string): void;
  /** Whether a snapshot may begin: no lead moves. */
  readonly settled: boolean;
}

/** RDS of one region, in memory: snapshots take their time, some fail, and nothing of it is ever undone by itself. */
export class SimulatedRds {
  readonly #snapshots = new Map<string, Kept>();
  readonly #replications = new Map<string, Replication>();
  #busyUntilMs = 0;
  /** The region whose snapshots are copied here. */
  #twin: SimulatedRds | undefined;

  constructor(
    readonly region: string,
    private readonly world: RdsWorld,
    private readonly failureShare: number,
  ) {}

  pairWith(twin: SimulatedRds): void {
    this.#twin = twin;
  }

  /** Puts something there that the function did not make. */
  put(snapshot: DatabaseSnapshot): void {
    this.#snapshots.set(snapshot.name, { snapshot, readyMs: 0, end: 'available' });
  }

  all(): readonly DatabaseSnapshot[] {
    return [...this.#snapshots.values()].map((kept) => this.#now(kept));
  }

  get(name: string): DatabaseSnapshot | undefined {
    const kept = this.#snapshots.get(name);
    return kept && this.#now(kept);
  }

  #now({ snapshot, readyMs, end }: Kept): DatabaseSnapshot {
    return snapshot.status === 'available' || readyMs > this.world.now()
      ? snapshot
      : { ...snapshot, status: end };
  }

  /** Instances get a new identity when they are made again. */
  identity = 0;

  service(): DatabaseService {
    return {
      instance: async () => this.#instance(),
      snapshots: async () => this.all(),
      replications: async () => [...this.#replications.values()],
      take: async (_, name, due) => {
        if (this.#snapshots.has(name)) return;
        if (!this.world.isPrimary(this.region)) this.world.violation(`${name} is taken of a replica.`);
        if (!this.world.settled) this.world.violation(`${name} is taken while the lead moves.`);
        if (this.#busyUntilMs > this.world.now()) throw new Error('InvalidDBInstanceState: backing-up');
        this.#begin(name, due, 20, 'creating', this.world.now());
        this.#busyUntilMs = this.world.now() + 20 * MINUTE_MS;
      },
      copy: async (name, due) => {
        if (this.#snapshots.has(name)) return;
        const source = this.#twin?.get(name);
        if (source?.status !== 'available') throw new Error('InvalidDBSnapshotState');
        this.#begin(name, due, 30 + 200 * this.world.random(), 'copying', source.takenMs ?? 0);
      },
      remove: async (name) => this.#remove(name),
      replicate: async (sourceArn) => {
        const resourceId = `db-${this.#twin?.region}-${this.#twin?.identity}`;
        this.#replications.set(sourceArn, { sourceArn, resourceId, status: 'replicating', latestMs: null });
      },
      stopReplicating: async (sourceArn) => {
        const found = this.#replications.get(sourceArn);
        if (found) this.#replications.set(sourceArn, { ...found, status: 'retained' });
      },
    };
  }

  #instance(): Instance {
    const primary = this.world.isPrimary(this.region);
    return {
      arn: `arn:aws:rds:${this.region}:${ACCOUNT}:db:${IDENTIFIER}`,
      resourceId: `db-${this.region}-${this.identity}`,
      status: this.#busyUntilMs > this.world.now() ? 'backing-up' : 'available',
      source: primary ? null : `arn:aws:rds:${this.#twin?.region}:${ACCOUNT}:db:${IDENTIFIER}`,
      retentionDays: primary ? 7 : 0,
    };
  }

  #begin(
    name: string,
    due: { readonly schedule: string; readonly dueMs: number },
    minutes: number,
    status: string,
    takenMs: number,
  ): void {
    if (this.#snapshots.size >= QUOTA)
      throw new QuotaReached(name, { cause: new Error('SnapshotQuotaExceeded') });
    const snapshot: DatabaseSnapshot = {
      ...due,
      name,
      owned: true,
      status,
      takenMs,
      encrypted: true,
      sizeGib: 100,
      engine: 'postgres',
      keyRegion: this.region,
    };
    const end = this.world.random() < this.failureShare ? 'failed' : 'available';
    this.#snapshots.set(name, { snapshot, end, readyMs: this.world.now() + minutes * MINUTE_MS });
  }

  #remove(name: string): void {
    const found = this.get(name);
    if (!found) return;
    if (!found.owned || !dueOfDatabaseSnapshot(IDENTIFIER, name))
      this.world.violation(`${name} is removed, and is not ours.`);
    if (found.status !== 'available' && found.status !== 'failed')
      this.world.violation(`${name} is removed in ${this.region} while it is ${found.status}.`);
    const twin = this.#twin?.get(name)?.status;
    if (found.status === 'available' && twin !== undefined && twin !== 'available')
      this.world.violation(`${name} is removed in ${this.region} while its twin is ${twin}.`);
    this.#snapshots.delete(name);
  }
}
