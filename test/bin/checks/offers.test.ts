import { describe, expect, it } from '@jest/globals';
import { cache } from '../../../bin/checks/cache';
import { database } from '../../../bin/checks/database';
import { leadership, timings } from '../../../bin/checks/leadership';
import type { DatabaseOption, Ports } from '../../../bin/checks/ports';
import { describeTimings } from '../../../lib/config/timings';
import { ask, brief } from '../support/ask';
import { platform, ports, readyPorts } from '../support/ports';

const option = (zones: readonly string[], more: Partial<DatabaseOption> = {}): DatabaseOption => ({
  zones,
  canBeMultiAz: true,
  storageType: 'gp3',
  ...more,
});
const offering = (...options: readonly DatabaseOption[]): Ports =>
  ports({ databases: { ...readyPorts().databases, options: async () => options } });

describe('the database', () => {
  it('can be had in both regions', async () => {
    expect(brief(await ask(database, platform(), readyPorts()))).toEqual([
      'us-east-1: ok: PostgreSQL 17.6 on db.m7g.large, Multi-AZ, can be had in us-east-1a, us-east-1b and us-east-1c.',
      'us-west-2: ok: PostgreSQL 17.6 on db.m7g.large can be had in us-west-2a, us-west-2b and us-west-2c.',
    ]);
  });

  it('of a version that one region lacks is refused there, with those it has', async () => {
    const older = ports({
      databases: {
        ...readyPorts().databases,
        versions: async (region) => (region === 'us-west-2' ? ['17.4', '17.5'] : ['17.6']),
      },
    });
    const lines = await ask(database, platform(), older);
    expect(brief(lines)[1]).toBe(
      'us-west-2: todo: RDS has no PostgreSQL 17.6 in us-west-2; it has 17.4 and 17.5.',
    );
    const none = ports({ databases: { ...readyPorts().databases, versions: async () => [] } });
    expect((await ask(database, platform(), none))[0]?.sentence).toMatch(/it has no PostgreSQL 17 at all/);
  });

  it.each([
    [[], /^RDS sells no PostgreSQL 17.6 on db.m7g.large with gp3 storage/],
    [[option(['us-east-1a', 'us-east-1b'], { storageType: 'io1' })], /^RDS sells no/],
    [[option(['us-east-1a', 'us-east-1b'], { canBeMultiAz: false })], /but not Multi-AZ/],
    [[option(['us-east-1a', 'us-east-1d', 'us-east-1e'])], /in only us-east-1a of the platform's zones/],
    [[option(['us-east-1d', 'us-east-1e'])], /in none of the platform's zones/],
  ])('must be for sale in two zones of the file at home: %j', async (options, sentence) => {
    const [home] = await ask(database, platform(), offering(...options));
    expect(home).toMatchObject({ place: 'us-east-1', state: 'todo' });
    expect(home?.sentence).toMatch(sentence);
    expect(home?.fix).toContain('database.class');
  });

  it('needs one zone where it is not Multi-AZ', async () => {
    const [, standby] = await ask(
      database,
      platform(),
      offering(option(['us-west-2c'], { canBeMultiAz: false })),
    );
    expect(standby).toMatchObject({ place: 'us-west-2', state: 'ok' });
  });
});

describe('the cache', () => {
  it('can be had in both regions', async () => {
    expect(brief(await ask(cache, platform(), readyPorts()))).toEqual([
      'us-east-1: ok: Valkey 8.0 on cache.t4g.medium can be had.',
      'us-west-2: ok: Valkey 8.0 on cache.t4g.medium can be had.',
    ]);
  });

  it('of a version that is not there is refused with those that are', async () => {
    const old = ports({ caches: { ...readyPorts().caches, versions: async () => ['7.2'] } });
    expect((await ask(cache, platform(), old))[0]).toMatchObject({
      state: 'todo',
      sentence: 'ElastiCache has no Valkey 8.0 in us-east-1; it has 7.2.',
    });
  });

  it('on a type that cannot be reserved is uncertain, not refused', async () => {
    const rare = ports({ caches: { ...readyPorts().caches, hasReservations: async () => false } });
    expect((await ask(cache, platform(), rare))[0]?.state).toBe('unknown');
  });
});

describe('the leadership', () => {
  it('says over which regions the table is consistent', async () => {
    expect(brief(await ask(leadership, platform(), readyPorts()))).toEqual([
      'global: ok: DynamoDB keeps demo-leadership strongly consistent over us-east-1, us-west-2 and us-east-2.',
    ]);
  });

  it('refuses a set of regions that DynamoDB does not have, should a file get past its schema', async () => {
    const odd = platform();
    const spread = {
      ...odd,
      leadership: { ...odd.leadership, regions: ['us-east-1', 'eu-west-1', 'us-east-2'] as const },
    };
    expect((await ask(leadership, spread, readyPorts()))[0]).toMatchObject({ state: 'todo' });
  });

  it('prints how long a failover takes', async () => {
    const lines = await ask(timings, platform(), readyPorts());
    expect(lines.map(({ sentence }) => sentence)).toEqual(describeTimings(platform()));
  });
});
