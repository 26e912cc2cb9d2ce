import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parsePlatform } from '../../../lib/config/load';
import { UsageError } from '../../../local/command-line';
import { DRILL_USAGE, readDrillOptions } from '../../../local/drill/options';
import { atPace, PACE, platformFile } from '../../../local/drill/pace';
import { SCENARIOS } from '../../../local/drill/scenarios';

const ROOT = resolve(__dirname, '../../..');
const AROUND = { env: {}, cwd: '/calls', root: ROOT };
const read = (...args: string[]) => readDrillOptions(args, AROUND);

describe('the options of a drill', () => {
  it('are a lost region at the fast pace, with a report where it was called, if none is given', () => {
    const { scenarios, pace, report, json, logs, source } = read();
    expect(scenarios.map(({ name }) => name)).toEqual(['region-loss']);
    expect({ pace, report, json, logs, source }).toEqual({
      pace: 'fast',
      report: '/calls/drill-report.html',
      json: undefined,
      logs: undefined,
      source: 'ops-center',
    });
  });

  it('check the deployment first only if that is asked for', () => {
    expect(read().checkDeployment).toBe(false);
    expect(read('--check-deployment').checkDeployment).toBe(true);
  });

  it('say how much is asked for, and how many ask', () => {
    expect(read().load).toEqual({ clients: 12, perSecond: 60 });
    expect(read('--rate', '1000', '--clients', '100').load).toEqual({ clients: 100, perSecond: 1000 });
  });

  it('name scenarios in the order in which they are played', () => {
    expect(read('--scenario', 'partition, failback').scenarios.map(({ name }) => name)).toEqual([
      'partition',
      'failback',
    ]);
  });

  it('take files as seen from where npm was called', () => {
    const around = { ...AROUND, env: { INIT_CWD: '/elsewhere' } };
    const { report, json, logs } = readDrillOptions(
      ['--report', 'a.html', '--json', '/b.json', '--keep-logs', 'logs'],
      around,
    );
    expect([report, json, logs]).toEqual(['/elsewhere/a.html', '/b.json', '/elsewhere/logs']);
  });

  it.each([
    [
      ['--scenario', 'partitoin'],
      /^There is no scenario partitoin; did you mean partition\? there are database-failure, /,
    ],
    [['--pace', 'slow'], /^There is no pace slow; there are fast, real\.$/],
    [['--rate', '0'], /^--rate 0: it must be a whole number from 1 to 100000\.$/],
    [['--clients', '1e3'], /^--clients 1e3: it must be a whole number from 1 to 100000\.$/],
    [['--scenario'], /^--scenario needs a value\.$/],
    [['--sceanrio', 'x'], /^There is no option --sceanrio; did you mean --scenario\?$/],
  ])('answer %j with one sentence', (args, sentence) => {
    expect(() => read(...args)).toThrow(UsageError);
    expect(() => read(...args)).toThrow(sentence);
  });

  it('take a scenario from a file of its own', () => {
    const file = join(ROOT, 'local/drill/scenarios/flapping.ts');
    expect(read('--scenario', `switchover,${file}`).scenarios.map(({ name }) => name)).toEqual([
      'switchover',
      'flapping',
    ]);
  });

  it.each([
    ['./none.ts', 'There is no file /calls/none.ts.'],
    [
      join(ROOT, 'local/drill/pace.ts'),
      `${ROOT}/local/drill/pace.ts exports no scenario: { name, says, steps, expect }.`,
    ],
  ])('refuse the file %s', (file, sentence) => {
    expect(() => read('--scenario', file)).toThrow(new UsageError(sentence));
  });

  it('are told with every scenario', () => {
    for (const { name } of SCENARIOS) expect(DRILL_USAGE).toContain(`  ${name}: `);
  });
});

describe('a platform file at a pace', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'holdfast-pace-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const { path, platform } = platformFile('ops-center', ROOT);
  const fast = () => parsePlatform(atPace(path, platform, PACE.fast), path);

  it('is the file itself at the real pace', () => {
    expect(atPace(path, platform, PACE.real)).toBe(readFileSync(path, 'utf8'));
  });

  it('has its timings divided at the fast one, none below what a file may say', () => {
    expect(fast().leadership).toMatchObject({
      leaseSeconds: 15,
      enforceSeconds: 1,
      pollSeconds: 1,
      databaseOutageSeconds: Math.max(60, Math.round(platform.leadership.databaseOutageSeconds / 4)),
    });
  });

  it('keeps the whole margin between the last session of one side and the claim of the other', () => {
    const { leaseSeconds, enforceSeconds, watchSeconds } = fast().leadership;
    expect(watchSeconds - leaseSeconds - 2 * enforceSeconds).toBe(5);
  });

  it('says nothing else', () => {
    const { leadership, ...rest } = fast();
    const { leadership: timings, ...asItWas } = parsePlatform(readFileSync(path, 'utf8'), path);
    expect([rest, leadership.regions]).toEqual([asItWas, timings.regions]);
  });

  it('is read also if it has timings of its own', () => {
    const own = join(folder, 'own.yaml');
    const leadership = 'leadership: { leaseSeconds: 120, enforceSeconds: 8, watchSeconds: 200 }\n';
    writeFileSync(own, `${readFileSync(path, 'utf8')}\n${leadership}`);
    const found = platformFile(own, ROOT);
    const text = atPace(own, found.platform, PACE.fast);
    expect(parsePlatform(text, own).leadership).toMatchObject({
      leaseSeconds: 30,
      enforceSeconds: 2,
      watchSeconds: 39,
    });
  });

  it.each(['jackcwf', 'ops-center', 'prodstack', 'mercator-jupiter'])('is valid for %s', (name) => {
    const found = platformFile(name, ROOT);
    expect(() => parsePlatform(atPace(found.path, found.platform, PACE.fast), name)).not.toThrow();
  });
});
