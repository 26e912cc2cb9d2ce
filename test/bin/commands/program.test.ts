import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { checkPlatform } from '../../../bin/checks/command';
import { checkPolicy } from '../../../bin/checks/policy';
import { COMMANDS } from '../../../bin/commands';
import { HEADINGS } from '../../../bin/commands/groups';
import { run } from '../../../bin/commands/program';
import { EXIT, type Terminal } from '../../../bin/commands/terminal';
import { edit, VALID } from '../../config/fixture';
import { platform, ports, readyPorts } from '../support/ports';

const ROOT = resolve(__dirname, '../../..');
const folder = mkdtempSync(join(tmpdir(), 'holdfast-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function terminal(environment: Terminal['environment'] = {}) {
  const said = { out: '', err: '' };
  const end: Terminal = {
    root: ROOT,
    environment,
    out: (text) => {
      said.out += text;
    },
    err: (text) => {
      said.err += text;
    },
    columns: undefined,
    colors: false,
    showsProgress: false,
  };
  return { end, said };
}

async function holdfast(args: readonly string[], environment: Terminal['environment'] = {}) {
  const { end, said } = terminal(environment);
  return { exit: await run(args, end), ...said };
}

describe('the command line', () => {
  it('prints its version', async () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    expect(await holdfast(['--version'])).toEqual({ exit: EXIT.ok, out: `${version}\n`, err: '' });
  });

  it.each([
    [['--help'], 'check'],
    [['help'], 'check'],
    [['check', '--help'], 'check'],
    [['help', 'check'], 'check'],
    [['start', '--help'], 'start backend'],
    [['help', 'start'], 'start backend'],
    [['help', 'status'], 'status'],
    [['help', 'preflight'], 'preflight'],
    [['help', 'switchover'], 'switchover'],
    [['help', 'failover'], 'failover --force'],
    [['help', 'salvage'], 'salvage'],
    [['help', 'secrets'], 'secrets check'],
    [['help', 'files'], 'files check'],
    [['help', 'deploy'], 'deploy'],
    [['help', 'destroy'], 'destroy --dry-run'],
    [['help', 'rollback'], 'rollback backend --to previous'],
    [['help', 'scale'], 'scale backend --replicas 6'],
    [['help', 'health'], 'health'],
    [['help', 'exec'], 'exec backend'],
    [['help', 'logs'], 'logs backend --follow --filter ERROR'],
    [['help', 'chaos'], 'chaos list'],
  ])('prints help that fits a screen, with an example: %j', async (args, example) => {
    const { exit, out } = await holdfast(args);
    expect(exit).toBe(EXIT.ok);
    // The list of the commands has a line for each of them, and two for each heading and that of the help.
    const lines = args.some((one) => !one.endsWith('help'))
      ? 24
      : 15 + COMMANDS.length + 2 * (HEADINGS.length + 1);
    expect(out.trimEnd().split('\n').length).toBeLessThanOrEqual(lines);
    expect(Math.max(...out.split('\n').map((row) => row.length))).toBeLessThanOrEqual(100);
    expect(out).toContain(`Example:\n  npx holdfast ${example} --platform ops-center`);
  });

  it('names every command in its help', async () => {
    const { out } = await holdfast(['--help']);
    const commands = [...out.matchAll(/^ {2}([a-z]+)(?: [[<][^\]>]+[\]>])* {2,}[A-Z]/gm)].map(
      ([, name]) => name,
    );
    expect(commands).toHaveLength(COMMANDS.length);
    expect(commands).toEqual(expect.arrayContaining(['check', 'start', 'status', 'preflight', 'switchover']));
  });

  it('shows the help to who says nothing, as wrong use', async () => {
    const { exit, err } = await holdfast([]);
    expect(exit).toBe(EXIT.wrongUse);
    expect(err).toContain('Usage: holdfast');
  });

  it.each([
    [['chekc'], 'Did you mean check?'],
    [['check', '--platfrom', 'x'], 'Did you mean --platform?'],
    [['check', '--jsn'], 'Did you mean --json?'],
    [['check', 'too', 'many'], 'too many arguments'],
    [['check', '--dns-server', 'localhost'], 'It must be an address'],
    [['check', '--platform'], 'argument missing'],
  ])('refuses %j and says what was meant', async (args, hint) => {
    const { exit, out, err } = await holdfast(args);
    expect([exit, out]).toEqual([EXIT.wrongUse, '']);
    expect(err).toContain(hint);
  });

  it.each([
    [['scale', 'web'], 'npx holdfast scale --help'],
    [['rollback'], 'npx holdfast rollback --help'],
    [['deploy', '--frist', 'home'], 'npx holdfast deploy --help'],
    [['database', 'import', 'cut'], 'npx holdfast database import --help'],
    [['secrets', 'set'], 'npx holdfast secrets set --help'],
  ])('points from %j to the help of that command', async (args, hint) => {
    const { exit, err } = await holdfast(args);
    expect([exit, err.includes(`See \`${hint}\`.`)]).toEqual([EXIT.wrongUse, true]);
  });

  it('refuses a platform that does not exist, with the likely one', async () => {
    const { exit, err } = await holdfast(['check', '--platform', 'opscenter']);
    expect(exit).toBe(EXIT.wrongUse);
    expect(err).toMatch(/^opscenter: there is no such platform; did you mean ops-center\?/);
  });

  it('refuses to guess a platform', async () => {
    const { exit, err } = await holdfast(['check']);
    expect(exit).toBe(EXIT.wrongUse);
    expect(err).toContain('--platform');
  });

  it('takes the platform of the environment, and says everything that is wrong with its file', async () => {
    const file = join(folder, 'bad.yaml');
    writeFileSync(
      file,
      edit(VALID, ['size: medium', 'size: huge'], ['leaseSeconds: 60', 'leaseSeconds: -1']),
    );
    const { exit, err } = await holdfast(['check'], { HOLDFAST_PLATFORM: file });
    expect(exit).toBe(EXIT.wrongUse);
    expect(err.trimEnd().split('\n')).toHaveLength(2);
    expect(err).toContain(`${file}:3: size: "huge" is not allowed`);
  });

  it('prints the policy without asking anybody anything', async () => {
    expect(await holdfast(['check', '--policy'])).toEqual({ exit: EXIT.ok, out: checkPolicy(), err: '' });
  });
});

describe('holdfast check', () => {
  it('is content with an account that is ready', async () => {
    const { end, said } = terminal();
    expect(await checkPlatform(platform(), end, { json: false, ports: readyPorts() })).toBe(true);
    expect(said.out).toMatch(/^demo in the account 123456789012\n/);
    expect(said.out).toMatch(/\n\nReady to deploy\.\n$/);
  });

  it.each([
    ['something is to do', { roles: { exists: async () => false } }],
    ['a question has no answer', { caches: { ...readyPorts().caches, hasReservations: async () => false } }],
  ])('is not content if %s', async (_, changes) => {
    expect(await checkPlatform(platform(), terminal().end, { json: false, ports: ports(changes) })).toBe(
      false,
    );
  });

  it('prints JSON for programs and nothing else', async () => {
    const { end, said } = terminal();
    await checkPlatform(platform(), end, { json: true, ports: readyPorts() });
    const printed = JSON.parse(said.out) as Record<string, unknown>;
    expect(Object.keys(printed)).toEqual(['platform', 'account', 'lines', 'verdict']);
    expect(printed).toMatchObject({ platform: 'demo', account: '123456789012', verdict: 'Ready to deploy.' });
    expect(said.err).toBe('');
  });
});
