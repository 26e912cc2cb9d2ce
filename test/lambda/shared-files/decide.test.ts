import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { LeadershipRecord } from '../../../lambda/leader/record';
import { claimed, promoting, serving } from '../../../lambda/leader/steps';
import { type Decision, decide, type Seen, type Situation } from '../../../lambda/shared-files/decide';
import { markOf, textOf } from '../../../lambda/shared-files/mark';
import type { Copying, FileSystem } from '../../../lambda/shared-files/ports';
import { anyRecord, HOME, NOW, RECORDS, RENEWAL, STANDBY } from '../leader/records';

const OWN = 'fs-own';
const OTHER = 'fs-other';
const open: FileSystem = { id: OWN, protection: 'ENABLED', mark: undefined };
const given: FileSystem = { ...open, protection: 'DISABLED' };
const from: Copying = { source: OTHER, destination: OWN, status: 'ENABLED', syncedMs: Date.parse(NOW) };
const to: Copying = { ...from, source: OWN, destination: OTHER };
const nothing: Seen = { here: open, copying: undefined, mounted: true, save: undefined, there: undefined };

const seenBy = (
  own: string,
  record: LeadershipRecord,
  seen: Partial<Seen>,
  others: Partial<Situation> = {},
): Decision =>
  decide({
    record,
    own,
    standbyTasks: 2,
    nowMs: Date.parse(NOW) + 60_000,
    seen: { ...nothing, ...seen },
    ...others,
  });

/** A switchover to the standby that is over: it has served since `NOW`. */
const switched = serving(
  promoting(claimed(RECORDS.handedOver, STANDBY, 'switchover', 'A person.'), {
    receiveLsn: null,
    replayLsn: null,
  }),
  RENEWAL,
);

describe('the region that leads', () => {
  it('makes its copy writable after a takeover, however old it is', () => {
    const { action } = seenBy(STANDBY, RECORDS.left, { copying: { ...from, syncedMs: undefined } });
    expect(action).toEqual({ kind: 'end-copy', source: OTHER });
  });

  it('waits after a switchover until what was written last is here', () => {
    const behind = { ...from, syncedMs: Date.parse(NOW) - 1 };
    expect(seenBy(STANDBY, switched, { copying: behind }).action).toBeUndefined();
    expect(seenBy(STANDBY, switched, { copying: from }).action).toEqual({ kind: 'end-copy', source: OTHER });
  });

  it('waits for it half an hour and no longer', () => {
    const copying = { ...from, syncedMs: Date.parse(NOW) - 1 };
    const waiting = (minutes: number) =>
      seenBy(STANDBY, switched, { copying }, { nowMs: Date.parse(NOW) + minutes * 60_000 }).action;
    expect(waiting(29)).toBeUndefined();
    expect(waiting(30)).toEqual({ kind: 'end-copy', source: OTHER });
  });

  it('never makes a copy writable by itself after a switchover that was not whole once, and says what a person can do', () => {
    const { action, sentence, readOnly } = seenBy(
      STANDBY,
      switched,
      { copying: { ...from, syncedMs: undefined } },
      { nowMs: Date.parse(NOW) + 24 * 3_600_000 },
    );
    expect([action, readOnly]).toEqual([undefined, 'stuck']);
    expect(sentence).toContain(`--source-file-system-id ${OTHER} --region ${STANDBY}`);
    const unheard = { ...switched, servingSince: null };
    expect(seenBy(STANDBY, unheard, { copying: { ...from, syncedMs: undefined } }).action).toBeUndefined();
  });

  it('says that its files take no writes for as long as they are a copy, and whether that is meant to be', () => {
    const behind = { ...from, syncedMs: Date.parse(NOW) - 1 };
    const readOnly = (record: LeadershipRecord, seen: Partial<Seen>) =>
      seenBy(STANDBY, record, seen).readOnly;
    expect(readOnly(switched, { copying: behind })).toBe('expected');
    expect(readOnly(RECORDS.left, { copying: from })).toBe('stuck');
    expect(readOnly(RECORDS.left, { copying: { ...from, status: 'DELETING' } })).toBe('stuck');
    expect(readOnly(RECORDS.left, { here: { ...open, protection: 'REPLICATING' } })).toBe('stuck');
    expect(readOnly(RECORDS.left, { here: given })).toBe('stuck');
    expect(readOnly(RECORDS.left, {})).toBeUndefined();
    expect(seenBy(HOME, RECORDS.left, { copying: to }).readOnly).toBeUndefined();
  });

  it('asks once, and waits while EFS ends the copying', () => {
    const { action } = seenBy(STANDBY, RECORDS.left, { copying: { ...from, status: 'DELETING' } });
    expect(action).toBeUndefined();
  });

  it('protects files that it had given up and that were never overwritten', () => {
    expect(seenBy(STANDBY, RECORDS.left, { here: given }).action).toEqual({ kind: 'protect' });
  });

  it('overwrites nothing in a region that was left, until a person says failback', () => {
    const there: FileSystem = { id: OTHER, protection: 'DISABLED', mark: 'saved 2 job-1' };
    expect(seenBy(STANDBY, RECORDS.left, { there }).action).toBeUndefined();
    expect(seenBy(STANDBY, RECORDS.rebuilt, { there }).action).toEqual({ kind: 'copy', to: OTHER });
  });

  it.each([
    ['is still protected', { protection: 'ENABLED', mark: 'saved 1 job-1' }],
    ['is not saved', { protection: 'DISABLED', mark: undefined }],
    ['is still being saved', { protection: 'DISABLED', mark: 'saving 1 job-1' }],
    ['was saved before the lead moved last', { protection: 'DISABLED', mark: 'saved 0 job-1' }],
  ] as const)('begins no copying over what %s', (_, other) => {
    expect(seenBy(HOME, RECORDS.initial, { there: { id: OTHER, ...other } }).action).toBeUndefined();
  });

  it('copies nothing before a task has made the folder', () => {
    const there: FileSystem = { id: OTHER, protection: 'DISABLED', mark: 'saved 1 job-1' };
    expect(seenBy(HOME, RECORDS.initial, { there, mounted: false }).action).toBeUndefined();
    expect(seenBy(HOME, RECORDS.initial, { there }).action).toEqual({ kind: 'copy', to: OTHER });
  });

  it('tells that a copy is missing or broken while the platform counts as protected', () => {
    expect(seenBy(HOME, RECORDS.initial, {}).uncopied).toBe(true);
    expect(seenBy(HOME, RECORDS.initial, { copying: { ...to, status: 'ERROR' } }).uncopied).toBe(true);
    expect(seenBy(HOME, RECORDS.initial, { copying: { ...to, syncedMs: undefined } }).uncopied).toBe(true);
    expect(seenBy(HOME, RECORDS.initial, { copying: to }).uncopied).toBe(false);
    expect(seenBy(STANDBY, RECORDS.left, {}).uncopied).toBeUndefined();
  });
});

describe('the region that does not lead', () => {
  const NOW_MS = Date.parse(NOW) + 60_000;
  const GIVEN_UP = { kind: 'give-up', mark: { step: 'given', epoch: 1, by: String(NOW_MS) } };

  it('gives its files up once its own tasks have made their folder', () => {
    expect(seenBy(STANDBY, RECORDS.initial, { mounted: false }).action).toBeUndefined();
    expect(seenBy(STANDBY, RECORDS.initial, {}).action).toEqual(GIVEN_UP);
    expect(seenBy(STANDBY, RECORDS.initial, { mounted: false }, { standbyTasks: 0 }).action).toEqual(
      GIVEN_UP,
    );
  });

  it('keeps its files as they are after a loss, until a person says failback', () => {
    expect(seenBy(HOME, RECORDS.left, {}).action).toBeUndefined();
    expect(seenBy(HOME, RECORDS.left, {}).sentence).toContain('holdfast failback');
    expect(seenBy(HOME, RECORDS.rebuilt, {}).action?.kind).toBe('give-up');
  });

  it('never ends a copying: that is for the region that leads', () => {
    expect(seenBy(STANDBY, RECORDS.initial, { copying: from }).action).toBeUndefined();
    expect(seenBy(HOME, RECORDS.rebuilt, { copying: to }).action).toBeUndefined();
  });

  it('saves what it gave up, in the present epoch, and says so when the job is done', () => {
    const asked = (mark: string | undefined, save?: Seen['save']) =>
      seenBy(STANDBY, RECORDS.initial, { here: { ...given, mark }, save }).action;
    expect(asked('given 1 12345')).toEqual({ kind: 'save', epoch: 1, after: '12345' });
    expect(asked('saved 7 job-1')).toEqual({ kind: 'save', epoch: 1, after: String(NOW_MS) });
    expect(asked('saving 1 job-1', 'running')).toBeUndefined();
    expect(asked('saving 1 job-1', 'done')).toEqual({
      kind: 'saved',
      mark: { step: 'saved', epoch: 1, by: 'job-1' },
    });
    expect(asked('saving 1 job-1', 'failed')).toEqual({ kind: 'save', epoch: 1, after: 'job-1' });
    expect(asked('saved 1 job-1')).toBeUndefined();
  });
});

describe('any situation', () => {
  const system = (id: string): fc.Arbitrary<FileSystem> =>
    fc.record({
      id: fc.constant(id),
      protection: fc.constantFrom('ENABLED', 'DISABLED', 'REPLICATING'),
      mark: fc.option(
        fc.constantFrom('saved 1 job-1', 'saving 1 job-1', 'given 1 5', 'saved 2 job-1', 'nonsense'),
        {
          nil: undefined,
        },
      ),
    });
  const seen: fc.Arbitrary<Seen> = fc.record({
    here: system(OWN),
    copying: fc.option(fc.constantFrom(from, to, { ...from, status: 'DELETING' }), { nil: undefined }),
    mounted: fc.boolean(),
    save: fc.option(fc.constantFrom('running', 'done', 'failed'), { nil: undefined }),
    there: fc.option(system(OTHER), { nil: undefined }),
  });
  const situation: fc.Arbitrary<Situation> = fc.record({
    record: anyRecord.map((record) => ({ ...record, epoch: 1 + (record.epoch % 2) })),
    own: fc.constantFrom(HOME, STANDBY),
    standbyTasks: fc.nat(3),
    nowMs: fc.nat(),
    seen,
  });
  const IN_THE_LEAD: readonly string[] = ['end-copy', 'protect', 'copy'];

  it('lets only the holder change which way files are copied, and only the other region give files up', () => {
    fc.assert(
      fc.property(situation, (one) => {
        const { action, sentence } = decide(one);
        expect(sentence).toMatch(/\.$/);
        if (!action) return;
        expect(IN_THE_LEAD.includes(action.kind)).toBe(one.record.holder === one.own);
        expect(['SERVING', 'REBUILDING', 'PROTECTED']).toContain(one.record.state);
      }),
    );
  });

  it('copies only over what was given up and saved in the present epoch', () => {
    fc.assert(
      fc.property(situation, (one) => {
        if (decide(one).action?.kind !== 'copy') return;
        const { here, there } = one.seen;
        expect([here.protection, there?.protection]).toEqual(['ENABLED', 'DISABLED']);
        expect(there?.mark).toBe(`saved ${one.record.epoch} job-1`);
      }),
    );
  });
});

it('reads a mark as it was written, of its own epoch only', () => {
  const mark = { step: 'saving', epoch: 12, by: '7bb2e9b4-1' } as const;
  expect(markOf(textOf(mark), 12)).toEqual(mark);
  expect(markOf(textOf(mark), 13)).toBeUndefined();
  expect(markOf('saving twelve x', 12)).toBeUndefined();
});
