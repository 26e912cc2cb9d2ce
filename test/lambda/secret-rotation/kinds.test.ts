import { describe, expect, it } from '@jest/globals';
import { type Database, LoginRefused } from '../../../lambda/runtime/postgres/session';
import { cacheToken } from '../../../lambda/secret-rotation/cache';
import { databaseOwner } from '../../../lambda/secret-rotation/database-owner';
import { NotAccepted } from '../../../lambda/secret-rotation/errors';
import type { Cache, CacheState } from '../../../lambda/secret-rotation/ports';
import { systemRandomness } from '../../../lambda/secret-rotation/randomness';
import { FakeClock } from '../../support/fake-clock';
import { countingRandomness } from './fakes';

const SECRET = 'shop/credential';

describe('the token of a cache', () => {
  /** ElastiCache as ROTATE behaves: two tokens are accepted, and a change takes time. */
  class FakeCache implements Cache {
    readonly identifier = 'shop-cache';
    rotations = 0;
    private busyUntil = 0;
    private unreachable = 0;

    constructor(
      private readonly clock: FakeClock,
      public tokens: readonly string[],
    ) {}

    async state(): Promise<CacheState> {
      const status = this.clock.now() < this.busyUntil ? 'modifying' : 'available';
      return { status, address: 'cache.example', port: 6379 };
    }

    async rotateToken(token: string): Promise<void> {
      if ((await this.state()).status !== 'available') throw new Error('InvalidReplicationGroupState');
      this.rotations += 1;
      this.tokens = [token, ...this.tokens].slice(0, 2);
      this.busy(60_000);
      this.unreachable = 1;
    }

    async accepts(_state: CacheState, token: string): Promise<boolean> {
      this.unreachable -= 1;
      if (this.unreachable === 0) throw new Error('The cache could not be asked.');
      return this.tokens.includes(token);
    }

    busy(milliseconds: number): void {
      this.busyUntil = this.clock.now() + milliseconds;
    }
  }

  function scene(tokens = ['old']) {
    const clock = new FakeClock();
    const cache = new FakeCache(clock, tokens);
    const begun = clock.now();
    const rotation = cacheToken(SECRET, cache, countingRandomness(), clock, begun + 600_000);
    return { clock, cache, rotation, elapsed: () => (clock.now() - begun) / 1000 };
  }

  it('is of a length and of characters that ElastiCache takes', () => {
    const rotation = cacheToken(SECRET, scene().cache, systemRandomness, new FakeClock(), 0);
    expect(rotation.next({ password: 'old' }).password).toMatch(/^[A-Za-z0-9]{16,128}$/);
  });

  it('is added beside the one in use, and waited for', async () => {
    const { clock, cache, rotation, elapsed } = scene();
    await clock.run(rotation.set({ password: 'new' }, { password: 'old' }));
    expect(cache.tokens).toEqual(['new', 'old']);
    expect(elapsed()).toBe(70);
    await clock.run(rotation.test({ password: 'new' }));
  });

  it('is not rotated again when the step is repeated, which would end the one in use', async () => {
    const { clock, cache, rotation } = scene(['new', 'old']);
    await clock.run(rotation.set({ password: 'new' }, { password: 'old' }));
    expect(cache.rotations).toBe(0);
    expect(cache.tokens).toContain('old');
  });

  it('waits for a cache that is being changed', async () => {
    const { clock, cache, rotation, elapsed } = scene();
    cache.busy(35_000);
    await clock.run(rotation.set({ password: 'new' }, { password: 'old' }));
    expect(cache.rotations).toBe(1);
    expect(elapsed()).toBeGreaterThan(40);
  });

  it('that is not accepted in time fails with what was last seen', async () => {
    const { clock, rotation, elapsed } = scene();
    const testing = clock.run(rotation.test({ password: 'unknown' }));
    await expect(testing).rejects.toThrow(NotAccepted);
    await expect(testing).rejects.toThrow('The cache shop-cache does not accept the new credential yet.');
    expect(elapsed()).toBe(600);
  });
});

describe("the owner's password", () => {
  const owner = { username: 'owner', password: 'old' };

  function scene(appliesAfterMs = 20_000, seconds = 120) {
    const clock = new FakeClock();
    let active = { password: owner.password, from: 0 };
    let next: typeof active | undefined;
    const changes: string[] = [];
    const database: Database = {
      async connect({ username, password }) {
        if (next && clock.now() >= next.from) active = next;
        if (password !== active.password) throw new LoginRefused(username);
        return { query: async () => [], isOpen: () => true, end: async () => undefined };
      },
    };
    const instance = {
      identifier: 'shop-db',
      async setMasterPassword(password: string) {
        changes.push(password);
        next = { password, from: clock.now() + appliesAfterMs };
      },
    };
    const deadline = clock.now() + seconds * 1000;
    return {
      clock,
      changes,
      rotation: databaseOwner(SECRET, database, instance, countingRandomness(), clock, deadline),
    };
  }

  it('is changed through RDS, and tested until RDS has applied it', async () => {
    const { clock, changes, rotation } = scene();
    const pending = rotation.next(owner);
    await rotation.set(pending, owner);
    await clock.run(rotation.test(pending));
    expect(changes).toEqual([pending.password]);
    expect(pending.username).toBe('owner');
  });

  it('is not changed again when it is in force', async () => {
    const { clock, changes, rotation } = scene(0);
    const pending = rotation.next(owner);
    await rotation.set(pending, owner);
    await clock.run(rotation.test(pending));
    await rotation.set(pending, owner);
    expect(changes).toHaveLength(1);
  });

  it('that RDS does not apply in time fails the test', async () => {
    const { clock, rotation } = scene(600_000);
    const pending = rotation.next(owner);
    await rotation.set(pending, owner);
    await expect(clock.run(rotation.test(pending))).rejects.toThrow('The database shop-db does not accept');
  });
});
