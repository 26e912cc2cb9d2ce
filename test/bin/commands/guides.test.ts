import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Command } from 'commander';
import { COMMANDS } from '../../../bin/commands';
import { ROOT } from '../../support/synth';
import { terminal } from '../operate/fakes';

interface Text {
  readonly name: string;
  readonly text: string;
}

/** All files below a folder whose names end so. */
const below = (folder: string, end: string): Text[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(end))
    .map((name) => ({ name: join(folder, name), text: readFileSync(join(ROOT, folder, name), 'utf8') }));

const documents: readonly Text[] = [
  ...below('docs', '.md'),
  { name: 'README.md', text: readFileSync(join(ROOT, 'README.md'), 'utf8') },
];
const sources = ['bin', 'lambda', 'lib', 'local'].flatMap((folder) => below(folder, '.ts'));
const scripts = (JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: object }).scripts;

const program = new Command();
for (const add of COMMANDS) add(program, terminal().end, () => {});
const GLOBAL = ['-p', '--platform', '--json', '-h', '--help', '-V', '--version'];

/** What stands behind `npx holdfast`, up to what ends a command in a text or in a string of a source. */
const called = (text: string): string[][] =>
  [...text.matchAll(/npx holdfast ([^`'"\\\n#|]+)/g)].map(([, rest = '']) => rest.trim().split(/[\s,;:.)]+/));

/** The commands that a line walks down to, each below the one before. */
function walked(from: Command, words: readonly string[]): Command[] {
  const next = from.commands.find((one) => one.name() === words[0]);
  return next ? [next, ...walked(next, words.slice(1))] : [];
}

/** Why a command line would be refused as wrong use; undefined if it would not. */
function mistake(words: readonly string[]): string | undefined {
  const [first = ''] = words;
  // A place to be filled in, or the program itself.
  if (/^(\$\{|<|$)/.test(first)) return undefined;
  const commands = walked(program, words);
  if (commands.length === 0 && !first.startsWith('-')) return `there is no command ${first}`;
  const known = commands.flatMap(({ options }) => options.flatMap(({ long, short }) => [long, short]));
  const wrong = words.find(
    (word) => /^--?[a-z]/.test(word) && !known.includes(word) && !GLOBAL.includes(word),
  );
  return wrong === undefined ? undefined : `${first} has no option ${wrong}`;
}

/** What is wrong with a text, with the name of its file. */
const wrongIn = (texts: readonly Text[], mistakes: (text: string) => readonly string[]): string[] =>
  texts.flatMap(({ name, text }) => mistakes(text).map((one) => `${name}: ${one}`));

/** Lines of a source that are not comments. */
const said = (text: string): string =>
  text
    .split('\n')
    .filter((line) => !/^\s*(\/\*\*|\*|\/\/)/.test(line))
    .join('\n');

describe('a command line in a document or a message', () => {
  it('is of a command and of options that there are', () => {
    expect(
      wrongIn([...documents, ...sources], (text) => called(text).flatMap((line) => mistake(line) ?? [])),
    ).toEqual([]);
    expect(documents.flatMap(({ text }) => called(text)).length).toBeGreaterThan(100);
    expect(sources.flatMap(({ text }) => called(said(text))).length).toBeGreaterThan(50);
  });

  it('is told from one that there is not', () => {
    expect(called('say `npx holdfast deploi`, or npx holdfast deploy --dry').map(mistake)).toEqual([
      'there is no command deploi',
      'deploy has no option --dry',
    ]);
  });

  it('can be typed as it stands: it begins with npx', () => {
    const names = program.commands.map((one) => one.name()).join('|');
    const bare = new RegExp(`(?<!npx )(?<![/\\w@.{-])holdfast (${names})\\b(?!:)`, 'g');
    expect(wrongIn(sources, (text) => said(text).match(bare) ?? [])).toEqual([]);
  });

  it('is of the CDK only where the command cannot do it: at first, or for one region', () => {
    const ofTheCdk = /npx cdk deploy (?!--all --no-rollback|--exclusively)[^`\n]+/g;
    expect(wrongIn([...documents, ...sources], (text) => text.match(ofTheCdk) ?? [])).toEqual([]);
  });

  it('is of a script that there is, if it is one', () => {
    const unknown = (text: string): string[] =>
      [...text.matchAll(/npm run (?:--silent )?([a-z][a-z:-]*[a-z])/g)].flatMap(([line, name = '']) =>
        name in scripts ? [] : [line],
      );
    expect(wrongIn([...documents, ...sources], unknown)).toEqual([]);
  });
});

describe('a document', () => {
  it('points only at files that there are', () => {
    const dangling = documents.flatMap(({ name, text }) =>
      [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)]
        .map(([, path = '']) => join(ROOT, dirname(name), path))
        .filter((path) => !existsSync(path))
        .map((path) => `${name}: ${relative(ROOT, path)}`),
    );
    expect(dangling).toEqual([]);
  });

  it('sets a secret by the command that waits for its copy', () => {
    expect(wrongIn(documents, (text) => text.match(/aws secretsmanager put-secret-value/g) ?? [])).toEqual(
      [],
    );
  });
});
