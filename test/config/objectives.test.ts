import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parsePlatform } from '../../lib/config/load';
import { budgetOf, describeObjectives, objectivesOf } from '../../lib/config/objectives';
import { edit, FILE, VALID } from './fixture';

/** The fixture with objectives of single parts. */
const promising = (components: string, ...changes: readonly (readonly [string, string])[]) =>
  parsePlatform(
    edit(VALID, ['  rtoSeconds: 900\n', `  rtoSeconds: 900\n  components:\n${components}`], ...changes),
    FILE,
  );
const line = (name: string, what: string): string => `    ${name}: { ${what} }\n`;
const percent = (name: string, value = 99.9): string => line(name, `availabilityPercent: ${value}`);

describe('the objectives of single parts', () => {
  it('are of services, of the database, the cache and the balancer, with what each leaves', () => {
    const found = objectivesOf(
      promising(
        percent('web', 99.95) +
          percent('worker') +
          percent('database', 99.99) +
          percent('cache') +
          percent('balancer', 99.99),
      ),
    );
    expect(found.map(({ part, kind, budget }) => [part, kind, budget])).toEqual([
      ['balancer', 'balancer', 0.0001],
      ['cache', 'cache', 0.001],
      ['database', 'database', 0.0001],
      ['web', 'service', 0.0005],
      ['worker', 'service', 0.001],
    ]);
  });

  it('need no availability: then nothing is measured', () => {
    expect(
      objectivesOf(promising(line('invoices', 'rtoSeconds: 600') + line('web', 'rpoSeconds: 60'))),
    ).toEqual([]);
  });

  it('leave a share without the noise of binary fractions', () => {
    fc.assert(
      fc.property(fc.integer({ min: 90_000, max: 99_999 }), (thousandths) => {
        expect(budgetOf(thousandths / 1000)).toBe(Number(`${100_000 - thousandths}e-5`));
      }),
    );
  });
});

describe('what synth says about the objectives of single parts', () => {
  it('is how long a part may be away in a month', () => {
    expect(describeObjectives(promising(percent('database', 99.99) + percent('web', 99.9)))).toEqual([
      'objectives.components.database: 99.99 % leave 4.3 min of a month, or that share of the requests; alerts tell how fast they are used up.',
      'objectives.components.web: 99.9 % leave 43.2 min of a month, or that share of the requests; alerts tell how fast they are used up.',
    ]);
  });

  it('is that nothing measures them without collectors', () => {
    expect(
      describeObjectives(
        promising(percent('cache'), ['tags:\n', 'monitoring: { collectors: false }\ntags:\n']),
      ),
    ).toEqual(['objectives.components.cache: without monitoring.collectors nothing measures the 99.9 %.']);
  });

  it('is whether a failover keeps what a part has promised for one', () => {
    expect(describeObjectives(promising(line('invoices', 'rtoSeconds: 60, rpoSeconds: 300')))).toEqual([
      'objectives.components.invoices: an RTO of 60 s is promised, and a failover is reckoned with 315 s: it is kept only by what does not need that failover.',
      'objectives.components.invoices: an RPO of 300 s is promised, and a takeover of the database may lack up to 60 s until salvage: it is kept.',
    ]);
  });

  it('is nothing where there are none', () => {
    expect(describeObjectives(parsePlatform(VALID, FILE))).toEqual([]);
  });
});
