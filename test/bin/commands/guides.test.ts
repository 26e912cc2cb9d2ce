import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Command } from 'commander';
import { COMMANDS } from '../../../bin/commands';
import { terminal } from '../operate/fakes';

const GUIDES = resolve(__dirname, '../../../docs/guides');
const guides = readdirSync(GUIDES)
  .filter((name) => name.endsWith('.md'))
  .map((name) => ({ name, text: readFileSync(join(GUIDES, name), 'utf8') }));

const program = new Command();
for (const add of COMMANDS) add(program, terminal().end, () => {});
const GLOBAL = ['--platform', '--json', '--help', '--version'];

/** What stands behind `npx holdfast`, up to what ends a command in a text. */
const called = (text: string): string[][] =>
  [...text.matchAll(/npx holdfast ([^`\n#|]+)/g)].map(([, rest = '']) => rest.trim().split(/[\s,;:.]+/));

/** The commands that a line walks down to, each below the one before. */
function walked(from: Command, words: readonly string[]): Command[] {
  const below = from.commands.find((one) => one.name() === words[0]);
  return below ? [below, ...walked(below, words.slice(1))] : [];
}

/** Why a command line would be refused as wrong use; undefined if it would not. */
function mistake(words: readonly string[]): string | undefined {
  const commands = walked(program, words);
  if (commands.length === 0) return `there is no command ${words[0]}`;
  const known = commands.flatMap(({ options }) => options.flatMap(({ long, short }) => [long, short]));
  const wrong = words.find(
    (word) => /^--?[a-z]/.test(word) && !known.includes(word) && !GLOBAL.includes(word),
  );
  return wrong === undefined ? undefined : `${words[0]} has no option ${wrong}`;
}

describe.each(guides)('the guide $name', ({ text }) => {
  it('names only commands and options that there are', () => {
    expect(called(text).flatMap((line) => mistake(line) ?? [])).toEqual([]);
  });

  it('points only at files that there are', () => {
    const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, path = '']) => path);
    expect(
      links.filter((path) => !existsSync(resolve(GUIDES, dirname(path), path.split('/').at(-1) ?? ''))),
    ).toEqual([]);
  });
});

describe('the guides', () => {
  it('are there, with commands in them', () => {
    expect(guides.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['deploying.md', 'troubleshooting.md']),
    );
    expect(guides.flatMap(({ text }) => called(text)).length).toBeGreaterThan(50);
  });
});
