import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { UsageError } from '../../local/command-line';
import { type DeployOptions, readOptions } from '../../local/deploy-options';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-options-'));
  for (const name of ['project', 'caller']) mkdirSync(join(folder, name));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const read = (args: readonly string[], env: NodeJS.ProcessEnv = {}): DeployOptions =>
  readOptions(args, { env, cwd: join(folder, 'project'), root: join(folder, 'project') });
const file = (...path: string[]): string => {
  const name = join(folder, ...path);
  writeFileSync(name, '');
  return name;
};

describe('the options of a local deployment', () => {
  it.each([
    [['--platfrom', 'x'], 'There is no option --platfrom; did you mean --platform?'],
    [['--colour'], 'There is no option --colour.'],
    [['--platform'], '--platform needs a value.'],
    [['--json', '--once'], '--json needs a value.'],
    [['--keep-logs='], '--keep-logs needs a value.'],
    [['--once=yes'], '--once takes no value.'],
    [['ops-center'], 'ops-center is not an option; they begin with --.'],
    [['-p', 'x'], 'There is no option -p.'],
  ])('answer %j with one sentence', (args, sentence) => {
    expect(() => read(args)).toThrow(new UsageError(sentence));
  });

  it('are told with the usage and code 2, without a stack trace', () => {
    const root = resolve(__dirname, '../..');
    const run = spawnSync(process.execPath, ['--import', 'tsx', 'local/deploy.ts', '--jsno', 'x'], {
      cwd: root,
      encoding: 'utf8',
    });
    expect(run.status).toBe(2);
    expect(run.stderr).toMatch(
      /^There is no option --jsno; did you mean --json\?\n\nnpm run deploy:local -- /,
    );
    expect(run.stderr).not.toMatch(/\n\s+at /);
  });

  it('name the platform: the option, else the environment, else the file of the project, else an example', () => {
    expect(read([])).toMatchObject({ source: 'ops-center', chosenBy: expect.stringMatching(/example/) });
    const own = file('project', 'platform.yaml');
    expect(read([])).toMatchObject({ source: own, chosenBy: expect.stringMatching(/platform\.yaml/) });
    const env = { HOLDFAST_PLATFORM: 'prodstack' };
    expect(read([], env)).toMatchObject({
      source: 'prodstack',
      chosenBy: expect.stringMatching(/HOLDFAST_PLATFORM/),
    });
    expect(read(['--platform', 'jackcwf'], env)).toMatchObject({ source: 'jackcwf' });
  });

  it('take a path from where npm was called, else from the project', () => {
    const env = { INIT_CWD: join(folder, 'caller') };
    const inProject = file('project', 'mine.yaml');
    expect(read(['--platform', 'mine.yaml'], env).source).toBe(inProject);
    const atCaller = file('caller', 'mine.yaml');
    expect(read(['--platform', 'mine.yaml'], env).source).toBe(atCaller);
    expect(read(['--json', 'out.json', '--keep-logs', 'logs'], env)).toMatchObject({
      json: join(folder, 'caller/out.json'),
      logs: join(folder, 'caller/logs'),
    });
  });

  it('say yes and no as asked', () => {
    expect(read([])).toMatchObject({ once: false, keepRunning: false, images: true, help: false });
    expect(read(['--once', '--keep-running', '--no-images', '--help'])).toMatchObject({
      once: true,
      keepRunning: true,
      images: false,
      help: true,
    });
  });
});
