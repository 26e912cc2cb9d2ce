import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MalformedRecord, toItem } from '../../../lambda/leader/item';
import type { LeadershipRecord } from '../../../lambda/leader/record';
import { OutcomeUnknown, type Replacement, replaceRecord } from '../../../lambda/leader/replace';
import { claimed, frozen, renewed } from '../../../lambda/leader/steps';
import { IllegalTransition } from '../../../lambda/leader/transitions';
import { RecordVanished } from '../../../lambda/leader/write';
import { FakeClock } from '../../support/fake-clock';
import { type Behaviour, FakeTables } from './fake-tables';
import { RECORDS, STANDBY } from './records';

const current = RECORDS.initial;
const mine = renewed(current, { outageSeconds: 5 });
const theirs = claimed(current, STANDBY, 'takeover', 'Home was silent.');

function tablesOf(
  behaviours: Readonly<Record<string, readonly Behaviour[]>>,
  present: LeadershipRecord = current,
): FakeTables {
  const fake = new FakeTables(behaviours);
  fake.item = toItem(present, 'nonce-0');
  return fake;
}

const replace = (
  fake: FakeTables,
  next: LeadershipRecord = mine,
  clock = new FakeClock(),
): Promise<Replacement> => clock.run(replaceRecord(fake.tables, current, next, 'nonce-1', clock));

describe('replacing the record', () => {
  it('writes over the version that it has seen', async () => {
    const fake = tablesOf({ a: ['works'] });
    await expect(replace(fake)).resolves.toEqual({ written: true, record: mine });
    expect(fake.item).toEqual(toItem(mine, 'nonce-1'));
    expect(fake.calls).toEqual(['a replace']);
  });

  it('loses to who wrote before, and gives what is there', async () => {
    const fake = tablesOf({ a: ['works'] }, theirs);
    await expect(replace(fake)).resolves.toEqual({ written: false, record: theirs });
    expect(fake.item).toEqual(toItem(theirs, 'nonce-0'));
  });

  it('loses with a stale version, however many versions have passed', async () => {
    const later = renewed(renewed(mine, {}), {});
    const fake = tablesOf({ a: ['works'] }, later);
    await expect(replace(fake)).resolves.toEqual({ written: false, record: later });
  });

  it('sends nothing that the table of transitions does not have', async () => {
    const fake = tablesOf({ a: ['works'] });
    await expect(replace(fake, { ...mine, state: 'PROMOTING' })).rejects.toThrow(IllegalTransition);
    await expect(replace(fake, current)).rejects.toThrow('The version must be 3, but is 2.');
    expect(fake.calls).toEqual([]);
  });

  it('sends nothing that nobody could read', async () => {
    const fake = tablesOf({ a: ['works'] });
    await expect(replace(fake, { ...mine, walLsn: 'x' })).rejects.toThrow(MalformedRecord);
    expect(fake.calls).toEqual([]);
  });

  it('goes to the next region when one is out, after an error at once and after three seconds of silence', async () => {
    const clock = new FakeClock();
    const fake = tablesOf({ a: ['fails'], b: ['hangs'], c: ['works'] });
    await expect(replace(fake, mine, clock)).resolves.toEqual({ written: true, record: mine });
    expect(clock.monotonic()).toBe(3_000);
    expect(fake.calls).toEqual(['a replace', 'b replace', 'c replace']);
  });

  it('knows its own write by the nonce after the reply was lost', async () => {
    const fake = tablesOf({ a: ['lost-reply', 'works'], b: ['works'] });
    await expect(replace(fake)).resolves.toEqual({ written: true, record: mine });
    expect(fake.calls).toEqual(['a replace', 'b replace', 'a read']);
  });

  it('knows it also when no other region answers the write', async () => {
    const fake = tablesOf({ a: ['lost-reply', 'works'], b: ['fails'] });
    await expect(replace(fake)).resolves.toEqual({ written: true, record: mine });
  });

  it("does not take another's write of the same content for its own", async () => {
    const fake = tablesOf({ a: ['hangs', 'works'], b: ['works'] }, mine);
    await expect(replace(fake)).resolves.toEqual({ written: false, record: mine });
  });

  it('sends the same write again after a conflict of two regions, with growing pauses', async () => {
    const clock = new FakeClock();
    const fake = tablesOf({ a: ['conflict', 'conflict', 'works'] });
    await expect(replace(fake, mine, clock)).resolves.toMatchObject({ written: true });
    expect(fake.calls).toEqual(['a replace', 'a replace', 'a replace']);
    expect(clock.monotonic()).toBe(600);
  });

  it('goes to another region when conflicts do not end', async () => {
    const fake = tablesOf({ a: ['conflict'], b: ['works'] });
    await expect(replace(fake)).resolves.toMatchObject({ written: true });
    expect(fake.calls.filter((call) => call === 'a replace')).toHaveLength(5);
  });

  it('does not guess when all regions are out', async () => {
    const fake = tablesOf({ a: ['hangs'], b: ['fails'] });
    const replacing = replace(fake);
    await expect(replacing).rejects.toThrow(OutcomeUnknown);
    await expect(replacing).rejects.toThrow(
      'Whether version 3 of the leadership record was written is not known. ' +
        'a: The leadership table in a gave no answer within 3 s. b: b is down.',
    );
  });

  it('does not guess when it is refused after a lost reply and cannot be read back', async () => {
    const fake = tablesOf({ a: ['lost-reply', 'fails'], b: ['works', 'fails'] });
    const replacing = replace(fake);
    await expect(replacing).rejects.toThrow(OutcomeUnknown);
    await expect(replacing).rejects.toThrow('a: The leadership table in a gave no answer within 3 s.');
  });

  it('does not call itself lost while an attempt may still come into force', async () => {
    const fake = tablesOf({ a: ['late', 'works'], b: ['fails'] });
    await expect(replace(fake)).rejects.toThrow(OutcomeUnknown);
    expect(fake.item).toEqual(toItem(current, 'nonce-0'));
    fake.arrive();
    expect(fake.item).toEqual(toItem(mine, 'nonce-1'));
  });

  it('keeps a late attempt from undoing what was written meanwhile', async () => {
    const fake = tablesOf({ a: ['late', 'works'], b: ['fails'] });
    await expect(replace(fake)).rejects.toThrow(OutcomeUnknown);
    const clock = new FakeClock();
    const again = frozen(current, true);
    const second = await clock.run(replaceRecord(fake.tables, current, again, 'nonce-2', clock));
    expect(second).toEqual({ written: true, record: again });
    fake.arrive();
    expect(fake.item).toEqual(toItem(again, 'nonce-2'));
  });

  it('does not take a record that has vanished for anything', async () => {
    const fake = tablesOf({ a: ['works'] });
    fake.item = undefined;
    await expect(replace(fake)).rejects.toThrow(RecordVanished);
  });

  it('never says something false, whatever regions do and however late attempts arrive', async () => {
    const behaviours = fc.array(
      fc.constantFrom<Behaviour[]>('works', 'fails', 'hangs', 'lost-reply', 'late', 'conflict'),
      { minLength: 1, maxLength: 5 },
    );
    await fc.assert(
      fc.asyncProperty(behaviours, behaviours, fc.boolean(), async (a, b, contended) => {
        const fake = tablesOf({ a, b }, contended ? theirs : current);
        const outcome = await replace(fake).catch((error: unknown) => error);
        fake.arrive();
        const ours = JSON.stringify(fake.item) === JSON.stringify(toItem(mine, 'nonce-1'));
        if (outcome instanceof OutcomeUnknown) return;
        expect(outcome).toEqual(ours ? { written: true, record: mine } : { written: false, record: theirs });
      }),
      { numRuns: 300 },
    );
  });

  it('lets exactly one of two writers win, whoever comes first and whatever is lost', async () => {
    const behaviours = fc.array(
      fc.constantFrom<Behaviour[]>('works', 'fails', 'hangs', 'lost-reply', 'late', 'conflict'),
      { maxLength: 6 },
    );
    await fc.assert(
      fc.asyncProperty(behaviours, behaviours, async (a, b) => {
        const clock = new FakeClock();
        // Every region recovers in the end, so that both writers hear the truth.
        const fake = tablesOf({ a: [...a, 'works'], b: [...b, 'works'] });
        const until = async (next: LeadershipRecord, nonce: string): Promise<boolean> => {
          for (;;) {
            try {
              return (await replaceRecord(fake.tables, current, next, nonce, clock)).written;
            } catch (error) {
              if (!(error instanceof OutcomeUnknown)) throw error;
              fake.arrive();
              await clock.sleep(1_000);
            }
          }
        };
        const outcomes = await clock.run(Promise.all([until(mine, 'n1'), until(theirs, 'n2')]));
        fake.arrive();
        expect(outcomes.filter(Boolean)).toHaveLength(1);
        expect(fake.item).toEqual(outcomes[0] ? toItem(mine, 'n1') : toItem(theirs, 'n2'));
      }),
      { numRuns: 100 },
    );
  });
});
