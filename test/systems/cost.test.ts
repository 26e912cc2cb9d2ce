import { describe, expect, it } from '@jest/globals';
import { renderCost } from '../../bin/cost/render';
import { billOf, billUsd } from '../../lib/cost/bill';
import { builtRegions } from '../../lib/cost/built';
import { DEFAULT_USE } from '../../lib/cost/use/assumptions';
import { platform, synthesized } from '../support/synth';

/** What ops-center costs today: one region, and no copy of its data in another one. */
const TODAY_USD = 950;

describe('what ops-center costs', () => {
  const bill = billOf(
    platform('ops-center'),
    builtRegions(
      synthesized('ops-center').assembly.stacks.map(({ environment, template }) => ({
        region: environment.region,
        resources: template.Resources ?? {},
      })),
    ),
  );
  const report = renderCost(
    { platform: platform('ops-center'), use: DEFAULT_USE, bill, prices: { missing: [] } },
    'all',
  );

  it('is more than its authors pay today, and the report says what makes it dearer and what that buys', () => {
    const whole = billUsd(bill);
    expect(whole).toBeGreaterThan(TODAY_USD);
    expect(report).toContain(`the platform's ${whole.toFixed(2)} USD a month`);
    const [, section = ''] = /What [\d.]+ % of it buys, dearest first\n([\s\S]+?)\n\n/.exec(report) ?? [];
    const told = [...section.matchAll(/^ +(\d+\.\d\d) {2}\S.*\n {13}(\S.*\.(?: `[\w.]+`)?)$/gm)];
    expect(told.length * 2).toBe(section.split('\n').length);
    expect(told.reduce((sum, [, usd]) => sum + Number(usd), 0)).toBeGreaterThan(0.9 * whole - 0.1);
  });
});
