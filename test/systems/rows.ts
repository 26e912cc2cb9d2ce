import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The tables of `docs/systems.md`, and the titles of tests that they name. */

const ROOT = resolve(__dirname, '../..');

/** A requirement of a system. */
export interface Row {
  readonly system: string;
  readonly required: string;
  readonly builtIn: string;
  /** As the sources write them: with `%s` or `$name` where a table of values fills them in. */
  readonly titles: readonly string[];
}

/** In the place of a title: nothing shows it. */
const NOTHING = '—';

export function readRows(): Row[] {
  const document = readFileSync(join(ROOT, 'docs/systems.md'), 'utf8');
  return document.split(/^## /m).flatMap((section) => {
    const [system = '', ...lines] = section.split('\n');
    return lines
      .filter((line) => line.startsWith('| ') && !line.startsWith('| required |'))
      .map((line) => rowOf(system.trim(), line));
  });
}

function rowOf(system: string, line: string): Row {
  const [required = '', builtIn = '', shownBy = ''] = line
    .split('|')
    .map((cell) => cell.trim())
    .slice(1, -1);
  const titles = shownBy === NOTHING ? [] : shownBy.split('<br>');
  return { system, required, builtIn, titles: titles.map((title) => title.replace(/^"|"$/g, '')) };
}

/** @returns the test files below a folder of the project, from its root on */
export const testFiles = (folder: string): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => join(folder, file));

/** @returns the titles of the tests in a file: the first argument of `it`, also behind a table */
export function titlesOf(file: string): string[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const call = /\bit(?:\.each\b[\s\S]*?\)\(|\()\s*(['"`])((?:\\.|(?!\1)[^\\])*)\1/g;
  return [...text.matchAll(call)].map(([, , title = '']) => title.replaceAll(/\\(.)/g, '$1'));
}

/** @returns what the title of a source looks like in a report, its places filled in */
export const reported = (title: string): RegExp =>
  new RegExp(
    `^${title
      .split(/%[sdijo#p%]|\$\{[^}]*\}|\$[\w.]+/)
      .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*')}$`,
  );
