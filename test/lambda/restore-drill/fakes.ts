import type { Copies, Copy, Login, Ports } from '../../../lambda/restore-drill/ports';
import { drillRecords } from '../../../lambda/restore-drill/records';
import type { DrillHost } from '../../../lambda/restore-drill/steps';
import { LoginRefused, type Row, type Session } from '../../../lambda/runtime/postgres/session';
import { FakeClock } from '../../support/fake-clock';
import { type MemoryStore, memoryStore } from '../archive/support/memory-store';

/** RDS, the archive and the databases of a drill, as values. */

export const PREFIX = 'shop-db-restore-drill-';
export const BEGIN_MS = Date.parse('2026-01-31T02:00:00Z');

export const HOST: DrillHost = {
  identifier: 'shop-db',
  settings: {
    everyDays: 30,
    graceDays: 3,
    limitHours: 8,
    keepDays: 35,
    instance: { instanceClass: 'db.m7g.large', subnetGroup: 's', parameterGroup: 'p', securityGroup: 'sg-1' },
    checks: [],
  },
  hasTime: () => true,
};

/** Copies that take one look to become available and one to go. */
export class FakeCopies implements Copies {
  readonly copies = new Map<string, string>();
  readonly made: string[] = [];
  readonly passwords: string[] = [];
  /** Runs before each call. */
  before: (call: string) => void = () => {};

  async latest() {
    this.before('latest');
    return { timeMs: BEGIN_MS - 240_500, snapshot: 'shop-db-nightly' };
  }

  async list(): Promise<readonly Copy[]> {
    this.before('list');
    const found = [...this.copies].map(([identifier, status]) => ({ identifier, status, host: identifier }));
    for (const [name, status] of this.copies) {
      if (status === 'creating') this.copies.set(name, 'available');
      if (status === 'deleting') this.copies.delete(name);
    }
    return found;
  }

  async make(identifier: string): Promise<void> {
    this.before('make');
    this.made.push(identifier);
    if (!this.copies.has(identifier)) this.copies.set(identifier, 'creating');
  }

  async setPassword(identifier: string): Promise<void> {
    this.passwords.push(identifier);
  }

  async remove(identifier: string): Promise<void> {
    this.before('remove');
    if (!identifier.startsWith(PREFIX)) throw new Error(`${identifier} is not the drill's.`);
    this.copies.set(identifier, 'deleting');
  }
}

export interface FakeWorld {
  readonly ports: Ports;
  readonly copies: FakeCopies;
  readonly store: MemoryStore;
  readonly clock: FakeClock;
  leads: boolean;
  /** Host -> its session; a host that is not here has an empty database. */
  readonly sessions: Map<string, Session>;
  /** Hosts that refuse the password. */
  readonly refusing: Set<string>;
}

export function fakeWorld(archive: MemoryStore = memoryStore()): FakeWorld {
  const copies = new FakeCopies();
  const store = memoryStore();
  const clock = new FakeClock(BEGIN_MS);
  const sessions = new Map<string, Session>();
  const refusing = new Set<string>();
  const login: Login = {
    password: async () => 'current',
    async connect(host) {
      if (refusing.delete(host)) throw new LoginRefused('holdfast_owner');
      return { ...(sessions.get(host) ?? emptyDatabase()), end: async () => undefined };
    },
  };
  const world: FakeWorld = {
    ports: { copies, records: drillRecords(store), login, archive, leads: async () => world.leads, clock },
    copies,
    store,
    clock,
    leads: true,
    sessions,
    refusing,
  };
  return world;
}

/** Answers what a drill asks of a database without tables. */
export function emptyDatabase(
  answer: (sql: string) => readonly Row[] | undefined = () => undefined,
): Session {
  return {
    async query(sql) {
      const own = answer(sql);
      if (own) return own;
      if (sql.includes('pg_is_in_recovery')) return [{ replica: false }];
      if (sql.includes("current_setting('server_version')"))
        return [{ version: '17.6', database: 'shop', system: '7', position: '0/1', timeline: 2 }];
      if (sql.includes('to_regprocedure')) return [{ present: false }];
      if (sql.includes('holdfast.is_open')) return [{ open: false, epoch: '1' }];
      if (sql.includes('count(*)::int AS jobs')) return [{ jobs: 0 }];
      return [];
    },
    isOpen: () => true,
    end: async () => undefined,
  };
}
