import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { loadPlatform } from '../../../lib/config/load';
import type { Platform } from '../../../lib/config/platform';
import { type AppliedAlert, alertsOf } from '../../../lib/monitoring/alerts/catalogue';
import { ROOT } from '../../support/synth';

const platforms = new Map<string, Platform>();
function platformOf(name: string): Platform {
  const known = platforms.get(name) ?? loadPlatform(join(ROOT, 'platforms', `${name}.yaml`), { root: ROOT });
  platforms.set(name, known);
  return known;
}

function alertOf(platform: Platform, name: string): AppliedAlert {
  const found = alertsOf(platform, 'home').find((alert) => alert.name === name);
  if (!found) throw new Error(`${platform.name} has no alert ${name}.`);
  return found;
}
const names = (platform: Platform): readonly string[] => alertsOf(platform, 'home').map(({ name }) => name);

describe('the bound of an alert about data', () => {
  it('is that of the file: a pool of 8 for two minutes, a database that is away for one', () => {
    const pool = alertOf(platformOf('ops-center'), 'DatabaseConnectionPoolExhausted');
    expect([pool.expression.endsWith('> 8'), pool.forSeconds, pool.severity]).toEqual([true, 120, 'warning']);
    const away = alertOf(platformOf('mercator-jupiter'), 'DatabaseUnreachable');
    expect([away.forSeconds, away.severity]).toEqual([60, 'critical']);
  });

  it.each([
    ['jackcwf', 'DatabaseConnectionPoolExhausted', '> 9'], // a pool of 10
    ['mercator-jupiter', 'DatabaseConnectionPoolExhausted', '> 45'], // a pool of 50
    ['prodstack', 'QueueBacklog', '> 5000'], // 100 messages for each of 50 workers
    ['jackcwf', 'SlowDatabaseQueries', '> 500'], // milliseconds that a file calls slow
    ['ops-center', 'ReplicationLagHigh', '> 30'], // half of a gate of 60 s
    ['ops-center', 'ArchiveLagHigh', '> 300'], // an RPO of 300 s
    ['ops-center', 'SlotLagHigh', '> 11'], // three tenths of what a slot may keep of 100 GiB
    ['prodstack', 'DatabaseDiskLow', '< 40'], // a tenth of 400 GiB
    ['jackcwf', 'HighCost', '> 1500'], // a platform of medium size
  ])('follows from the rest of the file: %s, %s %s', (platform, name, bound) => {
    expect(alertOf(platformOf(platform), name).expression).toContain(` ${bound}`);
  });

  it('is never beyond the RPO, however long that is', () => {
    const { objectives, ...rest } = platformOf('ops-center');
    const lag = (rpoSeconds: number) =>
      alertOf({ ...rest, objectives: { ...objectives, rpoSeconds } }, 'ArchiveLagHigh').expression;
    expect(lag(120)).toContain(' > 120 ');
    expect(lag(3600)).toContain(' > 300 ');
  });

  it('is that of the database where its own RPO is shorter than that of the platform', () => {
    const { objectives, ...rest } = platformOf('ops-center');
    const components = { database: { rpoSeconds: 90 } };
    const { expression } = alertOf({ ...rest, objectives: { ...objectives, components } }, 'ArchiveLagHigh');
    expect(expression).toContain(' > 90 ');
  });
});

describe('an alert about data', () => {
  it('is made only for a part that the platform has', () => {
    const { cache: _cache, database: _database, ...bare } = platformOf('prodstack');
    const left = names({ ...bare, queues: [] });
    const gone = names(platformOf('prodstack')).filter((name) => !left.includes(name));
    expect(
      left.filter((name) => /^(Cache|LowCache|Queue|LongTransaction|Replication|Fence)/.test(name)),
    ).toEqual([]);
    expect(gone).toEqual(expect.arrayContaining(['CacheDown', 'QueueBacklog', 'FenceClosed', 'SlotLagHigh']));
    expect(left).toEqual(expect.arrayContaining(['LeaseNotRenewed', 'RegionSilent', 'Watchdog']));
  });

  it('needs a collector beside the tasks only where tasks tell it', () => {
    const { monitoring, ...rest } = platformOf('jackcwf');
    const left = names({ ...rest, monitoring: { ...monitoring, collectors: false } });
    expect(left).not.toContain('DatabaseConnectionPoolExhausted');
    expect(left).not.toContain('NoUserActivity');
    expect(left).toContain('DatabaseUnreachable');
  });
});
