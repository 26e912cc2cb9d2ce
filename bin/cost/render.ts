import type { Platform } from '../../lib/config/platform';
import { type CostPart, type Estimate, totalUsd } from '../../lib/cost/part';
import { PRICES } from '../../lib/cost/prices';

/** What was reckoned of a platform. */
export interface Reckoned {
  readonly platform: Platform;
  readonly monitoring: Estimate;
  /** The rest of the bill. */
  readonly rest: Estimate;
  /** Part of the monitoring in the whole bill; 0 to 1. */
  readonly share: number;
}

const WIDTH = { name: 29, amount: 14 } as const;

/** @returns the estimate for a person: a table of what it is made of, by region, and what it leaves out */
export function renderCost(
  { platform, monitoring, rest, share }: Reckoned,
  which: 'all' | 'monitoring',
): string {
  const whole = totalUsd(monitoring.parts) + totalUsd(rest.parts);
  const unpriced = [...monitoring.unpriced, ...rest.unpriced];
  return `${[
    ...(which === 'all' ? [table(`${platform.name}, without monitoring`, rest.parts)] : []),
    table(`${platform.name}: monitoring`, monitoring.parts),
    [
      `The monitoring is ${percent(share)} of the platform's ${dollars(whole)} USD a month.`,
      `An estimate, by prices of ${PRICES.asOf} in ${PRICES.region}: other regions differ, in Europe and Asia by up to 30 %.`,
      'Not in it: what use makes (traffic, requests of users, capacity units, logs), backups and the archive, taxes.',
      'No free tier is taken off. How each figure comes about: --json',
      ...unpriced,
    ].join('\n'),
  ].join('\n\n')}\n`;
}

/** @returns the estimate for programs, each figure with how it comes about */
export function costJson(
  { platform, monitoring, rest, share }: Reckoned,
  which: 'all' | 'monitoring',
): string {
  const { asOf, region, source } = PRICES;
  const of = ({ parts, unpriced }: Estimate) => ({
    usdPerMonth: cents(totalUsd(parts)),
    parts: parts.map(exact),
    unpriced,
  });
  return `${JSON.stringify(
    {
      platform: platform.name,
      prices: { asOf, region, source },
      monitoring: of(monitoring),
      ...(which === 'all' ? { rest: of(rest) } : {}),
      monitoringShare: Number(share.toFixed(4)),
    },
    null,
    2,
  )}\n`;
}

const exact = (part: CostPart): CostPart => ({ ...part, usdPerMonth: cents(part.usdPerMonth) });
const cents = (usd: number): number => Number(usd.toFixed(2));
const dollars = (usd: number): string => usd.toFixed(2);
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

function table(title: string, parts: readonly CostPart[]): string {
  const regions = [...new Set(parts.map(({ region }) => region))];
  const names = [...new Set(parts.map(({ name }) => name))];
  const row = (name: string, of: readonly CostPart[]): string => {
    const inRegion = (region: string): string => amount(of.filter((one) => one.region === region));
    return line(name, [...regions.map(inRegion), amount(of)]);
  };
  return [
    `${title}, USD a month`,
    line('', [...regions, 'in all']),
    ...names.map((name) =>
      row(
        name,
        parts.filter((one) => one.name === name),
      ),
    ),
    row('in all', parts),
  ].join('\n');
}

const amount = (parts: readonly CostPart[]): string => (parts.length === 0 ? '' : dollars(totalUsd(parts)));
const line = (name: string, cells: readonly string[]): string =>
  `  ${name.padEnd(WIDTH.name)}${cells.map((cell) => cell.padStart(WIDTH.amount)).join('')}`;
