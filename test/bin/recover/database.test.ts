import { describe, expect, it } from '@jest/globals';
import { BadRequest, type DatabaseOptions, databaseRequest } from '../../../bin/recover/database/request';
import { restoreDatabase } from '../../../bin/recover/database/run';
import { type Ended, telling } from '../../../bin/recover/telling';
import { BadTarget } from '../../../lambda/archive/restore/target';
import type { RestoreReply } from '../../../lambda/restore/request';
import { FakeClock } from '../../support/fake-clock';
import { terminal } from '../operate/fakes';
import { HOME, STANDBY } from '../operate/records';
import { platform } from '../support/ports';
import { FakeRecovery } from './fakes';

const PLATFORM = platform();
const NOW = Date.UTC(2026, 0, 31, 12, 30);
const NAME = 'demo-db-restore-mine';
const prepared: RestoreReply = {
  operation: 'prepare',
  outcome: 'done',
  sentence: 'It is closed.',
  database: {
    version: '17.6',
    system: '7',
    database: 'app',
    position: '0/5',
    timeline: 2,
    closed: true,
    epoch: 1,
    activeJobs: 0,
  },
};
const last = { endLsn: '0/99', commitTimeUs: String(BigInt(NOW) * 1000n) };
const toppedUp = (outcome: 'done' | 'more'): RestoreReply => ({
  operation: 'top-up',
  outcome,
  sentence: `Added 5 (${outcome}).`,
  applied: 5,
  last,
  head: last,
});
const verified = (problems: readonly string[] = [], unheld: string | null = null): RestoreReply => ({
  operation: 'verify',
  outcome: 'done',
  sentence: 'Read.',
  problems,
  tables: [{ table: 'public.orders', rows: '12', digest: 'ab' }],
  leftOut: [],
  last,
  unheld,
});

function recovery(): FakeRecovery {
  const world = new FakeRecovery();
  world.replies.set('prepare', [prepared]);
  world.replies.set('top-up', [toppedUp('more'), toppedUp('done')]);
  world.replies.set('verify', [verified()]);
  return world;
}

/** Restores as the command does, with a clock that never waits. */
async function restore(
  world: FakeRecovery,
  options: DatabaseOptions = {},
  { dryRun = false, json = false, stop = new AbortController().signal } = {},
): Promise<{ readonly ended: Ended; readonly out: string }> {
  const clock = new FakeClock(NOW);
  const hurried = Object.assign(Object.create(clock), { sleep: async () => undefined });
  const { end, said } = terminal();
  const manner = { json, dryRun, clock: hurried, stop };
  const ended = await telling(PLATFORM.name, 'restore', end, manner, async (tell) => {
    const request = databaseRequest(PLATFORM, { to: 'latest', into: 'mine', ...options }, NOW);
    return restoreDatabase(PLATFORM, request, world, manner, tell);
  });
  return { ended, out: said.out };
}

const operations = ({ asked }: FakeRecovery) => asked.map(({ request }) => request.operation);

describe('the restore of a database', () => {
  it('makes a closed instance of its own, tops it up until it is done, verifies, and says what comes next', async () => {
    const world = recovery();
    const { ended, out } = await restore(world);
    expect(ended.outcome).toBe('done');
    expect(world.made).toEqual([
      expect.objectContaining({
        identifier: NAME,
        securityGroup: 'sg-quarantine',
        restoreTimeMs: Date.UTC(2026, 0, 31, 12),
        tags: { 'holdfast:platform': 'demo', 'holdfast:part': 'Restore', 'holdfast:restore': 'latest' },
      }),
    ]);
    expect(operations(world)).toEqual(['prepare', 'top-up', 'top-up', 'verify']);
    expect(out).toContain(`demo: done. ${NAME} in ${HOME} is restored and verified.`);
    expect(out).toContain('1 tables with 12 rows were read');
    expect(out).toContain('docs/runbooks/restore-a-database.md');
  });

  it('changes nothing in a dry run, and explains its choice', async () => {
    const world = recovery();
    const { ended, out } = await restore(world, {}, { dryRun: true });
    expect([ended.outcome, world.made, world.asked]).toEqual(['would', [], []]);
    expect(out).toContain(`It would make ${NAME} in ${HOME}.`);
    expect(out).toContain(
      'Base: the automated backups of us-east-1 in us-east-1, restored to 2026-01-31T12:00:00Z.',
    );
  });

  it('goes on with what the same command has made', async () => {
    const world = recovery();
    world.instances.set(`${STANDBY}/${NAME}`, { status: 'creating', target: 'latest' });
    const { ended, out } = await restore(world);
    expect([ended.outcome, world.made]).toEqual(['done', []]);
    expect(out).toContain('is there already (creating): going on with it.');
    expect(world.asked.every(({ region }) => region === STANDBY)).toBe(true);
  });

  it.each([
    [undefined, 'is no database that this command has made'],
    ['0/1', 'was restored to 0/1: say another --into'],
  ])('never touches an instance that it has not made for this target (%s)', async (target, sentence) => {
    const world = recovery();
    world.instances.set(`${HOME}/${NAME}`, { status: 'available', target });
    const { ended } = await restore(world);
    expect(ended).toMatchObject({ outcome: 'refused', sentences: [expect.stringContaining(sentence)] });
    expect([world.made, world.asked]).toEqual([[], []]);
  });

  it('waits while the copy gets the current password', async () => {
    const world = recovery();
    world.replies.set('prepare', [
      { operation: 'password', outcome: 'more', sentence: 'It gets the current one.' },
      prepared,
    ]);
    expect((await restore(world)).ended.outcome).toBe('done');
    expect(operations(world).slice(0, 2)).toEqual(['prepare', 'prepare']);
  });

  it('ends with what stands against it, and with the command that goes on', async () => {
    const world = recovery();
    world.replies.set('top-up', [
      { operation: 'refused', outcome: 'refused', sentence: 'The archive is damaged.' },
    ]);
    const { ended } = await restore(world);
    expect(ended).toMatchObject({
      outcome: 'failed',
      sentences: [
        'The archive is damaged.',
        expect.stringContaining('npx holdfast restore --platform demo --to latest --into mine'),
      ],
    });
  });

  it('fails if the verification finds something', async () => {
    const world = recovery();
    world.replies.set('verify', [verified(['It is open: applications may write to it.'])]);
    const { ended } = await restore(world);
    expect(ended.outcome).toBe('failed');
    expect(ended.sentences).toContain('It is open: applications may write to it.');
  });

  it('copies tables into a schema of their own in the living database', async () => {
    const world = recovery();
    const copied = [
      { table: 'public.orders', into: '"restored_mine"."public_orders"', rows: '12', whole: true },
    ];
    world.replies.set('copy-tables', [
      { operation: 'copy-tables', outcome: 'more', sentence: '0 of 1.', copied },
      { operation: 'copy-tables', outcome: 'done', sentence: '1 of 1.', copied },
    ]);
    const { ended } = await restore(world, { tables: 'orders, public.items' });
    expect(world.asked.at(-1)?.request).toEqual({
      operation: 'copy-tables',
      instance: NAME,
      tables: ['orders', 'public.items'],
      schema: 'restored_mine',
    });
    expect(ended.sentences).toContain(
      'public.orders: 12 rows are in "restored_mine"."public_orders" of the living database.',
    );
  });

  it('has it held against the head of the archive that the top-up has seen', async () => {
    const world = recovery();
    await restore(world);
    expect(world.asked.at(-1)?.request).toMatchObject({
      operation: 'verify',
      target: 'latest',
      head: '0/99',
    });
    const other = recovery();
    await restore(other, { to: '2026-01-31T12:00:00Z' });
    expect(other.asked.at(-1)?.request).toMatchObject({ operation: 'verify' });
    expect(other.asked.at(-1)?.request).not.toHaveProperty('head');
  });

  it('does not call verified what was held against no archive, and says why', async () => {
    const world = recovery();
    const unheld = 'The archive has no transaction of this database.';
    world.replies.set('verify', [verified([], unheld)]);
    const { ended, out } = await restore(world);
    expect(ended.sentences[0]).toBe(`${NAME} in ${HOME} is restored; not held against an archive: ${unheld}`);
    expect(out).not.toContain('verified');
  });

  it('goes on without what does not answer, and says so', async () => {
    const world = recovery();
    world.bases[STANDBY] = new Error('The region is away.');
    world.record = new Error('The table is away.');
    const { ended, out } = await restore(world);
    expect(ended.outcome).toBe('done');
    expect(out).toContain('The region is away.');
    expect(out).toContain('The table is away.');
  });

  it('restores in the region that answers, and says that the other one was not asked', async () => {
    const world = recovery();
    world.silent.add(HOME);
    world.bases[STANDBY] = [
      { kind: 'snapshot', region: STANDBY, origin: HOME, name: 'last-night', takenMs: NOW - 3_600_000 },
    ];
    const { ended, out } = await restore(world);
    expect([ended.outcome, world.made.map(({ base }) => base.region)]).toEqual(['done', [STANDBY]]);
    expect(out).toMatch(new RegExp(`Whether ${NAME} is in ${HOME} already is not known: .*ENETUNREACH`));
  });

  it('says that the outcome is unknown when the wait was ended', async () => {
    const stop = new AbortController();
    stop.abort();
    const { ended } = await restore(recovery(), {}, { stop: stop.signal });
    expect(ended).toMatchObject({ outcome: 'unknown', sentences: [expect.stringContaining('goes on')] });
  });

  it('tells programs the same as JSON', async () => {
    const { out } = await restore(recovery(), {}, { json: true });
    expect(JSON.parse(out)).toMatchObject({
      platform: 'demo',
      command: 'restore',
      outcome: 'done',
      result: { identifier: NAME, region: HOME, problems: [] },
    });
  });
});

describe('a request', () => {
  it.each([
    [{}, BadRequest],
    [{ to: 'yesterday' }, BadTarget],
    [{ to: 'latest', into: 'Mine' }, BadRequest],
    [{ to: 'latest', into: 'drill-1' }, BadRequest],
    [{ to: 'latest', into: 'x'.repeat(60) }, BadRequest],
    [{ to: 'latest', region: 'us-west-1' }, BadRequest],
  ])('is refused as %j', (options, error) => {
    expect(() => databaseRequest(PLATFORM, options, NOW)).toThrow(error);
  });

  it('names the copy by the time if nobody does', () => {
    expect(databaseRequest(PLATFORM, { to: 'latest' }, NOW).identifier).toBe(
      'demo-db-restore-at-20260131t1230',
    );
  });
});
