import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { EXIT } from '../../../bin/commands/terminal';
import { loadPlatform } from '../../../lib/config/load';
import { ROOT } from '../../support/synth';

/** The real command on a real terminal: what the library of the questions does there, no fake of it can show. */

interface Typed {
  readonly status: number | null;
  readonly screen: string;
  readonly missed: string | null;
  readonly restored: boolean;
}

const folder = mkdtempSync(join(tmpdir(), 'holdfast-terminal-'));
const file = join(folder, 'platform.yaml');
beforeEach(() => rmSync(file, { force: true }));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ENTER = '\r';
const CTRL_C = '\u0003';
const EMPTY_LINE = '\u0015';
const DOWN = '\u001b[B';

/** @param steps what to wait for, and what to type then */
async function typed(args: readonly string[], steps: readonly (readonly [string, string])[]): Promise<Typed> {
  const { stdout } = await promisify(execFile)(
    'python3',
    [
      join(ROOT, 'test/support/terminal.py'),
      JSON.stringify(steps),
      process.execPath,
      join(ROOT, 'bin/holdfast.mjs'),
      ...args,
    ],
    {
      cwd: folder,
      env: {
        PATH: process.env.PATH,
        HOME: folder,
        TERM: 'xterm-256color',
        AWS_EC2_METADATA_DISABLED: 'true',
        AWS_CONFIG_FILE: '/dev/null',
        AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      },
    },
  );
  return JSON.parse(stdout) as Typed;
}

describe('init on a terminal', () => {
  it('asks one question after the other, proposes an answer to each, and writes a file that can be used', async () => {
    const { status, missed, screen, restored } = await typed(
      ['init', '--out', file],
      [
        ['Name of the platform', `My Shop${ENTER}`],
        ['"My Shop" is not allowed', `${EMPTY_LINE}shop${ENTER}`],
        ['AWS account', ENTER],
        ['Home region', DOWN + ENTER],
        ['Standby region', ENTER],
        ['Size', ENTER],
        ['Domain of the platform', ENTER],
        ['Hosted zone that holds it', ENTER],
        ['Id of the hosted zone', ENTER],
        ['Name of the service', ENTER],
        ['Its image', `web:2.1.0${ENTER}`],
        ['Does it answer requests?', ENTER],
        ['Port that it listens on', ENTER],
        ['Requests that it gets', ENTER],
        ['Path of its health check', ENTER],
        ['Another service?', ENTER],
        ['A database', ENTER],
        ['Name of the database', ENTER],
        ['A cache', `y${ENTER}`],
        ['E-mail address', `ops@example.org${ENTER}`],
      ],
    );
    expect({ missed, screen: missed === null ? '' : screen }).toEqual({ missed: null, screen: '' });
    expect([status, restored]).toEqual([EXIT.ok, true]);
    expect(screen).toContain(`Wrote ${file}.`);
    const { name, services, cache, domain, regions } = loadPlatform(file, { root: ROOT });
    expect([name, domain.name, services.length, cache !== undefined]).toEqual([
      'shop',
      'shop.example.com',
      1,
      true,
    ]);
    expect(regions.home.name).not.toBe(regions.standby.name);
    expect(services[0]?.image).toMatchObject({ reference: { tag: '2.1.0' } });
  }, 120_000);

  it('writes nothing after Ctrl-C, says so, and leaves the terminal as it was', async () => {
    const { status, screen, missed, restored } = await typed(
      ['init', '--out', file],
      [
        ['Name of the platform', `shop${ENTER}`],
        ['AWS account', CTRL_C],
      ],
    );
    expect([missed, status, restored, existsSync(file)]).toEqual([null, EXIT.notOk, true, false]);
    expect(screen).toContain('Nothing was written.');
    expect(screen).not.toMatch(/ExitPromptError|\n\s+at /);
  }, 120_000);
});

describe('secrets set on a terminal', () => {
  it('shows nothing of the value that is typed', async () => {
    const { screen, missed, restored } = await typed(
      ['secrets', 'set', 'smtp-password', '--platform', join(ROOT, 'platforms/prodstack.yaml')],
      [['not shown: ', `R0tt3rdam-n3ver-shown${ENTER}`]],
    );
    expect([missed, restored]).toEqual([null, true]);
    expect(screen).not.toContain('R0tt3rdam');
    expect(screen).toContain('no AWS credentials');
  }, 120_000);

  it('changes nothing after Ctrl-C', async () => {
    const { screen, missed, status, restored } = await typed(
      ['secrets', 'set', 'smtp-password', '--platform', join(ROOT, 'platforms/prodstack.yaml')],
      [['not shown: ', CTRL_C]],
    );
    expect([missed, status, restored]).toEqual([null, EXIT.notOk, true]);
    expect(screen).toContain('Nothing was typed, and nothing was changed.');
  }, 120_000);
});
