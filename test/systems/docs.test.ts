import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ROOT, SYSTEMS } from '../support/synth';

interface Row {
  readonly system: string;
  readonly required: string;
  readonly builtIn: string;
  readonly titles: readonly string[];
}

const NOTHING = '—';
const document = readFileSync(join(ROOT, 'docs/systems.md'), 'utf8');

const rows: Row[] = document.split(/^## /m).flatMap((section) => {
  const [system = '', ...lines] = section.split('\n');
  return lines
    .filter((line) => line.startsWith('| ') && !line.startsWith('| required |'))
    .map((line) => {
      const [required = '', builtIn = '', shownBy = ''] = line
        .split('|')
        .map((cell) => cell.trim())
        .slice(1, -1);
      return {
        system: system.trim(),
        required,
        builtIn,
        titles: shownBy === NOTHING ? [] : shownBy.split('<br>').map((title) => title.replace(/^"|"$/g, '')),
      };
    });
});

const testFiles = (folder: string): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => join(folder, file));

/** Titles of the tests in a file: the first argument of `it`, also behind a table. */
function titlesOf(file: string): string[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const call = /\bit(?:\.each\b[\s\S]*?\)\(|\()\s*(['"`])((?:\\.|(?!\1)[^\\])*)\1/g;
  return [...text.matchAll(call)].map(([, , title = '']) => title.replaceAll(/\\(.)/g, '$1'));
}

describe('docs/systems.md', () => {
  it('has a table of each system', () => {
    for (const system of SYSTEMS)
      expect(rows.filter((row) => row.system === system).length).toBeGreaterThan(14);
  });

  it('names only tests that exist', () => {
    const known = new Set(
      ['test/systems', 'test/stacks', 'test/monitoring', 'test/local'].flatMap(testFiles).flatMap(titlesOf),
    );
    expect(rows.flatMap(({ titles }) => titles).filter((title) => !known.has(title))).toEqual([]);
  });

  it.each(SYSTEMS)('names every test of %s', (system) => {
    const named = new Set(rows.filter((row) => row.system === system).flatMap(({ titles }) => titles));
    const titles = titlesOf(`test/systems/${system}.test.ts`);
    expect(titles.length).toBeGreaterThan(10);
    expect(titles.filter((title) => !named.has(title))).toEqual([]);
  });

  it('names only files that exist', () => {
    const files = rows.flatMap(({ builtIn }) =>
      [...builtIn.matchAll(/`(\w+\/[^`\s]+\.ts)`/g)].map(([, file = '']) => file),
    );
    expect(files.length).toBeGreaterThan(50);
    expect(files.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
  });

  it('says of each requirement without a test that it is not built yet, or that AWS has no such thing', () => {
    const silent = rows.filter(
      ({ titles, builtIn }) => titles.length === 0 && !/not yet built/.test(builtIn),
    );
    expect(silent.map(({ required }) => required)).toEqual([]);
    expect(rows.filter(({ builtIn }) => builtIn === '').map(({ required }) => required)).toEqual([]);
  });
});
