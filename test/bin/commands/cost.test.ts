import { beforeAll, describe, expect, it } from '@jest/globals';
import { run } from '../../../bin/commands/program';
import { EXIT } from '../../../bin/commands/terminal';
import { PRICES } from '../../../lib/cost/prices';
import { terminal } from '../operate/fakes';

async function holdfast(...args: readonly string[]) {
  const { end, said } = terminal({ environment: {} });
  return { exit: await run([...args, '--platform', 'ops-center'], end), ...said };
}

interface Told {
  readonly prices: { readonly asOf: string };
  readonly monitoring: { readonly usdPerMonth: number; readonly parts: readonly { usdPerMonth: number }[] };
  readonly rest?: { readonly usdPerMonth: number };
  readonly use?: { readonly usdPerMonth: number };
  readonly usdPerMonth: number;
  readonly assumptions: { readonly requestsPerSecond: number };
  readonly monitoringShare: number;
}

describe('holdfast cost monitoring', () => {
  let out = '';
  beforeAll(async () => {
    const ended = await holdfast('cost', 'monitoring');
    expect([ended.exit, ended.err]).toEqual([EXIT.ok, '']);
    out = ended.out;
  });

  it('prints a line for each source, a column for each region, and their sum', () => {
    const [title = '', regions = '', ...rows] = out.split('\n');
    expect(title).toBe('ops-center: monitoring, USD a month');
    expect(regions.trim().split(/ {2,}/)).toEqual(['us-east-1', 'us-west-2', 'us-east-2', 'in all']);
    const amounts = rows.slice(0, rows.indexOf('')).map((row) => Number(row.trim().split(/ {2,}/).at(-1)));
    const total = amounts.pop();
    expect(amounts.length).toBeGreaterThan(8);
    expect(total).toBeCloseTo(
      amounts.reduce((sum, one) => sum + one, 0),
      0,
    );
  });

  it('says that it is an estimate, by which prices, what it leaves out, and its share of the bill', () => {
    expect(out).toContain(`An estimate, by prices of ${PRICES.asOf} in us-east-1: other regions differ`);
    expect(out).toContain('Not in it: traffic between zones');
    expect(out).toContain('Taken for granted: 10 requests of users a second');
    expect(out).toMatch(/The monitoring is \d+\.\d % of the platform's \d+\.\d\d USD a month\./);
  });

  it('keeps to lines of 110 characters', () => {
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(110);
  });
});

describe('holdfast cost --json', () => {
  it('tells programs the same, with the rest of the bill and how each figure comes about', async () => {
    const { exit, out } = await holdfast('cost', '--json', '--requests', '20');
    const { monitoring, rest, use, monitoringShare, prices, ...told }: Told = JSON.parse(out);
    expect([exit, prices.asOf]).toEqual([EXIT.ok, PRICES.asOf]);
    const parts = monitoring.parts.reduce((sum, { usdPerMonth }) => sum + usdPerMonth, 0);
    expect(parts).toBeCloseTo(monitoring.usdPerMonth, 0);
    const whole = monitoring.usdPerMonth + (rest?.usdPerMonth ?? 0) + (use?.usdPerMonth ?? 0);
    expect([told.usdPerMonth, told.assumptions.requestsPerSecond]).toEqual([expect.closeTo(whole, 1), 20]);
    expect(monitoring.usdPerMonth / whole).toBeCloseTo(monitoringShare, 3);
    expect(out).toContain('"how": "one task of 0.25 vCPU and 1 GiB, arm64"');
  });
});

describe('wrong use of holdfast cost', () => {
  it.each([
    ['another part', ['lunch'], 'monitoring'],
    ['a figure that is none', ['--requests', 'many'], 'a number from 0 upwards'],
    ['less than nothing', ['--logs', '-1'], 'a number from 0 upwards'],
    ['two questions at once', ['--compare', '--diff'], "cannot be used with option '--diff'"],
    [
      'a revision that is none',
      ['--diff', '--against', 'no-such-thing'],
      'neither a platform nor a revision',
    ],
    ['an option of git for a revision', ['--diff', '--against=--help'], 'neither a platform nor a revision'],
  ])('is told: %s', async (_, args, said) => {
    const { exit, out, err } = await holdfast('cost', ...args);
    expect([exit, out]).toEqual([EXIT.wrongUse, '']);
    expect(err).toContain(said);
  });
});
