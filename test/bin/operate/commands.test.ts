import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { run } from '../../../bin/commands/program';
import { EXIT, type Terminal } from '../../../bin/commands/terminal';
import { leadership } from '../../../bin/operate/aws/leadership';
import type { LeadershipRecord } from '../../../lambda/leader/record';
import { systemClock } from '../../../lambda/runtime/clock';
import { VALID } from '../../config/fixture';
import { useLocalAws } from '../../support/local-aws';
import { terminal } from './fakes';
import {
  makeDatabases,
  makeLogs,
  makeTables,
  putRecord,
  say,
  sayWell,
  TABLE_REGIONS,
} from './local-platform';
import { HOME, moved, operation, replicaTurn, STANDBY, serving } from './records';

const aws = useLocalAws(HOME);
const folder = mkdtempSync(join(tmpdir(), 'holdfast-operate-'));
const file = join(folder, 'demo.yaml');

beforeAll(() => writeFileSync(file, VALID));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(async () => {
  await aws().reset();
  await Promise.all([makeTables(), makeLogs(), makeDatabases()]);
});

async function holdfast(args: readonly string[], changes: Partial<Terminal> = {}) {
  const { end, said } = terminal(changes);
  return { exit: await run([...args, '--platform', file], end), ...said };
}
const table = () => leadership('demo-leadership', TABLE_REGIONS, systemClock, () => 'unused');
const now = (): Promise<LeadershipRecord | undefined> => table().read();
/** The record as it is now, renewed a moment ago. */
const alive = (changes: Partial<LeadershipRecord> = {}) => serving(changes, Date.now());

describe('holdfast status', () => {
  it('says that all is well, with the verdict first', async () => {
    await putRecord(alive());
    await sayWell();
    const { exit, out, err } = await holdfast(['status']);
    expect([exit, err]).toEqual([EXIT.ok, '']);
    expect(
      out.replace(/\b\d+ s (ago: |ago\n|more,)/g, 'N s $1'),
    ).toBe(`demo: us-east-1 leads and takes writes; us-west-2 can take over.

  record    SERVING, epoch 1, version 41; lease of 60 s, renewed N s ago

us-east-1  home, leads
  lease     open for N s more, 12 sessions
  RDS       available, primary
  agent     N s ago: Renewed the lease of epoch 1 as version 41.

us-west-2  standby
  replica   streaming, 0.4 s behind (gate 60 s)
  RDS       available, replica
  agent     N s ago: Watches us-east-1, which renewed 2 s ago.

If us-east-1 died now: us-west-2 would take writes within 105 s and the time of the promotion; what was written in the last 0.4 s would be missing until it is salvaged.

Nothing wrong can be seen.
`);
  });

  it('tells programs the same as JSON', async () => {
    await putRecord(alive());
    await sayWell();
    const { out } = await holdfast(['status', '--json']);
    expect(JSON.parse(out)).toMatchObject({
      platform: 'demo',
      record: { epoch: 1, holder: HOME, state: 'SERVING', version: 41 },
      regions: [
        {
          region: HOME,
          role: 'home',
          agent: { database: { inRecovery: false } },
          instance: { source: null },
        },
        { region: STANDBY, role: 'standby', agent: { lagSeconds: 0.4 }, instance: { status: 'available' } },
      ],
      problems: [],
    });
  });

  it('tells what it cannot see, and goes on without it', async () => {
    await putRecord(alive());
    await sayWell();
    process.env.AWS_ENDPOINT_URL_CLOUDWATCH_LOGS = 'http://127.0.0.1:1';
    try {
      const { exit, out } = await holdfast(['status']);
      expect(exit).toBe(EXIT.notOk);
      expect(out).toContain(
        'us-east-1 leads (whether it takes writes cannot be seen from here); whether us-west-2 can take over cannot be seen from here.',
      );
      expect(out).toContain(
        '  - The agent in us-west-2 cannot be seen: logs:FilterLogEvents in us-west-2 could not be reached',
      );
    } finally {
      delete process.env.AWS_ENDPOINT_URL_CLOUDWATCH_LOGS;
    }
  });

  it('says that there is no record, and that silent agents are silent', async () => {
    const { exit, out } = await holdfast(['status']);
    expect(exit).toBe(EXIT.notOk);
    expect(out).toMatch(/^demo: Nobody leads: the leadership table holds no record\.\n/);
    expect(out).toContain('  - The agent in us-east-1 has said nothing for ten minutes.');
  });

  it('looks again until Ctrl-C', async () => {
    await putRecord(alive());
    await sayWell();
    const stop = new AbortController();
    let looks = 0;
    const { exit } = await holdfast(['status', '--watch', '--json'], {
      out: (text) => {
        expect(JSON.parse(text)).toMatchObject({ platform: 'demo' });
        looks += 1;
        stop.abort();
      },
      interruption: () => stop.signal,
    });
    expect([exit, looks]).toEqual([EXIT.ok, 1]);
  });
});

describe('the operations, on a real table', () => {
  it('freezes and thaws with a version more each, and says when it is so already', async () => {
    await putRecord(alive());
    expect(await holdfast(['freeze', '--reason', 'audit'])).toEqual({
      exit: EXIT.ok,
      out: 'demo: done. This forbids every move: no region takes over, whatever happens, until `npx holdfast thaw`.\n',
      err: '',
    });
    expect(await now()).toMatchObject({ frozen: true, version: 42 });
    expect((await holdfast(['freeze'])).out).toBe('demo: done. It is frozen already.\n');
    await holdfast(['thaw']);
    expect(await now()).toMatchObject({ frozen: false, version: 43 });
  });

  it('begins a switchover with who asked and why, and leaves it if told not to wait', async () => {
    await putRecord(alive());
    await sayWell();
    const { exit, out } = await holdfast([
      'switchover',
      '--to',
      STANDBY,
      '--no-wait',
      '--reason',
      'patch day',
    ]);
    expect([exit, out]).toEqual([
      EXIT.ok,
      'demo: begun. This moves the lead from us-east-1 to us-west-2; writes stop until us-west-2 serves, and none is lost.\n',
    ]);
    expect(await now()).toMatchObject({
      state: 'DRAINING',
      operation: { kind: 'switchover', to: STANDBY, sentence: 'anna asked for it: patch day' },
    });
  });

  it('rebuilds after a move', async () => {
    await putRecord(moved('SERVING'));
    expect((await holdfast(['failback', '--no-wait'])).exit).toBe(EXIT.ok);
    expect(await now()).toMatchObject({ state: 'REBUILDING', operation: { kind: 'failback', to: HOME } });
  });

  it('takes over by force only with --force, and with --yes where nobody can type', async () => {
    await putRecord(alive());
    await say(STANDBY, replicaTurn({ atMs: Date.now(), lagSeconds: 93 }));
    expect(await holdfast(['failover'])).toMatchObject({
      exit: EXIT.wrongUse,
      err: expect.stringContaining('--force'),
    });
    expect((await holdfast(['failover', '--force'])).exit).toBe(EXIT.notOk);
    expect(await now()).toMatchObject({ operation: null });
    const { exit, out } = await holdfast(['failover', '--force', '--yes', '--no-wait']);
    expect(exit).toBe(EXIT.ok);
    expect(out).toContain('  - us-west-2 is 93.0 s behind');
    expect(await now()).toMatchObject({ state: 'SERVING', operation: { kind: 'force', to: STANDBY } });
  });

  it.each<[readonly string[], LeadershipRecord, string]>([
    [
      ['switchover'],
      moved('SERVING'),
      'demo: refused. us-east-1 was left in a move and is not fit to lead. Allowed now: npx holdfast failback\n',
    ],
    [
      ['switchover', '--to', 'us-west-1'],
      serving(),
      'demo: refused. there is no region of this platform that can lead us-west-1; did you mean us-west-2? there are us-east-1, us-west-2.\n',
    ],
    [['failback'], serving(), 'demo: refused. There is nothing to rebuild: the lead has never moved.\n'],
    [
      ['failover', '--force', '--yes'],
      moved('PROMOTING'),
      'demo: refused. us-west-2 is taking over (PROMOTING); wait for it: npx holdfast status --watch\n',
    ],
    [
      ['failback'],
      moved('SERVING', { operation: operation('force', HOME) }),
      'demo: refused. Another operation is under way: force to us-east-1. anna asked for it.\n',
    ],
  ])('refuses %j in a sentence, and changes nothing', async (args, record, sentence) => {
    await putRecord(record);
    expect(await holdfast(args)).toEqual({ exit: EXIT.notOk, out: sentence, err: '' });
    expect(await now()).toEqual(record);
  });

  it('changes nothing in a dry run, and tells programs so', async () => {
    await putRecord(alive());
    await sayWell();
    const { exit, out } = await holdfast(['switchover', '--dry-run', '--json']);
    expect(exit).toBe(EXIT.ok);
    expect(JSON.parse(out)).toEqual({
      platform: 'demo',
      command: 'switchover',
      dryRun: true,
      outcome: 'would',
      sentence:
        'It would move the lead from us-east-1 to us-west-2; writes stop until us-west-2 serves, and none is lost.',
      events: [],
    });
    expect(await now()).toMatchObject({ version: 41 });
  });

  it('follows to the end, with what the agents say', async () => {
    await putRecord(serving({ state: 'DRAINING', operation: operation('switchover', STANDBY) }));
    const end = moved('SERVING', {}, 'switchover');
    const running = holdfast(['switchover']);
    await say(STANDBY, replicaTurn({ atMs: Date.now() + 1_000, sentence: 'Writes begin at epoch 2.' }));
    await putRecord(end);
    const { exit, out } = await running;
    expect(exit).toBe(EXIT.ok);
    expect(out).toMatch(
      /^demo: the switchover to us-west-2 is under way \(DRAINING\); following it\. .*\n +\d+ s {2}us-west-2: Writes begin at epoch 2\.\n +\d+ s {2}SERVING: us-west-2, epoch 2\ndemo: done\. us-west-2 leads at epoch 2\./,
    );
  });

  it('does not change what it cannot read, and says that nothing was changed', async () => {
    process.env.AWS_ENDPOINT_URL_DYNAMODB = 'http://127.0.0.1:1';
    try {
      const { exit, out } = await holdfast(['freeze']);
      expect(exit).toBe(EXIT.notOk);
      expect(out).toMatch(
        /^demo: failed: nothing was changed\. The leadership table could not be read in any region\./,
      );
    } finally {
      delete process.env.AWS_ENDPOINT_URL_DYNAMODB;
    }
  });
});
