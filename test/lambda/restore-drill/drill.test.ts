import { describe, expect, it } from '@jest/globals';
import { drill } from '../../../lambda/restore-drill/drill';
import { measure } from '../../../lambda/restore-drill/measure';
import {
  type DrillRecord,
  isDue,
  isOverdue,
  rpoSeconds,
  rtoSeconds,
} from '../../../lambda/restore-drill/record';
import { createLog } from '../../../lambda/runtime/log';
import { BEGIN_MS, emptyDatabase, type FakeWorld, fakeWorld, HOST, PREFIX } from './fakes';

const DAY_MS = 86_400_000;
const ID = '20260131t0200';
const NATIVE = `${PREFIX}${ID}-native`;
const TOPPED = `${PREFIX}${ID}-topped`;

/** Runs until the drill has ended, as its schedule does. @returns the sentences */
async function runs(world: FakeWorld, most = 20, host = HOST): Promise<string[]> {
  const said: string[] = [];
  for (let run = 0; run < most; run += 1) {
    const { sentence, ended } = await drill(world.ports, host, false).catch((error: unknown) => ({
      sentence: String(error),
      ended: false,
    }));
    said.push(sentence);
    if (ended) return said;
    await world.clock.advance(15 * 60_000);
  }
  return said;
}

const reportOf = ({ store }: FakeWorld): unknown => {
  const bytes = store.objects.get(`drill-reports/${ID}.json`);
  return bytes === undefined ? undefined : JSON.parse(Buffer.from(bytes).toString());
};

describe('a restore drill', () => {
  it('restores twice, compares, removes what it made, and writes a report', async () => {
    const world = fakeWorld();
    expect(await runs(world)).toEqual([
      `The drill ${ID} waits (restoring).`,
      `The drill ${ID} waits (removing).`,
      `The drill ${ID} has succeeded: 0 tables with 0 rows are equal.`,
    ]);
    expect(world.copies.made).toEqual([NATIVE, TOPPED]);
    expect(world.copies.copies.size).toBe(0);
    expect(reportOf(world)).toMatchObject({ outcome: 'succeeded', lastSuccessMs: BEGIN_MS, step: 'ended' });
  });

  it('begins when it is due or asked for, and only where the lead is', async () => {
    const world = fakeWorld();
    world.leads = false;
    expect((await drill(world.ports, HOST, true)).sentence).toBe(
      'Another region leads, and holds the drills.',
    );
    world.leads = true;
    await runs(world);
    expect((await drill(world.ports, HOST, false)).sentence).toBe('No drill is due.');
    expect((await drill(world.ports, HOST, true)).sentence).toContain('waits (restoring)');
  });

  it('goes on to its end where the lead has gone away meanwhile', async () => {
    const world = fakeWorld();
    await drill(world.ports, HOST, false);
    world.leads = false;
    expect((await runs(world)).at(-1)).toContain('has succeeded');
  });

  it.each(['list', 'make', 'remove', 'latest'])('comes to the same end if a run dies at %s', async (call) => {
    for (let at = 1; at <= 3; at += 1) {
      const world = fakeWorld();
      let calls = 0;
      world.copies.before = (name) => {
        if (name !== call) return;
        calls += 1;
        if (calls === at) throw new Error('The run died.');
      };
      expect((await runs(world)).at(-1)).toContain('has succeeded');
      expect(world.copies.copies.size).toBe(0);
    }
  });

  it('leaves a drill to the run that was quicker', async () => {
    const world = fakeWorld();
    const [one, other] = await Promise.all([
      drill(world.ports, HOST, false),
      drill(world.ports, HOST, false),
    ]);
    expect([one.sentence, other.sentence].sort()[0]).toBe('Another run has begun the drill.');
    expect((await runs(world)).at(-1)).toContain('has succeeded');
  });

  it('gives a copy of before a rotation the current password, and goes on', async () => {
    const world = fakeWorld();
    world.refusing.add(TOPPED);
    expect((await runs(world)).at(-1)).toContain('has succeeded');
    expect(world.copies.passwords).toEqual([TOPPED]);
  });

  it('fails with what is wrong, and removes everything all the same', async () => {
    const world = fakeWorld();
    const checks = [
      { name: 'orders-add-up', sql: 'SELECT wrong' },
      { name: 'well', sql: 'SELECT well' },
      { name: 'broken', sql: 'SELECT broken' },
    ];
    world.sessions.set(
      TOPPED,
      emptyDatabase((sql) => {
        if (sql === 'SELECT broken') throw new Error('syntax error');
        if (sql === 'SELECT wrong') return [{ value: false }];
        return sql === 'SELECT well' ? [{ value: true }] : undefined;
      }),
    );
    const host = { ...HOST, settings: { ...HOST.settings, checks } };
    const said = await runs(world, 20, host);
    expect(said.at(-1)).toBe(
      `The drill ${ID} has failed: The check orders-add-up did not give one row that is true. The check broken failed: syntax error`,
    );
    expect(world.copies.copies.size).toBe(0);
    expect(reportOf(world)).toMatchObject({ outcome: 'failed', lastSuccessMs: null });
  });

  it('fails after errors in a row, or when it takes too long, and removes what it made', async () => {
    const broken = fakeWorld();
    broken.sessions.set(
      NATIVE,
      emptyDatabase(() => {
        throw new Error('The disk is full.');
      }),
    );
    expect((await runs(broken)).at(-1)).toContain('filling: The disk is full.');
    const slow = fakeWorld();
    slow.copies.before = (call) => {
      if (call === 'make') slow.copies.copies.set(NATIVE, 'creating-for-ever');
    };
    const said = await runs(slow, 60);
    expect(said.at(-1)).toContain('It had not ended after 8 hours, in the step restoring.');
    expect([broken.copies.copies.size, slow.copies.copies.size]).toEqual([0, 0]);
  });

  it('goes on deleting for as long as RDS refuses, and has succeeded all the same', async () => {
    const world = fakeWorld();
    let refused = 0;
    world.copies.before = (call) => {
      if (call !== 'remove' || refused === 12) return;
      refused += 1;
      throw new Error('The instance is backing up.');
    };
    expect((await runs(world, 40)).at(-1)).toContain('has succeeded');
    expect([refused, world.copies.copies.size]).toEqual([12, 0]);
  });

  it('deletes what an earlier drill has left behind, and nothing that is not named as a drill', async () => {
    const world = fakeWorld();
    world.copies.copies.set(`${PREFIX}20251201t0200-native`, 'available');
    world.copies.copies.set('shop-db-restore-mine', 'available');
    expect((await drill(world.ports, HOST, false)).leftovers).toBe(1);
    await runs(world);
    expect([...world.copies.copies.keys()]).toEqual(['shop-db-restore-mine']);
  });
});

describe('the measures of a drill', () => {
  const record = (changes: Partial<DrillRecord>): DrillRecord => ({
    id: ID,
    step: 'ended',
    beganMs: BEGIN_MS,
    failures: 0,
    base: { snapshot: 's' },
    nativeTimeMs: BEGIN_MS - 240_000,
    archiveHeadUs: String(BigInt(BEGIN_MS - 3_000) * 1000n),
    availableMs: BEGIN_MS + 600_000,
    filledMs: BEGIN_MS + 660_000,
    transactions: 5,
    tables: 2,
    rows: '7',
    outcome: 'succeeded',
    problems: [],
    lastSuccessMs: BEGIN_MS,
    firstMs: BEGIN_MS,
    ...changes,
  });

  it('say how long it took, and how much of the last writes nobody could have given back', () => {
    expect(rtoSeconds(record({}))).toBe(660);
    expect(rpoSeconds(record({}))).toBe(3);
    expect(rpoSeconds(record({ archiveHeadUs: null }))).toBe(240);
  });

  it('call the next one due after its days, and overdue after some grace', () => {
    const settings = { everyDays: 30, graceDays: 3 };
    expect(isDue(undefined, BEGIN_MS, 30)).toBe(true);
    expect(isDue(record({}), BEGIN_MS + 30 * DAY_MS - 1, 30)).toBe(false);
    expect(isDue(record({}), BEGIN_MS + 30 * DAY_MS, 30)).toBe(true);
    expect(isDue(record({ step: 'removing' }), BEGIN_MS + 90 * DAY_MS, 30)).toBe(false);
    expect(isOverdue(record({}), BEGIN_MS + 33 * DAY_MS, settings)).toBe(false);
    expect(isOverdue(record({}), BEGIN_MS + 33 * DAY_MS + 1, settings)).toBe(true);
    expect(isOverdue(record({ lastSuccessMs: null }), BEGIN_MS + 3 * DAY_MS + 1, settings)).toBe(true);
  });

  it('are written where CloudWatch finds them, those of the end once', () => {
    const lines: string[] = [];
    const log = createLog((line) => lines.push(line));
    const { ports } = fakeWorld();
    const turn = { record: record({}), sentence: 'Well.', leftovers: 0 };
    measure('shop', { ...turn, ended: true }, HOST.settings, ports.clock, log);
    measure('shop', { ...turn, ended: false }, HOST.settings, ports.clock, log);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      Platform: 'shop',
      DrillRuns: 1,
      DrillSucceeded: 1,
      DrillFailed: 0,
      DrillOverdue: 0,
      DrillRtoSeconds: 660,
      DrillRpoSeconds: 3,
    });
    expect(lines[1]).not.toContain('DrillSucceeded');
  });
});
