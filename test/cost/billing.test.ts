import { describe, expect, it } from '@jest/globals';
import { type Bill, billOf, billUsd, linesOf, partsOf } from '../../lib/cost/bill';
import { type Billing, billingOf } from '../../lib/cost/billing';
import { type BuiltStack, builtRegions } from '../../lib/cost/built';
import { purposeOf } from '../../lib/cost/purpose';
import { platform, SYSTEMS, synthesized } from '../support/synth';

interface Billed {
  readonly stacks: readonly BuiltStack[];
  readonly bill: Bill;
}
const known = new Map<string, Billed>();

function billed(name: string): Billed {
  const found = known.get(name);
  if (found) return found;
  const stacks = synthesized(name).assembly.stacks.map(({ environment, template }) => ({
    region: environment.region,
    resources: template.Resources ?? {},
  }));
  const made = { stacks, bill: billOf(platform(name), builtRegions(stacks)) };
  known.set(name, made);
  return made;
}

const typesOf = (stacks: readonly BuiltStack[]): readonly string[] => [
  ...new Set(stacks.flatMap(({ resources }) => Object.values(resources).map(({ Type }) => Type))),
];

describe('the types of resources in the templates', () => {
  it.each(SYSTEMS)('of %s are each priced, or named as free with a reason', (name) => {
    expect(typesOf(billed(name).stacks).filter((type) => billingOf(type) === undefined)).toEqual([]);
  });

  it.each(SYSTEMS)('of %s have their line in the region of the resource, or are told as unpriced', (name) => {
    const { stacks, bill } = billed(name);
    const missing = stacks.flatMap(({ region, resources }) =>
      Object.values(resources).flatMap(({ Type }) => {
        const line = lineOf(billingOf(Type));
        const isThere = partsOf(bill).some((part) => part.name === line && part.region === region);
        return line === undefined || isThere || WORLDWIDE.includes(Type) ? [] : [line];
      }),
    );
    const unpriced = [...bill.rest.unpriced, ...bill.monitoring.unpriced];
    expect(new Set(missing).size).toBeLessThanOrEqual(unpriced.length);
  });

  it.each([
    ['AWS::RDS::DBProxy', 'a type with a price of its own below a family of settings'],
    ['AWS::Kinesis::Stream', 'a type of a service that nobody has looked at'],
  ])('are refused unless somebody has said how they are paid for: %s, %s', (type) => {
    expect(billingOf(type)).toBeUndefined();
  });
});

/** Paid in the home region, wherever the resource is. */
const WORLDWIDE = ['AWS::CloudFront::Distribution'];
const lineOf = (billing: Billing | undefined): string | undefined =>
  billing?.kind === 'line' ? billing.name : undefined;

describe('the lines of a bill', () => {
  it.each(SYSTEMS)('of %s each say what they buy', (name) => {
    expect(
      linesOf(billed(name).bill)
        .map((line) => line.name)
        .filter((line) => purposeOf(line) === undefined),
    ).toEqual([]);
  });

  it('of ops-center add up to the bill, dearest first', () => {
    const { bill } = billed('ops-center');
    const lines = linesOf(bill);
    expect(lines.reduce((total, { usdPerMonth }) => total + usdPerMonth, 0)).toBeCloseTo(billUsd(bill), 6);
    expect(lines.slice(0, 4).map(({ name }) => name)).toEqual([
      'database',
      'tasks of the services',
      'NAT gateways',
      'cache',
    ]);
  });

  it('have no two of the same name in a region', () => {
    const keys = partsOf(billed('prodstack').bill).map(({ name, region }) => `${name} ${region}`);
    expect(keys.filter((key, i) => keys.indexOf(key) !== i)).toEqual([]);
  });
});
