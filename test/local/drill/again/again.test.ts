import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { UsageError } from '../../../../local/command-line';
import { AGAIN_USAGE, readAgainOptions } from '../../../../local/drill/again/options';
import {
  listeningIn,
  portsOf,
  processesIn,
  processesNow,
  Tree,
} from '../../../../local/drill/again/processes';
import { compare, filesLeft, type Run, summary } from '../../../../local/drill/again/summary';

const AROUND = { env: {}, cwd: '/calls', root: resolve(__dirname, '../../../..') };
const read = (...args: string[]) => readAgainOptions(args, AROUND);

describe('the options of a drill that is run again', () => {
  it('are how often, and those of the drill, with files of its own for each run', () => {
    const { runs } = read(
      '--times',
      '2',
      '--scenario',
      'partition,failback',
      '--rate',
      '9',
      '--reports',
      '/r',
    );
    expect(runs.map(({ reports }) => reports.map(({ json }) => json))).toEqual([
      ['/r/run-1-partition.json', '/r/run-1-failback.json'],
      ['/r/run-2-partition.json', '/r/run-2-failback.json'],
    ]);
    expect(runs[1]?.args.join(' ')).toBe(
      '--scenario partition,failback --rate 9 --report /r/run-2.html --json /r/run-2.json',
    );
  });

  it.each([
    [['--times', '1'], '--times 1: it must be a whole number from 2 to 100.'],
    [['--times', 'x'], '--times x'],
    [['--scenario', 'nothing'], 'nothing'],
    [['--keep-logs', 'x'], 'keep-logs'],
  ])('%j are refused', (args, sentence) => {
    expect(() => read(...args)).toThrow(UsageError);
    expect(() => read(...args)).toThrow(sentence);
  });

  it('are told, in lines that fit', () => {
    expect(read('--help').help).toBe(true);
    expect(Math.max(...AGAIN_USAGE.split('\n').map((line) => line.length))).toBeLessThanOrEqual(120);
  });
});

describe('what runs have left', () => {
  it('is every file but the modules that tsx keeps compiled for the next start', () => {
    expect(filesLeft(['tsx-0', 'holdfast-drill-logs-x', 'tsx-1000', 'tsx-leftover', 'a.pid'])).toEqual([
      'a.pid',
      'holdfast-drill-logs-x',
      'tsx-leftover',
    ]);
  });
});

describe('runs that are compared', () => {
  const run = (number: number, more: Partial<Run> = {}): Run => ({
    number,
    exitStatus: 0,
    seconds: 100.4,
    outcomes: [
      {
        scenario: 'load',
        verdict: 'passed',
        expectations: [{ name: 'All is well', held: true, found: `${number}` }],
      },
    ],
    left: { processes: [], ports: [], files: [] },
    ...more,
  });
  const broken = {
    exitStatus: 1,
    outcomes: [
      {
        scenario: 'load',
        verdict: 'failed' as const,
        expectations: [{ name: 'All is well', held: false, found: '' }],
      },
    ],
  };

  it('pass if all passed in the same way and left nothing, whatever figures they found', () => {
    const found = compare([run(1), run(2)]);
    expect(found).toMatchObject({ verdict: 'passed', problems: [] });
    expect(summary(found)).toContain('ok: 2 runs passed, ended the same and left nothing.');
  });

  it.each([
    ['one of them failed', [run(1), run(2, broken)], 'Run 2 did not end as the first one'],
    ['all of them failed', [run(1, broken), run(2, broken)], 'Run 1 did not pass'],
    [
      'one was not played to its end',
      [run(1), run(2, { outcomes: [] })],
      'Run 2 did not end as the first one',
    ],
    [
      'a process is left',
      [run(1, { left: { processes: ['7 postgres'], ports: [5], files: [] } })],
      '7 postgres',
    ],
    [
      'files are left',
      [run(1, { left: { processes: [], ports: [], files: ['logs'] } })],
      'left files: logs.',
    ],
    ['there was none', [], 'failed: 0 problems in 0 runs.'],
  ])('do not pass if %s', (_, runs, sentence) => {
    const found = compare(runs);
    expect(found.verdict).toBe('failed');
    expect(summary(found)).toContain(sentence);
  });
});

describe('a tree of processes', () => {
  const list = (...lines: string[]) => processesIn(lines.join('\n'));
  const AT = 'Sat Nov 21 10:00:00 2026';

  it('is what was started, also by those who have ended meanwhile', () => {
    const tree = new Tree(10);
    tree.look(list(`10 1 ${AT} node`, `11 10 ${AT} python`, `12 11 ${AT} a b`, `20 1 ${AT} other`));
    tree.look(list(`12 1 ${AT} a b`, `13 12 ${AT} c`));
    const now = list(`12 1 ${AT} a b`, `13 1 ${AT} c`, `20 1 ${AT} other`);
    expect(tree.left(now).map(({ pid, command }) => `${pid} ${command}`)).toEqual(['12 a b', '13 c']);
  });

  it('has no process that was given the number of one that ended', () => {
    const tree = new Tree(10);
    tree.look(list(`10 1 ${AT} node`));
    expect(tree.left(list('10 1 Sat Nov 21 11:00:00 2026 vi'))).toEqual([]);
  });

  it('is found on this machine', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    const tree = new Tree(child.pid ?? -1);
    tree.look(processesNow());
    expect(tree.left(processesNow()).map(({ pid }) => pid)).toEqual([child.pid]);
    child.kill();
    await once(child, 'exit');
    expect(tree.left(processesNow())).toEqual([]);
  });
});

describe('ports on which processes listen', () => {
  it('are read from the table of the system', () => {
    const table = [
      '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
      '   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0 100 0',
      '   1: 0100007F:1F91 0100007F:0050 01 00000000:00000000 00:00000000 00000000     0        0 4712 1 0 100 0',
    ];
    expect([...listeningIn(table.join('\n'))]).toEqual([['4711', 8080]]);
  });

  it('are found on this machine', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const own = processesNow().filter(({ pid }) => pid === process.pid);
    expect(portsOf(own)).toContain(port);
    server.close();
  });
});
