import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Registry } from '../../../lambda/registry-replication/ports';
import { RegistryContended, replication, SETTLE_MS } from '../../../lambda/registry-replication/replicate';
import {
  ownRule,
  RegistryFull,
  type Rule,
  same,
  withoutRule,
  withRule,
} from '../../../lambda/registry-replication/rules';
import type { FakeClock } from '../../support/fake-clock';
import { resourceHost } from '../../support/resource-host';

const ACCOUNT = '123456789012';
const shop = { prefix: 'shop/', region: 'us-west-2', account: ACCOUNT };
const own = ownRule('shop/', { region: 'us-west-2', registryId: ACCOUNT });
const other = (name: string, region = 'eu-west-1'): Rule => ownRule(name, { region, registryId: ACCOUNT });

/** A registry whose calls take time, so that writers can overtake each other. */
class FakeRegistry implements Registry {
  writes = 0;
  readMs = 0;
  writeMs = 0;
  onWrite: () => void = () => undefined;

  constructor(
    private readonly clock: FakeClock,
    public present: readonly Rule[] = [],
  ) {}

  async rules(): Promise<readonly Rule[]> {
    const seen = this.present;
    if (this.readMs > 0) await this.clock.sleep(this.readMs);
    return seen;
  }

  async replace(rules: readonly Rule[]): Promise<void> {
    if (this.writeMs > 0) await this.clock.sleep(this.writeMs);
    this.writes += 1;
    this.present = rules;
    this.onWrite();
  }
}

function scene(present: readonly Rule[] = []) {
  const host = resourceHost();
  const registry = new FakeRegistry(host.clock, present);
  const resource = replication(registry, () => 0);
  return {
    registry,
    create: () => host.clock.run(resource.create(shop, host)),
    remove: () => host.clock.run(resource.delete(shop, host)),
  };
}

const destination = fc.record({
  region: fc.constantFrom('a', 'b', 'c'),
  registryId: fc.constantFrom('1', '2'),
});
const filter = fc.record({
  filter: fc.string({ minLength: 2 }),
  filterType: fc.constant('PREFIX_MATCH' as const),
});
const rule: fc.Arbitrary<Rule> = fc.record({
  destinations: fc.array(destination, { minLength: 1, maxLength: 3 }),
  repositoryFilters: fc.array(filter, { maxLength: 3 }),
});

describe('the rules of a registry', () => {
  it('keep every foreign rule, in its place, when ours comes and when it goes', () => {
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 9 }), (foreign) => {
        fc.pre(foreign.every((one) => !same(one, own)));
        const merged = withRule(foreign, own);
        expect(merged).toEqual([...foreign, own]);
        expect(withRule(merged, own)).toEqual(merged);
        expect(withoutRule(merged, own)).toEqual(foreign);
      }),
    );
  });

  it('have room for ten, with twenty-five destinations in all', () => {
    const nine = Array.from({ length: 9 }, (_, index) => other(`p${index}/`));
    expect(withRule(nine, own)).toHaveLength(10);
    expect(() => withRule([...nine, other('p9/')], own)).toThrow(RegistryFull);
    expect(() => withRule([...nine, other('p9/')], own)).toThrow('ECR allows 10 rules');
    const wide = (count: number): Rule => ({
      destinations: Array.from({ length: count }, (_, index) => ({
        region: `r${index}`,
        registryId: ACCOUNT,
      })),
      repositoryFilters: [],
    });
    expect(withRule([wide(24)], own)).toHaveLength(2);
    expect(() => withRule([wide(25)], own)).toThrow('ECR allows 25 destinations');
  });

  it('are the same only if they copy the same repositories to the same places', () => {
    expect(same(own, { ...own, destinations: [...own.destinations] })).toBe(true);
    expect(same(own, other('shop/'))).toBe(false);
    expect(same(own, other('shop', 'us-west-2'))).toBe(false);
    expect(same(own, { ...own, repositoryFilters: [] })).toBe(false);
  });
});

describe('the replication of a registry', () => {
  it('adds one rule, once', async () => {
    const { registry, create } = scene([other('bank/')]);
    await create();
    await create();
    expect(registry.present).toEqual([other('bank/'), own]);
    expect(registry.writes).toBe(1);
  });

  it('takes only its own rule away, and nothing where it is not there', async () => {
    const { registry, remove } = scene([other('bank/'), own]);
    await remove();
    await remove();
    expect(registry.present).toEqual([other('bank/')]);
    expect(registry.writes).toBe(1);
  });

  it('puts its rule back when somebody overwrites it within the pause', async () => {
    const { registry, create } = scene();
    let rudeness = 2;
    registry.onWrite = () => {
      if (rudeness > 0) registry.present = [other('bank/')];
      rudeness -= 1;
    };
    await create();
    expect(registry.present).toEqual([other('bank/'), own]);
    expect(registry.writes).toBe(3);
  });

  it('waits while the changed policy of the function is not in force yet, and then names the action', async () => {
    const { registry, create } = scene();
    let refusals = 3;
    const refuse = (): void => {
      refusals -= 1;
      if (refusals >= 0) throw Object.assign(new Error('no'), { name: 'AccessDeniedException' });
    };
    registry.onWrite = refuse;
    await create();
    expect([registry.present, registry.writes]).toEqual([[own], 4]);
    const denied = scene();
    refusals = 1_000;
    denied.registry.onWrite = refuse;
    await expect(denied.create()).rejects.toThrow(
      'The role of this function may not do ecr:PutReplicationConfiguration: AWS refused it for 90 s.',
    );
  });

  it('fails with a sentence when the overwriting does not end', async () => {
    const { registry, create } = scene();
    registry.onWrite = () => {
      registry.present = [];
    };
    await expect(create()).rejects.toThrow(RegistryContended);
    expect(registry.writes).toBe(8);
  });

  it('keeps the rules of all platforms that are deployed at once, however their calls overtake each other', async () => {
    const times = fc.array(fc.integer({ min: 0, max: SETTLE_MS / 3 }), { minLength: 3, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(times, times, fc.integer({ min: 0, max: 1_000 }), async (delays, durations, seed) => {
        const host = resourceHost(100_000);
        const registry = new FakeRegistry(host.clock);
        const platforms = delays.map(async (delay, index) => {
          const view = new FakeRegistry(host.clock);
          Object.defineProperty(view, 'present', {
            get: () => registry.present,
            set: (rules: readonly Rule[]) => {
              registry.present = rules;
            },
          });
          view.readMs = (durations[index] ?? 0) / 2;
          view.writeMs = (durations[index] ?? 0) / 2;
          let turn = seed + index * 7;
          const chance = (): number => {
            turn += 1;
            return (turn % 10) / 10;
          };
          await host.clock.sleep(delay);
          await replication(view, chance).create({ ...shop, prefix: `platform-${index}/` }, host);
        });
        await host.clock.run(Promise.all(platforms));
        const prefixes = registry.present.map(({ repositoryFilters }) => repositoryFilters[0]?.filter);
        expect(prefixes.sort()).toEqual(['platform-0/', 'platform-1/', 'platform-2/']);
      }),
      { numRuns: 40 },
    );
  });
});
