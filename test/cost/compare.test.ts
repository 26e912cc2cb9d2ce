import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Platform } from '../../lib/config/platform';
import { billOf, changesBetween } from '../../lib/cost/bill';
import type { BuiltRegion } from '../../lib/cost/built';
import { type Saving, savingsOf } from '../../lib/cost/compare/savings';
import { type Compared, compareTiers, type PlatformFile } from '../../lib/cost/compare/tiers';
import { variantOf } from '../../lib/cost/variant';
import { platform, ROOT, variant } from '../support/synth';
import { bareRegion, opsCenterHome } from './hand';

const opsCenter = platform('ops-center');
const FILE = 'platforms/ops-center.yaml';
const source: PlatformFile = {
  text: readFileSync(join(ROOT, FILE), 'utf8'),
  file: FILE,
  platform: opsCenter,
};

/** The stacks of ops-center but for what its network says about NAT gateways. */
const builtOf = ({ network }: Platform): readonly BuiltRegion[] => [
  { ...opsCenterHome(opsCenter), natGateways: network.natPerZone ? 3 : 1 },
  bareRegion('us-west-2'),
];
const reckon = async (one: Platform) => billOf(one, builtOf(one));

describe('sizes and standbys compared', () => {
  let all: readonly Compared[] = [];
  beforeAll(async () => {
    all = await compareTiers(source, reckon);
  });
  const of = (size: string, tier: string): Compared => {
    const found = all.find((one) => one.size === size && one.tier === tier);
    if (!found) throw new Error(`there is no ${size} ${tier}`);
    return found;
  };

  it('are all nine, one of which is the file as it is', () => {
    expect(all.length).toBe(9);
    expect(all.filter(({ isNow }) => isNow)).toEqual([of('medium', 'warm')]);
  });

  it.each(['small', 'medium', 'large'])('cost more with more in the standby: %s', (size) => {
    const usd = ['pilot-light', 'warm', 'full'].map((tier) => of(size, tier).usdPerMonth);
    expect(usd).toEqual([...usd].sort((a, b) => a - b));
    expect(new Set(usd).size).toBe(3);
  });

  it('promise less with less: a pilot light waits for its tasks, a warm standby for those that it lacks', () => {
    const [dark, warm, full] = ['pilot-light', 'warm', 'full'].map((tier) => of('medium', tier).expected);
    // T + 2E + 35 of 105 s, 120 s of promotion, 90 s of names; tasks 90 s and two answers 15 s apart
    expect(warm).toEqual({ rtoSeconds: 315, fullSeconds: 435, rpoSeconds: 60 });
    expect(dark).toEqual({ rtoSeconds: 435, fullSeconds: 435, rpoSeconds: 60 });
    expect(full).toEqual({ rtoSeconds: 315, fullSeconds: 315, rpoSeconds: 60 });
  });
});

describe('what would make ops-center cheaper', () => {
  let savings: readonly Saving[] = [];
  beforeAll(async () => {
    savings = await savingsOf(source, reckon);
  });

  it('is told with what is given up, the largest first', () => {
    expect(savings.length).toBeGreaterThanOrEqual(4);
    for (const { givesUp } of savings) expect(givesUp).toMatch(/\.$/);
    const usd = savings.map(({ usdPerMonth }) => usdPerMonth);
    expect(usd).toEqual([...usd].sort((a, b) => b - a));
  });

  it('has a class on credits, whose price is that of the table', () => {
    const [found] = savings.filter(({ change }) => change.startsWith('database.class'));
    expect(found?.change).toBe('database.class: db.t4g.xlarge, database.standby.class: db.t4g.large');
    // at home two of 0.336 become two of 0.258, in the standby one of 0.168 becomes one of 0.129; the drill's three hours
    expect(found?.usdPerMonth).toBeCloseTo(730 * (2 * 0.078 + 0.039) + 3 * 0.078, 0);
  });

  it('leaves out what does not go with the rest of the file', () => {
    expect(savings.some(({ change }) => change.includes('collectors'))).toBe(true);
    return expect(
      savingsOf(source, async (one) => {
        if (!one.monitoring.collectors) variantOf('name: x', 'broken.yaml', []);
        return reckon(one);
      }),
    ).resolves.toHaveLength(savings.length - 1);
  });
});

describe('a variant of a file', () => {
  it('differs in what was edited, and makes the mappings that are not there', () => {
    const edits = [{ path: ['network', 'natPerZone'], value: false }];
    expect(variantOf(source.text, FILE, edits)).toEqual({
      ...opsCenter,
      network: { ...opsCenter.network, natPerZone: false },
    });
  });

  it('takes places away', () => {
    const without = variantOf(source.text, FILE, [
      { path: ['database', 'cpu'] },
      { path: ['database', 'no'] },
    ]);
    expect(without.database).toEqual(variant('ops-center', { database: { cpu: null } }).database);
  });

  it('changes one of two places that share an anchor', () => {
    const text = source.text
      .replace('snapshotRetentionDays: 30', 'snapshotRetentionDays: &days 30')
      .replace('  retentionDays: 30', '  retentionDays: *days')
      .replace(/^(cache:[\s\S]*?\n\n)/m, '')
      .replace('database:\n', 'cache:\n  snapshotRetentionDays: &days 30\ndatabase:\n');
    const changed = variantOf(text, FILE, [{ path: ['cache', 'snapshotRetentionDays'], value: 5 }]);
    expect(changed.database?.kind === 'managed' && changed.database.retentionDays).toBe(30);
    expect(changed.cache?.snapshotRetentionDays).toBe(5);
  });
});

describe('the difference of two bills', () => {
  it('has the lines that changed, the largest change first, and those that came and went', () => {
    const from = billOf(opsCenter, builtOf(opsCenter));
    const one = variant('ops-center', {
      network: { natPerZone: false },
      cache: null,
      objectives: { components: { cache: null } },
      services: { backend: { secrets: { REDIS_PASSWORD: null } } },
    });
    const changes = changesBetween(from, billOf(one, builtOf(one)));
    expect(changes.slice(0, 3).map(({ name, region }) => `${name} ${region}`)).toEqual([
      'cache us-east-1',
      'cache us-west-2',
      'NAT gateways us-east-1',
    ]);
    expect(changes[0]?.toUsd).toBe(0);
    expect(changesBetween(from, from)).toEqual([]);
  });
});
