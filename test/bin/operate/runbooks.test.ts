import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Command } from 'commander';
import { COMMANDS } from '../../../bin/commands';
import { RECOVERY_ALARMS, RUNBOOKS } from '../../../lib/recovery/alarms';
import { ROOT } from '../../support/synth';
import { terminal } from './fakes';
import { SCENES } from './runbook-scenes';

const FOLDER = join(ROOT, 'docs/runbooks');
const names = readdirSync(FOLDER).map((file) => file.replace(/\.md$/, ''));
const textOf = (name: string): string => readFileSync(join(FOLDER, `${name}.md`), 'utf8');

/** Every command that a runbook shows, in a block or within a sentence. */
const shown = names.flatMap((name) =>
  [...textOf(name).matchAll(/npx holdfast [^\n`|;]+/g)].map(([command]) => ({
    name,
    command: command.trim(),
  })),
);

/** The program without its actions. */
function program(): Command {
  const made = new Command('holdfast').option('-p, --platform <name>').option('--json');
  for (const add of COMMANDS) add(made, terminal().end, () => {});
  return made;
}

describe('the runbooks', () => {
  it('are those that the alarms name', () => {
    expect(names.sort()).toEqual([...RUNBOOKS].sort());
  });

  it('name every alarm of the recovery, in the runbook that the alarm itself names', () => {
    for (const { name, runbook } of RECOVERY_ALARMS) {
      expect([name, textOf(runbook).includes(`\`${name}\``)]).toEqual([name, true]);
      expect([name, textOf('agent-paged').includes(`\`${name}\``)]).toEqual([name, true]);
    }
  });

  it('show only commands that exist, with options that they have', () => {
    expect(shown.length).toBeGreaterThan(20);
    const known = program().commands;
    for (const { name, command } of shown) {
      const [verb = '', ...rest] = command.replace('npx holdfast ', '').split(' ');
      const found = known.find((one) => one.name() === verb);
      expect([name, command, found?.name()]).toEqual([name, command, verb]);
      const options = rest.filter((word) => word.startsWith('-'));
      const has = found?.options.flatMap(({ long, short }) => [long, short]) ?? [];
      expect([name, command, options.filter((option) => !has.includes(option))]).toEqual([name, command, []]);
    }
  });

  it.each(SCENES.map((scene, index) => [`${scene.runbook}, ${index}: ${scene.command}`, scene] as const))(
    'show the output of a real run: %s',
    async (_, { runbook, output }) => {
      const text = textOf(runbook);
      const blocks = [...text.matchAll(/```text\n([\s\S]*?)\n```/g)].map(([, block]) => block);
      expect(blocks).toContain((await output()).trimEnd());
    },
  );

  it('show no output that no run made', () => {
    const blocks = names.flatMap((name) => textOf(name).match(/```text\n/g) ?? []);
    expect(blocks).toHaveLength(SCENES.length);
  });

  it('tell when they apply, and how to see that the end is reached', () => {
    for (const name of names) {
      expect([name, /^\*\*When\*\*: /m.test(textOf(name))]).toEqual([name, true]);
      expect([name, /^## \d\. (Verify|After it|It has taken over)/m.test(textOf(name))]).toEqual([
        name,
        true,
      ]);
    }
  });
});
