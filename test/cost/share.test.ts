import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { builtRegions } from '../../lib/cost/built';
import { monitoringCost } from '../../lib/cost/monitoring';
import { shareOf } from '../../lib/cost/part';
import { platformCost } from '../../lib/cost/platform';
import { ROOT, SYSTEMS, synthesize, variant } from '../support/synth';
import { opsCenterHome } from './hand';

/** As a platform is that says nothing about its monitoring. */
function asByDefault(name: string) {
  const platform = variant(name, { monitoring: null });
  const { assembly } = synthesize(platform);
  const built = builtRegions(
    assembly.stacks.map(({ environment, template }) => ({
      region: environment.region,
      resources: template.Resources ?? {},
    })),
  );
  return { platform, built };
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

const cells = (row: string): string[] =>
  row
    .replace(/^\| |\|$/g, '')
    .split('|')
    .map((cell) => cell.trim())
    .filter((cell, i) => cell !== '' || i > 0);
