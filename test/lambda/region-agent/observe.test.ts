import { describe, expect, it } from '@jest/globals';
import { lastEpochOf } from '../../../lambda/leader/history';
import type { Reason } from '../../../lambda/leader/record';
import type { Part } from '../../../lambda/region-agent/observation';
import { ifKnown, whyNot } from '../../../lambda/region-agent/observation';
import { observe } from '../../../lambda/region-agent/observe';
import { FakeClock } from '../../support/fake-clock';
import { known, unknown } from './support/databases';
import { FakeWorld } from './support/fake-world';
import { HOME, historyOf, STANDBY } from './support/records';

const ALL: readonly Part[] = [
  'database',
  'instance',
  'rebuild',
  'fleet',
  'fromHere',
  'fromWitness',
  'ownSide',
];

const look = (fake: FakeWorld, parts: readonly Part[], clock = new FakeClock()) =>
  clock.run(observe(fake.world, new Set(parts), 4, clock));

describe('an observation', () => {
  it('has the parts that were asked for and calls nothing else', async () => {
    const fake = new FakeWorld();
    expect(await look(fake, ['database', 'fleet'])).toEqual({
      database: known(fake.database),
      fleet: known(fake.services),
    });
    expect(fake.calls.map(({ call }) => call)).toEqual(['database.observe', 'fleet.observe']);
  });

  it('can have all of them, and asks the recipe by the epoch that was left', async () => {
    const fake = new FakeWorld();
    expect(Object.keys(await look(fake, ALL))).toEqual(ALL);
    expect(fake.given('rebuild.observe')).toEqual([4]);
  });

  it('tells apart an instance that is not there and one that nobody can tell of', async () => {
    const fake = new FakeWorld();
    fake.instance = undefined;
    expect((await look(fake, ['instance'])).instance).toEqual(known(undefined));
    fake.fail('instance.describe', 'Rate exceeded');
    expect((await look(fake, ['instance'])).instance).toMatchObject({ known: false });
  });

  it('keeps what is known when a part fails or hangs', async () => {
    const fake = new FakeWorld();
    fake.fail('database.observe', 'connection refused');
    fake.hang('fleet.observe');
    const clock = new FakeClock();
    const seen = await look(fake, ['database', 'fleet', 'instance'], clock);
    expect(whyNot(seen.database)).toContain('connection refused');
    expect(whyNot(seen.fleet)).toBe('ECS gave no answer within 4 s.');
    expect(ifKnown(seen.instance)).toEqual(fake.instance);
    expect(clock.monotonic()).toBe(4_000);
  });

  it('leaves no timer behind', async () => {
    const clock = new FakeClock();
    await look(new FakeWorld(), ALL, clock);
    expect(clock.waiting).toBe(0);
  });

  it('says so where there is no managed database', async () => {
    const fake = new FakeWorld();
    fake.managed = false;
    expect(whyNot((await look(fake, ['database'])).database)).toContain('has no managed database.');
  });
});

describe('why something is not known', () => {
  it('is a sentence, whatever the error was', () => {
    expect(whyNot(undefined)).toBe('It was not looked at.');
    expect(whyNot(unknown('connection refused'))).toBe('connection refused.');
    expect(whyNot(unknown('It gave no answer.'))).toBe('It gave no answer.');
    expect(whyNot(known(1))).toBe('');
  });
});

describe('the epoch in which a region led last', () => {
  const last = (own: string, ...reasons: readonly Reason[]) => lastEpochOf(historyOf(...reasons), own);

  it('is that of its last entry', () => {
    expect([last(HOME, 'takeover'), last(STANDBY, 'takeover')]).toEqual([1, 2]);
    expect(last(HOME, 'takeover', 'switchover', 'takeover')).toBe(3);
  });

  it('is 0 if it never led', () => {
    expect(last(STANDBY)).toBe(0);
  });

  it('is not that of a claim which was given back, because the database never had it', () => {
    expect(last(HOME, 'takeover', 'forced', 'withdrawn')).toBe(1);
  });
});
