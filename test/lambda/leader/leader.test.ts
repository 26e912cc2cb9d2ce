import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createRecord } from '../../../lambda/leader/create';
import { MalformedRecord, toItem } from '../../../lambda/leader/item';
import { LeadershipUnreachable, ownFirst, readRecord } from '../../../lambda/leader/read';
import { type LeadershipRecord, STATES, servingRegion } from '../../../lambda/leader/record';
import { RecordVanished } from '../../../lambda/leader/write';
import { FakeClock } from '../../support/fake-clock';
import { type Behaviour, FakeTables } from './fake-tables';
import { first } from './records';

const other: LeadershipRecord = { ...first, epoch: 4, holder: 'us-west-2', version: 90 };

describe('the leadership record', () => {
  it('begins with home serving at epoch 1 and version 1', () => {
    expect(first).toMatchObject({
      epoch: 1,
      version: 1,
      holder: 'us-east-1',
      state: 'SERVING',
      ttlSeconds: 60,
    });
  });

  it('names the serving region in every state but those before a promotion is done', () => {
    for (const state of STATES) {
      const expected = state === 'CLAIMED' || state === 'PROMOTING' ? undefined : 'us-east-1';
      expect(servingRegion({ ...first, state })).toBe(expected);
    }
  });
});

describe('reading leadership', () => {
  it('asks the own region first and the others in their order', () => {
    expect(ownFirst(['a', 'b', 'c'], 'c')).toEqual(['c', 'a', 'b']);
    expect(ownFirst(['a', 'b', 'c'], 'x')).toEqual(['a', 'b', 'c']);
    expect(ownFirst(['a', 'b', 'c'], undefined)).toEqual(['a', 'b', 'c']);
  });

  it('goes on to the next region after a failure, and after three seconds of silence', async () => {
    const clock = new FakeClock();
    const fake = new FakeTables({ a: ['fails'], b: ['hangs'], c: ['works'] });
    fake.item = toItem(other, 'n');
    const begun = clock.now();
    await expect(clock.run(readRecord(fake.tables, clock))).resolves.toEqual(other);
    expect(clock.now() - begun).toBe(3_000);
    expect(fake.calls).toEqual(['a read', 'b read', 'c read']);
  });

  it('asks each region once, and tells what every one said when none answers', async () => {
    const clock = new FakeClock();
    const fake = new FakeTables({ a: ['fails'], b: ['hangs'] });
    const reading = clock.run(readRecord(fake.tables, clock));
    await expect(reading).rejects.toThrow(LeadershipUnreachable);
    await expect(reading).rejects.toThrow(
      'The leadership table could not be read in any region. a: a is down. ' +
        'b: The leadership table in b gave no answer within 3 s.',
    );
    expect(fake.calls).toEqual(['a read', 'b read']);
  });

  it('says that there is no record when the table answers so, without asking further', async () => {
    const fake = new FakeTables({ a: ['works'], b: ['works'] });
    await expect(readRecord(fake.tables, new FakeClock())).resolves.toBeUndefined();
    expect(fake.calls).toEqual(['a read']);
  });

  it('does not go on to another region with a malformed record', async () => {
    const fake = new FakeTables({ a: ['works'], b: ['works'] });
    fake.item = { pk: { S: 'leadership' } };
    await expect(readRecord(fake.tables, new FakeClock())).rejects.toThrow(MalformedRecord);
    expect(fake.calls).toEqual(['a read']);
  });
});

describe('creating the first record', () => {
  const create = (fake: FakeTables, clock = new FakeClock()) =>
    clock.run(createRecord(fake.tables, first, 'nonce-1', clock));

  it('writes it where there is none', async () => {
    const fake = new FakeTables({ a: ['works'] });
    await expect(create(fake)).resolves.toEqual({ created: true, record: first });
    expect(fake.item).toEqual(toItem(first, 'nonce-1'));
  });

  it('leaves another record as it is', async () => {
    const fake = new FakeTables({ a: ['works'] });
    fake.item = toItem(other, 'nonce-0');
    await expect(create(fake)).resolves.toEqual({ created: false, record: other });
    expect(fake.item).toEqual(toItem(other, 'nonce-0'));
  });

  it('recognises its own write after the reply was lost', async () => {
    const fake = new FakeTables({ a: ['lost-reply', 'works'], b: ['works'] });
    await expect(create(fake)).resolves.toEqual({ created: true, record: first });
    expect(fake.calls).toEqual(['a create', 'b create', 'a read']);
  });

  it('does not take another write for its own after a lost reply', async () => {
    const fake = new FakeTables({ a: ['hangs', 'works'], b: ['works'] });
    fake.item = toItem(other, 'nonce-0');
    await expect(create(fake)).resolves.toEqual({ created: false, record: other });
  });

  it('sends the same write again after a conflict with another region', async () => {
    const fake = new FakeTables({ a: ['conflict', 'conflict', 'works'] });
    await expect(create(fake)).resolves.toMatchObject({ created: true });
    expect(fake.calls).toEqual(['a create', 'a create', 'a create']);
  });

  it('goes to another region when conflicts do not end', async () => {
    const fake = new FakeTables({ a: ['conflict'], b: ['works'] });
    await expect(create(fake)).resolves.toMatchObject({ created: true });
    expect(fake.calls.filter((call) => call === 'a create')).toHaveLength(5);
  });

  it('says that nothing is known when no region answers', async () => {
    const fake = new FakeTables({ a: ['hangs'], b: ['fails'] });
    await expect(create(fake)).rejects.toThrow('The leadership table could not be written in any region.');
  });

  it('does not guess when a refused write reads back nothing', async () => {
    const fake = new FakeTables({ a: ['works'] });
    const [table] = fake.tables;
    if (!table) throw new Error('There is a table.');
    fake.item = toItem(other, 'nonce-0');
    const vanishing = { ...table, read: async () => undefined };
    const creating = createRecord([vanishing], first, 'nonce-1', new FakeClock());
    await expect(creating).rejects.toThrow(RecordVanished);
  });

  it('concludes nothing while a lost attempt may still come into force, and knows it when it has', async () => {
    const fake = new FakeTables({ a: ['late', 'works'], b: ['fails'] });
    await expect(create(fake)).rejects.toThrow(LeadershipUnreachable);
    fake.arrive();
    await expect(create(fake)).resolves.toEqual({ created: true, record: first });
  });

  it('ends with one record and one author, whatever two authors and their regions do', async () => {
    const behaviours = fc.array(
      fc.constantFrom<Behaviour[]>('works', 'fails', 'hangs', 'lost-reply', 'conflict'),
      {
        maxLength: 4,
      },
    );
    await fc.assert(
      fc.asyncProperty(fc.tuple(behaviours, behaviours), async ([a, b]) => {
        const clock = new FakeClock();
        // Every region recovers in the end, so that both authors hear the truth.
        const fake = new FakeTables({ a: [...a, 'works'], b: [...b, 'works'] });
        const until = async (mine: LeadershipRecord, nonce: string): Promise<boolean> => {
          for (;;) {
            try {
              return (await createRecord(fake.tables, mine, nonce, clock)).created;
            } catch {
              await clock.sleep(1_000);
            }
          }
        };
        const outcomes = await clock.run(Promise.all([until(first, 'n1'), until(other, 'n2')]));
        expect(outcomes.filter(Boolean)).toHaveLength(1);
        expect(fake.item).toEqual(outcomes[0] ? toItem(first, 'n1') : toItem(other, 'n2'));
      }),
      { numRuns: 60 },
    );
  });
});
