import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cacheToken } from '../../../lambda/secret-rotation/cache';
import { databaseOwner } from '../../../lambda/secret-rotation/database-owner';
import { LoginRefused, MalformedSecret, NotAccepted } from '../../../lambda/secret-rotation/errors';
import { field, nameOfSecret, parseFields } from '../../../lambda/secret-rotation/fields';
import { kindOf, UnknownKind } from '../../../lambda/secret-rotation/kinds';
import type { Cache, CacheState, Database } from '../../../lambda/secret-rotation/ports';
import { randomValue } from '../../../lambda/secret-rotation/random';
import { systemRandomness } from '../../../lambda/secret-rotation/randomness';
import { type Rotation, rotate, STEPS } from '../../../lambda/secret-rotation/rotate';
import { FakeClock } from '../../support/fake-clock';
import { countingRandomness, FakeSecret } from './fakes';

const SECRET = 'shop/token';
const event = (step: string, version = 'v2') => ({
  Step: step,
  SecretId: SECRET,
  ClientRequestToken: version,
});
const silent = (): void => undefined;
const random = (): Rotation => randomValue(SECRET, countingRandomness());

describe('a rotation', () => {
  it('makes the pending value the current one by its four steps', async () => {
    const secret = new FakeSecret({ value: 'old', note: 'kept' });
    secret.begin('v2');
    for (const step of STEPS) await rotate(event(step), secret, random(), silent);
    expect(secret.current).toEqual({ value: 'Made1'.padEnd(48, 'x'), note: 'kept' });
    expect(secret.stages.get('v1')).toEqual(['AWSPREVIOUS']);
  });

  it('leaves the current value alone until its last step', async () => {
    const secret = new FakeSecret({ value: 'old' });
    secret.begin('v2');
    for (const step of STEPS.slice(0, 3)) {
      await rotate(event(step), secret, random(), silent);
      expect(secret.current).toEqual({ value: 'old' });
    }
  });

  it('ends the same however often each step is repeated', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 4, maxLength: 4 }),
        async (times) => {
          const secret = new FakeSecret({ value: 'old' });
          secret.begin('v2');
          const rotation = random();
          for (const [index, step] of STEPS.entries()) {
            for (let time = 0; time < (times[index] ?? 1); time += 1)
              await rotate(event(step), secret, rotation, silent);
          }
          expect(secret.current).toEqual({ value: 'Made1'.padEnd(48, 'x') });
        },
      ),
    );
  });

  it('keeps a pending value that an earlier start made, because it may be in force already', async () => {
    const secret = new FakeSecret({ value: 'old' });
    secret.begin('v2');
    secret.values.set('v2', JSON.stringify({ value: 'made before' }));
    for (const step of STEPS) await rotate(event(step), secret, random(), silent);
    expect(secret.current).toEqual({ value: 'made before' });
  });

  it('does nothing for a version that is the current one already', async () => {
    const secret = new FakeSecret({ value: 'old' });
    for (const step of STEPS) await rotate(event(step, 'v1'), secret, random(), silent);
    expect(secret.current).toEqual({ value: 'old' });
    expect(secret.values.size).toBe(1);
  });

  it('refuses what is no rotation under way', async () => {
    const secret = new FakeSecret({ value: 'old' });
    secret.stages.set('v0', ['AWSPREVIOUS']);
    const refusals: readonly (readonly [string, string, string])[] = [
      ['createSecret', 'v9', 'it has no version v9'],
      ['createSecret', 'v0', 'the version v0 is not the pending one'],
      ['deleteSecret', 'v1', 'there is no step "deleteSecret"'],
    ];
    for (const [step, version, sentence] of refusals) {
      await expect(rotate(event(step, version), secret, random(), silent)).rejects.toThrow(sentence);
    }
    secret.rotationEnabled = false;
    await expect(rotate(event('createSecret'), secret, random(), silent)).rejects.toThrow('is not enabled');
  });

  it('never makes a version without a value the current one', async () => {
    const secret = new FakeSecret({ value: 'old' });
    secret.begin('v2');
    for (const step of STEPS.slice(1)) {
      await expect(rotate(event(step), secret, random(), silent)).rejects.toThrow('has no value yet');
    }
    expect(secret.current).toEqual({ value: 'old' });
  });
});

describe('a secret', () => {
  it('is known by its name, also behind its ARN', () => {
    const arn = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:shop/api-key-AbC123';
    expect(nameOfSecret(arn)).toBe('shop/api-key');
    expect(nameOfSecret('shop/api-key')).toBe('shop/api-key');
    expect(kindOf('{"shop/api-key":"random"}', arn)).toBe('random');
  });

  it('of a kind that is not known is refused', () => {
    expect(() => kindOf('{}', 'shop/x')).toThrow(UnknownKind);
    expect(() => kindOf('{"shop/x":"manual"}', 'shop/x')).toThrow('is not known: "manual"');
    expect(() => kindOf('{}', 'constructor')).toThrow(UnknownKind);
  });

  it('is never quoted when it is malformed', () => {
    for (const text of ['confidential', '"confidential"', '["confidential"]']) {
      const parse = (): unknown => parseFields('shop/x', text);
      expect(parse).toThrow(MalformedSecret);
      expect(parse).not.toThrow(/confidential/);
    }
    expect(() => field('shop/x', { password: 7 }, 'password')).toThrow('its field password is no text');
  });

  it('is made of letters and digits of a cryptographic source', () => {
    expect(systemRandomness.password(64)).toMatch(/^[A-Za-z0-9]{64}$/);
    expect(systemRandomness.password(64)).not.toBe(systemRandomness.password(64));
    expect(systemRandomness.bytes(16)).toHaveLength(16);
  });
});

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
        return { query: async () => [], end: async () => undefined };
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
