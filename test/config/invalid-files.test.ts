import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { parsePlatform } from '../../lib/config/load';
import { PlatformFileError } from '../../lib/config/problem';
import { edit, FILE, VALID } from './fixture';

interface Row {
  readonly title: string;
  readonly replace: readonly { readonly from: string; readonly to: string }[];
  /** `line: path: sentence` */
  readonly problems: readonly string[];
}

const FOLDER = join(__dirname, 'invalid');
const topics = readdirSync(FOLDER).map((file) => ({
  topic: file.replace('.yaml', ''),
  rows: parse(readFileSync(join(FOLDER, file), 'utf8')) as Row[],
}));

/** @returns the lines of the message, without the name of the file */
function problemsOf(text: string): string[] {
  try {
    parsePlatform(text, FILE);
    return [];
  } catch (error) {
    if (!(error instanceof PlatformFileError)) throw error;
    expect(error.message).toBe(error.lines.join('\n'));
    return error.lines.map((line) => {
      expect(line.startsWith(`${FILE}:`)).toBe(true);
      return line.slice(FILE.length + 1);
    });
  }
}

describe('a platform file', () => {
  it('is accepted as the tests edit it', () => {
    expect(problemsOf(VALID)).toEqual([]);
  });

  for (const { topic, rows } of topics) {
    describe(`with a mistake in ${topic}`, () => {
      it.each(rows)('is refused for $title', ({ replace, problems }) => {
        const text = edit(VALID, ...replace.map(({ from, to }) => [from, to] as const));
        expect(problems.length).toBeGreaterThan(0);
        expect(problemsOf(text)).toEqual(problems);
      });
    });
  }

  it('has each mistake once in the table', () => {
    const titles = topics.flatMap(({ rows }) => rows.map(({ title }) => title));
    expect(new Set(titles).size).toBe(titles.length);
    expect(titles.length).toBeGreaterThanOrEqual(60);
  });
});
