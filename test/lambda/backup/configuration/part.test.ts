import { describe, expect, it } from '@jest/globals';
import { recordConfiguration } from '../../../../lambda/backup/configuration/part';
import { FakeClock } from '../../../support/fake-clock';
import { fakeWorld, inventory } from '../support/fakes';
import { recordOf, STANDBY, settingsOf } from '../support/settings';
import { at } from '../support/snapshots';

const NOW = at('2026-11-21T02:15');
const KEY = 'manifests/nightly/20261121-0200.json';
const record = (world: ReturnType<typeof fakeWorld>, nowMs = NOW) =>
  recordConfiguration(world, settingsOf(), { clock: new FakeClock(nowMs), deadline: 600_000 });

describe('the manifest of the configuration', () => {
  it('is in both regions, says what is where and holds no value', async () => {
    const world = fakeWorld();
    await record(world);
    const text = world.objects.own.kept.get(KEY) ?? '';
    expect(world.objects.other.kept.get(KEY)).toBe(text);
    expect(JSON.parse(text)).toMatchObject({
      due: '2026-11-21T02:00:00.000Z',
      leads: 'us-east-1',
      missing: [],
      regions: {
        'us-east-1': { stacks: [{ name: 'Shop-us-east-1-Data', templateSha256: 'ab' }] },
        'us-west-2': { secrets: [{ name: 'shop/database', currentVersion: 'v1' }, {}] },
      },
    });
  });

  it('is written once for each time', async () => {
    const world = fakeWorld();
    await record(world);
    const again = await record(world);
    expect(again).toMatchObject({ done: [], ageSeconds: 900 });
  });

  it('that only one region has is copied to the other as it is', async () => {
    const world = fakeWorld();
    world.objects.other.kept.set(KEY, 'the bytes of the other region');
    await record(world);
    expect(world.objects.own.kept.get(KEY)).toBe('the bytes of the other region');
  });

  it('that lacks something is kept apart, does not count, and is tried again', async () => {
    const stacks = async () => {
      throw new Error('AccessDenied: cloudformation:ListStacks');
    };
    const world = fakeWorld({ inventory: { own: inventory('v1', { stacks }), other: inventory() } });
    const first = await record(world);
    expect(first.failures).toEqual(['us-east-1: AccessDenied: cloudformation:ListStacks']);
    expect([...world.objects.own.kept.keys()]).toEqual(['manifests/nightly/20261121-0200.partial.json']);
    expect(first.ageSeconds).toBeNull();
    const second = await record({ ...world, inventory: { own: inventory(), other: inventory() } });
    expect(second.failures).toEqual([]);
    expect(world.objects.own.kept.has(KEY)).toBe(true);
  });

  it('that lacks only what a lost region would tell counts after an hour', async () => {
    const stacks = async () => {
      throw new Error('us-west-2 does not answer.');
    };
    const world = fakeWorld({ inventory: { own: inventory(), other: inventory('v1', { stacks }) } });
    await record(world);
    expect(world.objects.own.kept.has(KEY)).toBe(false);
    await record(world, NOW + 3_600_000);
    expect(JSON.parse(world.objects.own.kept.get(KEY) ?? '')).toMatchObject({
      missing: ['us-west-2: us-west-2 does not answer.'],
    });
  });

  it('is written though the other region is away, which is a failure', async () => {
    const world = fakeWorld();
    world.objects.other.broken = new Error('us-west-2 does not answer.');
    const report = await record(world);
    expect(world.objects.own.kept.has(KEY)).toBe(true);
    expect(report.failures).toContain('us-west-2 does not answer.');
  });

  it('is for the region that leads', async () => {
    const world = fakeWorld({ record: recordOf({ holder: STANDBY }) });
    await expect(record(world)).resolves.toMatchObject({ done: [], failures: [] });
    expect(world.objects.own.kept.size).toBe(0);
  });
});

describe('a secret', () => {
  it('whose versions differ between the regions is a failure, unless each region has its own', async () => {
    const world = fakeWorld({ inventory: { own: inventory('v2'), other: inventory('v1') } });
    const { failures } = await record(world);
    expect(failures).toEqual(['The secret shop/database has another version in us-west-2.']);
  });

  it('may differ while the other side is being rebuilt', async () => {
    const world = fakeWorld({
      inventory: { own: inventory('v2'), other: inventory('v1') },
      record: recordOf({ state: 'REBUILDING' }),
    });
    await expect(record(world)).resolves.toMatchObject({ failures: [] });
  });
});
