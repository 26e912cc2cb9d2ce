import { beforeAll, describe, expect, it } from '@jest/globals';
import { platformFile } from '../../../bin/cost/source';
import { tellComparison, tellDifference } from '../../../bin/cost/tell';
import { DEFAULT_USE } from '../../../lib/cost/use/assumptions';
import { bareRegion, opsCenterHome } from '../../cost/hand';
import { ROOT } from '../../support/synth';
import { terminal } from '../operate/fakes';

const source = platformFile('ops-center', ROOT);
const built = () => [opsCenterHome(source.platform), bareRegion('us-west-2')];

async function told(json: boolean): Promise<string> {
  const { end, said } = terminal();
  const asked = { use: DEFAULT_USE, json, terminal: end };
  await tellComparison(source, asked, { use: DEFAULT_USE, built });
  expect(said.err).toBe('');
  return said.out;
}

describe('a comparison', () => {
  let text = '';
  beforeAll(async () => {
    text = await told(false);
  });

  it('is a table of nine with RTO and RPO, the present one marked', () => {
    const rows = text.split('\n').filter((line) => /^ {2}(small|medium|large) /.test(line));
    expect(rows.length).toBe(9);
    expect(rows.filter((line) => line.endsWith('<- now'))).toEqual([
      expect.stringMatching(/^ {2}medium {3}warm .* 5:15 min +7:15 min +1:00 min {2}<- now$/),
    ]);
  });

  it('says what would save, and what is given up for it', () => {
    expect(text).toContain('What would make it cheaper, each by itself');
    expect(text).toContain('regions.standby.tier: pilot-light');
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(130);
  });

  it('is told to programs with the same figures', async () => {
    const { tiers, savings }: { tiers: { isNow: boolean; usdPerMonth: number }[]; savings: unknown[] } =
      JSON.parse(await told(true));
    expect([tiers.length, tiers.filter(({ isNow }) => isNow).length]).toEqual([9, 1]);
    expect(savings.length).toBeGreaterThan(2);
  });
});

describe('a price list that does not answer', () => {
  it('is told, and the dated table stands in for it', async () => {
    const { end, said } = terminal();
    const list = { products: () => Promise.reject(new Error('no way out of here')) };
    await tellComparison(
      source,
      { use: DEFAULT_USE, json: false, terminal: end },
      { use: DEFAULT_USE, built, list },
    );
    expect(said.out).toContain('The price list of AWS gave no price (no way out of here).');
    expect(said.out).toMatch(/Instead, an estimate by prices of \d{4}-\d\d-\d\d in us-east-1/);
  });
});

describe('a difference', () => {
  const against = async (other: string, json = false): Promise<string> => {
    const { end, said } = terminal();
    const asked = { use: DEFAULT_USE, json, terminal: end };
    await tellDifference(source, 'ops-center', other, asked, { use: DEFAULT_USE, built });
    return said.out;
  };

  it('is nothing between a file and itself', async () => {
    expect(await against('ops-center')).toContain('The change costs nothing.');
    expect(await against('platforms/ops-center.yaml')).toContain('The change costs nothing.');
  });

  it('has a line for each part and region, and their sum', async () => {
    const out = await against('jackcwf');
    expect(out).toMatch(/^ops-center, compared with jackcwf, USD a month\n/);
    expect(out).toMatch(/ {2}cache +us-east-1 +0\.00 +113\.88 +\+113\.88\n/);
    const changes = out.split('\n').filter((line) => /[+-]\d+\.\d\d$/.test(line));
    const last = changes.pop() ?? '';
    const change = (line: string): number => Number(line.trim().split(/ +/).at(-1));
    expect(last).toMatch(/^ {2}in all/);
    expect(changes.reduce((sum, line) => sum + change(line), 0)).toBeCloseTo(change(last), 0);
  });

  it('is told to programs', async () => {
    const told: { changeUsdPerMonth: number; changes: { name: string; buys: string }[] } = JSON.parse(
      await against('jackcwf', true),
    );
    expect(told.changeUsdPerMonth).toBeGreaterThan(0);
    expect(told.changes[0]?.buys).toMatch(/\.$/);
  });
});
