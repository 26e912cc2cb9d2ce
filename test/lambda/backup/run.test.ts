import { describe, expect, it } from '@jest/globals';
import { ACTION_MS } from '../../../lambda/backup/host';
import { type DatabaseService, QuotaReached } from '../../../lambda/backup/ports';
import { metricsOf, reportKey, writeReport } from '../../../lambda/backup/report';
import { run } from '../../../lambda/backup/run';
import { FakeClock } from '../../support/fake-clock';
import { type FakeWorld, fakeWorld } from './support/fakes';
import { recordOf, STANDBY, settingsOf } from './support/settings';
import { at, copyOf, instance, snapshot } from './support/snapshots';

const NOW = at('2026-11-21T02:15');
const RECONCILE = { start: 'reconcile' } as const;
const start = (world: FakeWorld, own?: string, deadlineMs = 600_000) =>
  run(world, settingsOf(own), RECONCILE, { clock: new FakeClock(NOW), deadline: deadlineMs });
/** A world whose RDS of the own region answers otherwise. */
const withRds = (patch: Partial<DatabaseService>): FakeWorld => {
  const { database } = fakeWorld();
  return fakeWorld({ database: { ...database, own: { ...database.own, ...patch } } });
};

describe('a start', () => {
  it('does what is due for every component and says so', async () => {
    const world = fakeWorld();
    const { components } = await start(world);
    expect(world.asked).toEqual(['take', 'cache take']);
    // The backup of noon, yesterday, comes first.
    expect(components.database?.done).toEqual([
      'The snapshot shop-db-backup-noon-20261120-1230 in us-east-1: done.',
    ]);
    expect(components.configuration?.done).toEqual([
      'The manifest manifests/nightly/20261121-0200.json: done.',
    ]);
    expect(Object.values(components).flatMap(({ failures }) => failures)).toEqual([]);
  });

  it('goes on with the rest when one thing fails', async () => {
    const take = async (): Promise<void> => {
      throw new Error('KMSKeyNotAccessibleFault: The key is disabled.');
    };
    const world = withRds({ take });
    const report = await start(world);
    expect(report.components.database?.failures).toEqual(['KMSKeyNotAccessibleFault: The key is disabled.']);
    expect(world.asked).toEqual(['cache take']);
    expect(metricsOf(report).platform).toMatchObject({ runs: 1, failures: 1, quota: 0 });
  });

  it('tells by a metric of its own that a quota was reached', async () => {
    const take = async (): Promise<void> => {
      throw new QuotaReached('The snapshot', { cause: new Error('SnapshotQuotaExceeded: 100') });
    };
    const report = await start(withRds({ take }));
    expect(report.components.database?.failures[0]).toContain(
      'refused until a quota of the account is raised',
    );
    expect(metricsOf(report).platform).toMatchObject({ failures: 1, quota: 1 });
  });

  it('begins nothing that it has no time for', async () => {
    const world = fakeWorld();
    const { components } = await start(world, undefined, ACTION_MS - 1);
    expect(world.asked).toEqual([]);
    expect(components.database?.notes).toContain('1 more are left to the next start: the time is up.');
  });

  it('looks at leadership again right before a snapshot', async () => {
    const world = fakeWorld();
    let reads = 0;
    const read = async () => recordOf({ state: reads++ < 1 ? 'SERVING' : 'DRAINING' });
    const report = await start({ ...world, leadership: { read } });
    expect(world.asked).not.toContain('take');
    expect(report.components.database?.failures).toEqual([
      expect.stringContaining('shop-db-backup-noon-20261120-1230 was not begun: the lead moves.'),
    ]);
  });

  it('survives a mistake in one component', async () => {
    const settings = settingsOf(undefined, {
      schedules: [{ name: 'broken', at: '99:99', covers: ['database', 'configuration'] }],
    });
    const world = fakeWorld();
    const host = { clock: new FakeClock(NOW), deadline: 600_000 };
    const { components } = await run(world, settings, RECONCILE, host);
    expect(components.database?.failures).toEqual(['99:99 is no time of day; allowed: 00:00 to 23:59.']);
    expect(components.buckets?.failures).toEqual([]);
  });

  it('says nothing of what the platform does not have', async () => {
    const { database: _, cache: __, ...bare } = settingsOf(undefined, { buckets: [] });
    const host = { clock: new FakeClock(NOW), deadline: 600_000 };
    const report = await run(fakeWorld(), bare, RECONCILE, host);
    expect(Object.keys(report.components)).toEqual(['configuration']);
    expect(report.replicating).toBeNull();
  });
});

describe('the age of the newest good backup', () => {
  it('is that of the region itself, also where it does not lead', async () => {
    const copy = copyOf(snapshot('2026-11-20T02:00'), { keyRegion: STANDBY });
    const pending = copyOf(snapshot('2026-11-21T02:00'), { status: 'copying' });
    const world = withRds({ snapshots: async () => [copy, pending], instance: async () => instance() });
    const report = await start(world, STANDBY);
    const { components, platform } = metricsOf(report);
    expect(components).toContainEqual({
      component: 'database',
      values: { failures: 0, age: 24 * 3600 + 15 * 60 },
    });
    // Whether the backups are replicated is for the region that leads to tell.
    expect(platform).not.toHaveProperty('replicating');
  });

  it('is not told while there is none, so that silence is an alarm', async () => {
    const { components } = metricsOf(await start(fakeWorld()));
    const ages = components
      .filter(({ values }) => values.age !== undefined)
      .map(({ component }) => component);
    expect(ages).toEqual(['buckets']);
  });
});

describe('the report', () => {
  it('is written into both buckets under a key that sorts by time', async () => {
    const world = fakeWorld();
    const report = await start(world);
    expect(reportKey(report, 'abc')).toBe('reports/backup/2026/11/21/021500-us-east-1-abc.json');
    await expect(writeReport(world.objects, report, 'abc')).resolves.toEqual([]);
    for (const { kept } of [world.objects.own, world.objects.other])
      expect(JSON.parse(kept.get(reportKey(report, 'abc')) ?? '')).toMatchObject({ platform: 'shop' });
  });

  it('is written into one bucket though the other is out of reach, which is said', async () => {
    const world = fakeWorld();
    const report = await start(world);
    world.objects.other.broken = new Error('Writing it failed.');
    await expect(writeReport(world.objects, report, 'abc')).resolves.toEqual(['Writing it failed.']);
    expect(world.objects.own.kept.has(reportKey(report, 'abc'))).toBe(true);
  });
});
