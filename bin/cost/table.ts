import { type CostPart, totalUsd } from '../../lib/cost/part';

const WIDTH = { name: 29, amount: 14 } as const;

export const dollars = (usd: number): string => usd.toFixed(2);
/** @returns USD as programs get it */
export const cents = (usd: number): number => Number(usd.toFixed(2));

/** @returns a row for each name, a column for each region, and their sums */
export function costTable(title: string, parts: readonly CostPart[]): string {
  const regions = [...new Set(parts.map(({ region }) => region))];
  const names = [...new Set(parts.map(({ name }) => name))];
  const row = (name: string, of: readonly CostPart[]): string => {
    const inRegion = (region: string): string => amount(of.filter((one) => one.region === region));
    return tableLine(name, [...regions.map(inRegion), amount(of)]);
  };
  return [
    `${title}, USD a month`,
    tableLine('', [...regions, 'in all']),
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

/** @returns a name, and cells that end below each other */
export const tableLine = (name: string, cells: readonly string[]): string =>
  `  ${name.padEnd(WIDTH.name)}${cells.map((cell) => cell.padStart(WIDTH.amount)).join('')}`;
