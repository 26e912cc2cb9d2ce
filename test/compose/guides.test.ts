import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Command } from 'commander';
import { COMMANDS } from '../../bin/commands';
import { importCompose } from '../../lib/compose/import-compose';
import { terminal } from '../bin/operate/fakes';
import { ROOT } from '../support/synth';

const GUIDES = ['getting-started', 'migrating'];
const textOf = (name: string): string => readFileSync(join(ROOT, `docs/guides/${name}.md`), 'utf8');

const anchorsOf = (page: string): string[] =>
  [...page.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^a-z0-9 _-]/g, '')
      .replaceAll(' ', '-'),
  );

describe('the guides to a first platform', () => {
  it.each(GUIDES)('link only to pages and headings that exist: %s', (name) => {
    const links = [...textOf(name).matchAll(/\]\(([^)]+)\)/g)].map(([, link = '']) => link);
    const broken = links.filter((link) => {
      const [path = '', anchor] = link.split('#');
      const file = path === '' ? join(ROOT, `docs/guides/${name}.md`) : join(ROOT, 'docs/guides', path);
      return (
        !existsSync(file) || (anchor !== undefined && !anchorsOf(readFileSync(file, 'utf8')).includes(anchor))
      );
    });
    expect(broken).toEqual([]);
    expect(links.length).toBeGreaterThan(0);
  });

  it.each(GUIDES)('show only commands and flags that there are: %s', (name) => {
    const program = new Command('holdfast').option('-p, --platform <name>').option('--json');
    for (const add of COMMANDS) add(program, terminal().end, () => {});
    const shown = [
      ...textOf(name)
        .replaceAll('\\\n', '')
        .matchAll(/npx holdfast ([a-z]+)([^\n`#]*)/g),
    ];
    expect(shown.length).toBeGreaterThan(1);
    for (const [whole, verb, rest = ''] of shown) {
      const command = program.commands.find((one) => one.name() === verb);
      const flags = [...(command?.options ?? []), ...program.options].map(({ long }) => long);
      const unknown = [...rest.matchAll(/--[a-z-]+/g)].filter(([flag]) => !flags.includes(flag));
      expect([whole, command?.name(), unknown]).toEqual([whole, verb, []]);
    }
  });

  it('show what the import makes of the example', () => {
    const [compose = '', platform = ''] = [...textOf('migrating').matchAll(/```yaml\n([\s\S]*?)```/g)].map(
      ([, block = '']) => block,
    );
    const imported = importCompose(
      {
        files: ['docker-compose.yml'],
        envFiles: [],
        environment: {},
        read: (path) => (path === 'docker-compose.yml' ? compose : undefined),
      },
      { size: 'small', profiles: [], folderName: 'shop', schema: 'x' },
    );
    if (imported.kind === 'problems')
      throw new Error(imported.problems.map(({ message }) => message).join('\n'));
    expect(imported.text.slice(imported.text.indexOf('services:'))).toBe(platform);
  });
});
