import { billUsd, changesBetween } from '../../lib/cost/bill';
import { purposeOf } from '../../lib/cost/purpose';
import { originSentences, type Reckoned } from './reckon';
import { cents, dollars, tableLine } from './table';

/** Two states of a platform. */
export interface Difference {
  /** What `from` is, as a person named it. */
  readonly against: string;
  /** How both came about, and what is not in them; one sentence each. */
  readonly about: readonly string[];
  readonly from: Reckoned;
  readonly to: Reckoned;
}

/** @returns what the change between two states costs, the largest difference first */
export function renderDifference({ against, about, from, to }: Difference): string {
  const changes = changesBetween(from.bill, to.bill);
  const [before, after] = [billUsd(from.bill), billUsd(to.bill)];
  const rows = changes.map(({ name, region, fromUsd, toUsd }) =>
    tableLine(name, [region, dollars(fromUsd), dollars(toUsd), signed(toUsd - fromUsd)]),
  );
  return `${[
    [
      `${to.platform.name}, compared with ${against}, USD a month`,
      ...(changes.length === 0
        ? ['  The change costs nothing.']
        : [
            tableLine('', ['region', 'before', 'after', 'change']),
            ...rows,
            tableLine('in all', ['', dollars(before), dollars(after), signed(after - before)]),
          ]),
    ].join('\n'),
    [...about, ...originSentences(to.prices)].join('\n'),
  ].join('\n\n')}\n`;
}

const signed = (usd: number): string => `${usd < 0 ? '-' : '+'}${dollars(Math.abs(usd))}`;

/** @returns the same for programs */
export const differenceJson = ({ against, about, from, to }: Difference): string =>
  `${JSON.stringify(
    {
      platform: to.platform.name,
      against,
      about,
      fromUsdPerMonth: cents(billUsd(from.bill)),
      toUsdPerMonth: cents(billUsd(to.bill)),
      changeUsdPerMonth: cents(billUsd(to.bill) - billUsd(from.bill)),
      prices: to.prices,
      changes: changesBetween(from.bill, to.bill).map((one) => ({
        ...one,
        fromUsd: cents(one.fromUsd),
        toUsd: cents(one.toUsd),
        buys: purposeOf(one.name),
      })),
    },
    null,
    2,
  )}\n`;
