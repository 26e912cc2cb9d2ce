import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { Platform } from '../../lib/config/platform';
import { billOf, partsOf } from '../../lib/cost/bill';
import { type BuiltRegion, builtRegions } from '../../lib/cost/built';
import { asDeployed } from '../../lib/cost/deployed';
import { monitoringCost } from '../../lib/cost/monitoring';
import { shareOf } from '../../lib/cost/part';
import { platformCost } from '../../lib/cost/platform';
import { ROOT, SYSTEMS, synthesize, variant } from '../support/synth';
import { opsCenterHome } from './hand';

/** As a platform is that says nothing about its monitoring. */
function asByDefault(name: string) {
  const platform = variant(name, { monitoring: null });
  const { assembly } = synthesize(platform);
  const stacks = assembly.stacks.map(({ stackName: name, environment, template }) => ({
    name,
    region: environment.region,
    resources: template.Resources ?? {},
  }));
  return { platform, stacks, built: builtRegions(stacks) };
}

const known = new Map<string, ReturnType<typeof asByDefault>>();
function byDefault(name: string) {
  const found = known.get(name) ?? asByDefault(name);
  known.set(name, found);
  return found;
}

describe('the monitoring that a platform has by default', () => {
  it.each(SYSTEMS)('is a small part of what %s costs: less than 15 %%', (name) => {
    const { platform, built } = byDefault(name);
    const share = shareOf(monitoringCost(platform, built).parts, platformCost(platform, built).parts);
    expect(share).toBeLessThan(0.15);
    expect(share).toBeGreaterThan(0.03);
  });

  it('is counted in the stacks as by hand', () => {
    const { platform, built } = byDefault('ops-center');
    const home = built.find(({ region }) => region === 'us-east-1');
    const { insights, ...counted } = opsCenterHome(platform);
    expect(home).toMatchObject(counted);
    expect(home?.insights).toMatchObject(insights);
  });

  it('is the one of the table in docs/monitoring.md', () => {
    const { platform, built } = byDefault('ops-center');
    const { parts } = monitoringCost(platform, built);
    const text = readFileSync(join(ROOT, 'docs/monitoring.md'), 'utf8');
    const [, table = ''] = /\| source (.+?)\n\n/s.exec(text) ?? [];
    const [head = '', , ...rows] = table.split('\n');
    const regions = cells(head);
    const told = rows.flatMap((row) => {
      const [name, ...amounts] = cells(row);
      return amounts.flatMap((amount, i) => (amount ? [`${name} ${regions[i]} ${amount}`] : []));
    });
    const reckoned = parts.map(
      ({ name, region, usdPerMonth }) => `${name} ${region} ${usdPerMonth.toFixed(2)}`,
    );
    expect(told.sort()).toEqual(reckoned.sort());
  });
});

describe('a platform that is read back from its deployed templates', () => {
  const billed = (of: Platform, built: readonly BuiltRegion[]) =>
    partsOf(billOf(of, built)).map(({ name, region, usdPerMonth }) => [name, region, usdPerMonth.toFixed(6)]);

  it.each(SYSTEMS)('costs what %s costs, line by line', (name) => {
    const { platform, stacks, built } = byDefault(name);
    const { platform: read, notes } = asDeployed(platform, stacks);
    expect([billed(read, built), notes]).toEqual([billed(platform, built), []]);
  });

  it('costs the same whatever the file says by now of sizes, tasks, database and cache', () => {
    const { platform, stacks, built } = byDefault('ops-center');
    const now = variant('ops-center', {
      monitoring: null,
      size: 'small',
      services: {
        backend: { cpu: 4, memory: 8192, replicas: { min: 5, desired: 5, max: 6 }, architecture: 'arm64' },
        frontend: { cpu: 1, memory: 4096 },
      },
      database: { cpu: 8, memory: 32, storage: { gib: 500, maxGib: 600 }, readReplicas: 2 },
      cache: { nodeClass: 'cache.r7g.xlarge', standbyReplicas: 0 },
    });
    expect(billed(now, built)).not.toEqual(billed(platform, built));
    expect(billed(asDeployed(now, stacks).platform, built)).toEqual(billed(platform, built));
  });

  it('has the service that the file has no more, and not the one that is not deployed yet', () => {
    const { platform, stacks } = byDefault('ops-center');
    const [backend, frontend] = platform.services;
    if (!backend || !frontend) throw new Error('ops-center has two services');
    const renamed = { ...platform, services: [{ ...backend, name: 'web' }, frontend] };
    const read = asDeployed(renamed, stacks).platform.services;
    expect(read.map(({ name, task, replicas }) => [name, task, replicas.home.desired])).toEqual([
      ['backend', backend.task, 3],
      ['frontend', frontend.task, 3],
    ]);
  });

  it('has no database before that is deployed, and says what the file does not name', () => {
    const { platform, stacks } = byDefault('ops-center');
    const none = asDeployed(
      platform,
      stacks.filter(({ name }) => !name.endsWith('-Data')),
    );
    expect([none.platform.database, none.platform.cache]).toEqual([undefined, undefined]);
    const { database: _, cache: __, ...without } = platform;
    expect(asDeployed(without, stacks).notes).toEqual([
      'A database is deployed that the file does not name: it is in neither figure.',
      'A cache is deployed that the file does not name: it is in neither figure.',
    ]);
  });

  it('takes the region that is not deployed for one like the other', () => {
    const { platform, stacks, built } = byDefault('jackcwf');
    const standby = `-${platform.regions.standby.name}-`;
    const half = stacks.filter(({ name }) => !name.includes(standby));
    const { database, services } = asDeployed(platform, half).platform;
    expect(database?.kind === 'managed' && database.multiAz.standby).toBe(true);
    expect(services.map(({ replicas }) => replicas.standby.desired)).toEqual([0]);
    expect(built.length).toBeGreaterThan(1);
  });
});

const cells = (row: string): string[] =>
  row
    .replace(/^\| |\|$/g, '')
    .split('|')
    .map((cell) => cell.trim())
    .filter((cell, i) => cell !== '' || i > 0);
