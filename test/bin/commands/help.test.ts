import { beforeAll, describe, expect, it } from '@jest/globals';
import { Command } from 'commander';
import { COMMANDS } from '../../../bin/commands';
import { run } from '../../../bin/commands/program';
import { EXIT } from '../../../bin/commands/terminal';
import { terminal } from '../operate/fakes';

/** A screen that anybody has. */
const SCREEN = { lines: 40, columns: 100 };

const program = new Command();
for (const add of COMMANDS) add(program, terminal().end, () => {});
const below = (command: Command, at: readonly string[] = []): string[][] =>
  command.commands.flatMap((one) => [[...at, one.name()], ...below(one, [...at, one.name()])]);

/** Those that do nothing themselves: their parts take a dry run. */
const GROUPS = new Set(
  below(program)
    .map((path) => path.slice(0, -1).join(' '))
    .filter((name) => name !== ''),
);

describe.each(below(program).map((path) => ({ name: path.join(' '), path })))(
  'the help of $name',
  ({ name, path }) => {
    let out = '';
    beforeAll(async () => {
      const { end, said } = terminal();
      expect(await run([...path, '--help'], end)).toBe(EXIT.ok);
      out = said.out;
    });

    it('fits a screen', () => {
      const lines = out.trimEnd().split('\n');
      expect(lines.length).toBeLessThanOrEqual(SCREEN.lines);
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(SCREEN.columns);
    });

    it('ends with an example of it, and says what it ends with', () => {
      expect(out).toMatch(new RegExp(`Examples?:\\n[\\s\\S]*npx holdfast ${name}\\b`));
      expect(out).toMatch(/Exit code/);
    });

    it('takes what every command takes: a dry run, JSON and the platform', () => {
      const isGroup = GROUPS.has(name);
      for (const option of [...(isGroup ? [] : ['--dry-run']), '--json', '--platform'])
        expect(out).toMatch(new RegExp(`^ .*${option}\\b`, 'm'));
    });

    it('shows no default that says nothing', () => {
      expect(out).not.toMatch(/default: (\[\]|undefined|""|false)/);
    });
  },
);
