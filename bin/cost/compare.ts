import type { Saving } from '../../lib/cost/compare/savings';
import type { Compared } from '../../lib/cost/compare/tiers';
import { type Origin, originSentences } from './reckon';
import { cents, dollars } from './table';

/** What was compared of a platform. */
export interface Comparison {
  readonly name: string;
  readonly tiers: readonly Compared[];
  readonly savings: readonly Saving[];
  readonly prices: Origin;
}

const HEAD = ['size', 'standby', 'USD a month', 'of it standby', 'RTO', 'all tasks', 'RPO'] as const;
const WIDTHS = [9, 13, 13, 15, 10, 11, 9] as const;

/** @returns each size with each tier of the standby, with what is to be expected of a failover, and what would save */
export function renderComparison({ name, tiers, savings, prices }: Comparison): string {
  const rows = tiers.map(({ size, tier, usdPerMonth, standbyUsdPerMonth, expected, isNow }) => [
    size,
    tier,
    dollars(usdPerMonth),
    dollars(standbyUsdPerMonth),
    duration(expected.rtoSeconds),
    duration(expected.fullSeconds),
    duration(expected.rpoSeconds),
    ...(isNow ? ['now'] : []),
  ]);
  return `${[
    [`${name} by size and standby`, row(HEAD), ...rows.map(row)].join('\n'),
    [
      'RTO: until users reach a platform that takes writes; all tasks: until as many run as at home.',
      'RPO: the most that an automatic failover loses. The promotion is reckoned with its allowance.',
      'A size fills in what the file leaves out: what the file says is the same in every row.',
      ...originSentences(prices),
    ].join('\n'),
    savings.length === 0
      ? 'Nothing is known that would make it cheaper.'
      : ['What would make it cheaper, each by itself', ...savings.flatMap(savingLines)].join('\n'),
  ].join('\n\n')}\n`;
}

const savingLines = ({ change, givesUp, usdPerMonth }: Saving): readonly string[] => [
  `  ${dollars(usdPerMonth).padStart(9)}  ${change}`,
  `             ${givesUp}`,
];

const row = (cells: readonly string[]): string =>
  `  ${cells.map((cell, i) => (i < 2 ? cell.padEnd(WIDTHS[i] ?? 0) : i < WIDTHS.length ? cell.padStart(WIDTHS[i] ?? 0) : `  <- ${cell}`)).join('')}`;

const duration = (seconds: number): string =>
  seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')} min`;

/** @returns the same for programs */
export const comparisonJson = ({ name, tiers, savings, prices }: Comparison): string =>
  `${JSON.stringify(
    {
      platform: name,
      prices,
      tiers: tiers.map((one) => ({
        ...one,
        usdPerMonth: cents(one.usdPerMonth),
        standbyUsdPerMonth: cents(one.standbyUsdPerMonth),
      })),
      savings: savings.map((one) => ({ ...one, usdPerMonth: cents(one.usdPerMonth) })),
    },
    null,
    2,
  )}\n`;
