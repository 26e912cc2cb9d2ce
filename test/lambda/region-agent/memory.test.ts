import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  acted,
  GAP_MS,
  type Memory,
  missedRecord,
  NOTHING,
  nameOfAction,
  observed,
  sawRecord,
  wroteRecord,
} from '../../../lambda/region-agent/memory';
import {
  inSeconds,
  inStateMs,
  isDue,
  knownMs,
  mayTry,
  watchedMs,
  watchMs,
} from '../../../lambda/region-agent/situation';
import { answer, fleet, primary, running, unknown } from './support/databases';
import { record, takenOver } from './support/records';
import { SETTINGS, secondsAgo, situation } from './support/situation';

const RECORD = record();
const seen = (...times: readonly number[]): Memory =>
  times.reduce((memory, nowMs) => sawRecord(memory, RECORD, nowMs), NOTHING);
const watched = (memory: Memory, nowMs: number) => watchedMs({ memory, nowMs });

describe('a watch', () => {
  it('lasts from the first of unbroken reads of one version', () => {
    expect(watched(seen(1_000, 6_000, 11_000), 12_000)).toBe(11_000);
  });

  it('begins with nothing', () => {
    expect([watched(NOTHING, 9_000), knownMs({ memory: NOTHING, nowMs: 9_000 })]).toEqual([0, 0]);
    expect(inStateMs({ memory: NOTHING, nowMs: 9_000 })).toBe(0);
  });

  it('bears 10 s between two reads and starts again after more', () => {
    expect(watched(seen(0, GAP_MS), GAP_MS)).toBe(GAP_MS);
    expect(watched(seen(0, GAP_MS + 1), GAP_MS + 1)).toBe(0);
  });

  it('keeps since when a version is known across such a gap', () => {
    expect(knownMs({ memory: seen(0, 30_000), nowMs: 30_000 })).toBe(30_000);
  });

  it('starts again with every version', () => {
    const memory = sawRecord(seen(0, 5_000), record({ version: 101 }), 10_000);
    expect(watched(memory, 12_000)).toBe(2_000);
  });

  it('starts again after a read that failed, however soon the next one is', () => {
    const memory = sawRecord(missedRecord(seen(0, 5_000)), RECORD, 6_000);
    expect(watched(memory, 7_000)).toBe(1_000);
    expect(knownMs({ memory, nowMs: 7_000 })).toBe(1_000);
  });

  it('is never longer than the time since any gap, change or failure', () => {
    const step = fc.record({
      pause: fc.integer({ min: 1, max: 15_000 }),
      version: fc.integer({ min: 1, max: 2 }),
      fails: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let memory: Memory = NOTHING;
        let now = 0;
        let since: number | undefined;
        let last = { version: 0, at: 0 };
        for (const { pause, version, fails } of steps) {
          now += pause;
          if (fails) {
            memory = missedRecord(memory);
            since = undefined;
            continue;
          }
          if (since === undefined || version !== last.version || now - last.at > GAP_MS) since = now;
          last = { version, at: now };
          memory = sawRecord(memory, record({ version }), now);
          expect(watched(memory, now)).toBe(now - since);
        }
      }),
    );
  });
});

describe('since when the record is in its state', () => {
  it('outlasts renewals and failed reads, and ends with state and epoch', () => {
    const memory = sawRecord(missedRecord(seen(0)), record({ version: 101 }), 8_000);
    expect(inStateMs({ memory, nowMs: 9_000 })).toBe(9_000);
    const drains = sawRecord(memory, record({ version: 102, state: 'DRAINING' }), 10_000);
    expect(inStateMs({ memory: drains, nowMs: 11_000 })).toBe(1_000);
    const moved = sawRecord(memory, takenOver(), 10_000);
    expect(inStateMs({ memory: moved, nowMs: 12_000 })).toBe(2_000);
  });
});

describe('what a run has done', () => {
  const did = acted(NOTHING, { kind: 'promote' }, true, 1_000);

  it('is remembered by name, with the time at which it began', () => {
    expect([did.triedMs, [...did.done]]).toEqual([{ promote: 1_000 }, ['promote']]);
  });

  it('is only tried when it failed', () => {
    const failed = acted(did, { kind: 'scale-up' }, false, 2_000);
    expect(failed.triedMs).toEqual({ promote: 1_000, 'scale-up': 2_000 });
    expect([...failed.done]).toEqual(['promote']);
  });

  it('has a name for each task and each copy of the recipe', () => {
    const names = [
      nameOfAction({ kind: 'task', task: 'take-base' }),
      nameOfAction({ kind: 'rebuild', step: 'snapshot' }),
      nameOfAction({ kind: 'rebuild', step: 'delete-read-replica', identifier: 'read-1' }),
    ];
    expect(names).toEqual(['take-base', 'snapshot', 'delete-read-replica read-1']);
  });

  it('counts for its epoch and is forgotten with it', () => {
    const before = sawRecord(did, RECORD, 2_000);
    expect([...before.done]).toEqual(['promote']);
    const after = sawRecord(before, takenOver(), 3_000);
    expect([[...after.done], after.triedMs]).toEqual([[], {}]);
  });

  it('does not make the other side silent in the next epoch', () => {
    const before = {
      ...sawRecord(NOTHING, RECORD, 1_000),
      silentSinceMs: 1,
      probedMs: 1,
      otherAnswers: false,
    };
    expect(sawRecord(before, RECORD, 2_000).silentSinceMs).toBe(1);
    expect(sawRecord(before, takenOver(), 2_000)).toMatchObject({
      silentSinceMs: undefined,
      probedMs: undefined,
      otherAnswers: undefined,
    });
  });

  it('includes the version that it wrote, which it then knows from that moment', () => {
    const memory = wroteRecord(seen(0), record({ version: 101 }), 4_000);
    expect(memory.wrote).toBe(101);
    expect(knownMs({ memory, nowMs: 5_000 })).toBe(1_000);
  });
});

describe('what was observed', () => {
  const then = (observation: Parameters<typeof observed>[1], memory = NOTHING) =>
    observed(memory, observation, 7_000);

  it('is silence since the first time that both have asked in vain', () => {
    const both = { fromHere: answer(false), fromWitness: answer(false) };
    expect(then(both)).toMatchObject({ probedMs: 7_000, otherAnswers: false, silentSinceMs: 7_000 });
    expect(then(both, { ...NOTHING, silentSinceMs: 2_000 }).silentSinceMs).toBe(2_000);
  });

  it.each([
    ['one of them gets an answer', { fromHere: answer(false), fromWitness: answer(true) }, true],
    ['the other one does', { fromHere: answer(true), fromWitness: answer(false) }, true],
    ['one could not ask', { fromHere: answer(false), fromWitness: unknown() }, false],
    ['only one was asked', { fromWitness: answer(false) }, false],
    ['the own question failed', { fromHere: unknown(), fromWitness: answer(false) }, false],
  ])('is no silence when %s', (_, observation, answers) => {
    const memory = then(observation, { ...NOTHING, silentSinceMs: 2_000 });
    expect([memory.silentSinceMs, memory.otherAnswers]).toEqual([undefined, answers]);
  });

  it('changes nothing about the other side in a turn that did not ask', () => {
    const before = { ...NOTHING, probedMs: 1, otherAnswers: true, silentSinceMs: 3 };
    expect(then({}, before)).toMatchObject({ probedMs: 1, otherAnswers: true, silentSinceMs: 3 });
  });

  it('is what RDS said last of the own instance, also that it said nothing', () => {
    const said = then({ instance: running() });
    expect(said.instance).toEqual({ said: running(), atMs: 7_000 });
    expect(then({}, said).instance).toBe(said.instance);
    expect(then({ instance: unknown() }, said).instance?.said).toEqual(unknown());
  });

  it('counts the services as looked at only if ECS answered', () => {
    expect(then({ fleet: fleet(1) }).fleetMs).toBe(7_000);
    expect(then({ fleet: unknown() }, { ...NOTHING, fleetMs: 3 }).fleetMs).toBe(3);
    expect(then({}, { ...NOTHING, fleetMs: 3 }).fleetMs).toBe(3);
  });

  it('is drained since it was first seen closed and without a session', () => {
    const drained = { database: primary({ lease: { closed: true }, fencedSessions: 0 }) };
    expect(then(drained).drainedSinceMs).toBe(7_000);
    expect(then(drained, { ...NOTHING, drainedSinceMs: 2_000 }).drainedSinceMs).toBe(2_000);
  });

  it.each([
    ['open', primary({ fencedSessions: 0 })],
    ['in use', primary({ lease: { closed: true }, fencedSessions: 1 })],
    ['not known', unknown()],
  ])('is not drained when it is %s', (_, database) => {
    expect(then({ database }, { ...NOTHING, drainedSinceMs: 2_000 }).drainedSinceMs).toBeUndefined();
  });
});

describe('the times of a situation', () => {
  it('make a renewal due after nine tenths of a poll', () => {
    expect(isDue({ memory: seen(0), nowMs: 4_499, settings: SETTINGS })).toBe(false);
    expect(isDue({ memory: seen(0), nowMs: 4_500, settings: SETTINGS })).toBe(true);
  });

  it('make a full watch of T and twice E of the holder and the own margin', () => {
    const present = record({ ttlSeconds: 30, enforceSeconds: 3 });
    expect(watchMs({ settings: { ...SETTINGS, marginSeconds: 7 }, record: present })).toBe(43_000);
  });

  it('let an action rest, and one that was never tried at once', () => {
    const tried = situation({ memory: { triedMs: { promote: secondsAgo(10) } } });
    expect([mayTry(tried, 'promote', 10_000), mayTry(tried, 'promote', 10_001)]).toEqual([true, false]);
    expect(mayTry(tried, 'scale-up', 10_000)).toBe(true);
  });

  it('are whole seconds for a person', () => {
    expect([inSeconds(1_499), inSeconds(1_500)]).toEqual([1, 2]);
  });
});
