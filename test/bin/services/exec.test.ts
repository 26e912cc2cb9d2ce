import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { sessionPlugin } from '../../../bin/services/exec/plugin';
import type { OpenTask, SessionPlugin, Tasks } from '../../../bin/services/exec/ports';
import { choose, type ExecRequest, exec, quoted } from '../../../bin/services/exec/run';
import { terminal } from '../operate/fakes';
import { HOME } from '../operate/records';
import { demo, web } from './fakes';

const SESSION = { sessionId: 'id', streamUrl: 'wss://there', tokenValue: 'secret-token' };
const open = (id: string, changes: Partial<OpenTask> = {}): OpenTask => ({
  id,
  runtimeId: `${id}-1`,
  takesCommands: true,
  ...changes,
});

async function run(
  request: Partial<ExecRequest> = {},
  running: readonly OpenTask[] = [open('aa11')],
  isThere = true,
) {
  const { end, said } = terminal();
  const done: string[] = [];
  const tasks: Tasks = {
    running: async () => running,
    open: async (region, task, command) => {
      done.push(`${region} ${task} ${command}`);
      return SESSION;
    },
  };
  const plugin: SessionPlugin = {
    isThere: async () => isThere,
    attach: async (region, _, target) => {
      done.push(`attach ${region} ${target}`);
      return 7;
    },
  };
  const asked: ExecRequest = {
    service: { ...web, exec: true },
    role: 'home',
    task: undefined,
    command: ['ls', '-l', '/tmp'],
    dryRun: false,
    json: false,
    ...request,
  };
  return { code: await exec(demo, asked, tasks, plugin, end), done, ...said };
}

describe('a command in a task', () => {
  it('is opened by ECS and carried by the plugin, whose exit code it ends with', async () => {
    const { code, done } = await run();
    expect(code).toBe(7);
    expect(done).toEqual([`${HOME} aa11 ls -l /tmp`, `attach ${HOME} ecs:demo_aa11_aa11-1`]);
  });

  it.each<[string, Partial<ExecRequest>, readonly OpenTask[], boolean, string]>([
    [
      'the file does not allow it',
      { service: web },
      [open('aa')],
      true,
      'does not say services.web.exec: true',
    ],
    ['nothing runs', {}, [], true, 'No task of web in us-east-1 runs; why, npx holdfast health may tell.'],
    [
      'there is no such task',
      { task: 'bb' },
      [open('aa')],
      true,
      'There is no task bb of web in us-east-1; there are aa.',
    ],
    [
      'its tasks are older than the setting',
      {},
      [open('aa', { takesCommands: false })],
      true,
      'takes commands yet',
    ],
    ['the plugin is not here', {}, [open('aa')], false, 'Install it'],
  ])('does not begin if %s, and says so in a sentence', async (_, request, running, isThere, sentence) => {
    const { code, done, err } = await run(request, running, isThere);
    expect([code, done]).toEqual([undefined, []]);
    expect(err).toContain(sentence);
  });

  it('begins nothing in a dry run, and says where it would', async () => {
    const { code, done, out } = await run({ dryRun: true, command: ['echo', "it's"] });
    expect([code, done]).toEqual([0, []]);
    expect(out).toContain(`It would run echo 'it'"'"'s' in the task aa11 of web in us-east-1.`);
  });

  it('says for programs what it would do, and why it does not begin', async () => {
    const would = await run({ dryRun: true, json: true });
    expect(JSON.parse(would.out)).toMatchObject({
      platform: 'demo',
      command: 'exec',
      dryRun: true,
      outcome: 'would',
      result: { region: HOME, task: 'aa11', command: ['ls', '-l', '/tmp'] },
    });
    const refused = await run({ json: true }, []);
    expect([refused.err, refused.code]).toEqual(['', undefined]);
    expect(JSON.parse(refused.out)).toMatchObject({ outcome: 'refused', dryRun: false });
  });

  it('takes the task that is named by the beginning of its id', () => {
    expect(choose([open('aa11'), open('ab22')], 'ab', 'web')).toMatchObject({ runtimeId: 'ab22-1' });
  });

  it('keeps words together that a shell would part', () => {
    expect(['a b', '$HOME', 'plain-1.2/x', ''].map(quoted)).toEqual([
      "'a b'",
      "'$HOME'",
      'plain-1.2/x',
      "''",
    ]);
  });
});

describe('the plugin', () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-plugin-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('is asked for before anything is opened', async () => {
    expect(await sessionPlugin({ PATH: folder }).isThere()).toBe(false);
  });

  it('gets session, region and target in the order in which the AWS CLI gives them', async () => {
    const file = join(folder, 'session-manager-plugin');
    writeFileSync(file, `#!/bin/sh\n[ "$1" = --version ] || printf '%s\\n' "$@" > ${folder}/said\nexit 3\n`);
    chmodSync(file, 0o755);
    const plugin = sessionPlugin({ PATH: `${folder}:${process.env.PATH ?? ''}` });
    expect(await plugin.attach(HOME, SESSION, 'ecs:demo_a_a-1')).toBe(3);
    expect(readFileSync(join(folder, 'said'), 'utf8').split('\n').slice(0, 6)).toEqual([
      '{"SessionId":"id","StreamUrl":"wss://there","TokenValue":"secret-token"}',
      HOME,
      'StartSession',
      '',
      '{"Target":"ecs:demo_a_a-1"}',
      'https://ssm.us-east-1.amazonaws.com',
    ]);
  });
});
