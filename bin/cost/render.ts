import { type Bill, billUsd, linesOf } from '../../lib/cost/bill';
import { type CostPart, type Estimate, shareOf, totalUsd } from '../../lib/cost/part';
import { PRICES } from '../../lib/cost/prices';
import { purposeOf } from '../../lib/cost/purpose';
import { describeUse } from '../../lib/cost/use/assumptions';
import { originSentences, type Reckoned } from './reckon';
import { cents, costTable, dollars } from './table';

/** Of the bill that the lines with their purposes make up together, at least. */
const EXPLAINED = 0.9;

/** @returns the estimate for a person: what it is made of by region, what the dearest lines buy, what it leaves out */
export function renderCost(reckoned: Reckoned, which: 'all' | 'monitoring'): string {
  const { platform, bill, use, prices } = reckoned;
  const { rest, monitoring } = bill;
  const unpriced = [...monitoring.unpriced, ...rest.unpriced, ...bill.use.unpriced];
  return `${[
    ...(which === 'all'
      ? [
          costTable(`${platform.name}: what runs, without monitoring`, rest.parts),
          costTable(`${platform.name}: what use makes, while home leads`, bill.use.parts),
        ]
      : []),
    costTable(`${platform.name}: monitoring`, monitoring.parts),
    ...(which === 'all' ? [whatItBuys(bill)] : []),
    [
      `The monitoring is ${percent(monitoringShare(bill))} of the platform's ${dollars(billUsd(bill))} USD a month.`,
      ...originSentences(prices),
      ...wrapped(`Taken for granted: ${describeUse(use)}.`),
      'Not in it: traffic between zones, requests to S3, KMS and Secrets Manager, support, taxes.',
      'No free tier is taken off. How each figure comes about: --json',
      ...unpriced,
    ].join('\n'),
  ].join('\n\n')}\n`;
}

/** Part of the monitoring in the whole bill; 0 to 1. */
const monitoringShare = ({ rest, use, monitoring }: Bill): number =>
  shareOf(monitoring.parts, [...rest.parts, ...use.parts]);

/** The dearest lines with what each buys, until they make up nine tenths of the bill. */
function whatItBuys(bill: Bill): string {
  const whole = billUsd(bill);
  let told = 0;
  const rows = linesOf(bill).flatMap(({ name, usdPerMonth }) => {
    if (told >= EXPLAINED * whole) return [];
    told += usdPerMonth;
    return [`  ${dollars(usdPerMonth).padStart(9)}  ${name}`, `             ${purposeOf(name) ?? ''}`];
  });
  return [`What ${percent(told / (whole || 1))} of it buys, dearest first`, ...rows].join('\n');
}

/** @returns the estimate for programs, each figure with how it comes about */
export function costJson({ platform, bill, use, prices }: Reckoned, which: 'all' | 'monitoring'): string {
  const { asOf, region, source } = PRICES;
  return `${JSON.stringify(
    {
      platform: platform.name,
      usdPerMonth: cents(billUsd(bill)),
      prices: { asOf, region, source, ...prices },
      assumptions: use,
      monitoring: exactly(bill.monitoring),
      ...(which === 'all' ? { rest: exactly(bill.rest), use: exactly(bill.use) } : {}),
      monitoringShare: Number(monitoringShare(bill).toFixed(4)),
    },
    null,
    2,
  )}\n`;
}

const exactly = ({ parts, unpriced }: Estimate) => ({
  usdPerMonth: cents(totalUsd(parts)),
  parts: parts.map(exact),
  unpriced,
});
const exact = (part: CostPart) => ({
  ...part,
  usdPerMonth: cents(part.usdPerMonth),
  buys: purposeOf(part.name),
});
const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

const COLUMNS = 100;

/** @returns the text in lines of at most a hundred characters */
function wrapped(text: string): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + word.length >= COLUMNS) {
      lines.push(line);
      line = '';
    }
    line += line === '' ? word : ` ${word}`;
  }
  return [...lines, line];
}
