import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import type { Line } from '../../../bin/checks/line';
import { progress } from '../../../bin/checks/progress';
import { render, type Style } from '../../../bin/checks/render';
import { isReady, report, verdict } from '../../../bin/checks/report';
import { platform } from '../support/ports';

const line = (place: string, state: Line['state'], more: Partial<Line> = {}): Line => ({
  check: 'bootstrap',
  place,
  state,
  sentence: `Here it is ${state}.`,
  ...more,
});
const LINES: readonly Line[] = [
  line('us-west-2', 'todo', { fix: 'npx cdk bootstrap aws://123456789012/us-west-2' }),
  line('us-east-1', 'unknown', { sentence: 'The permission ssm:GetParameter is missing.' }),
  line('global', 'ok', { check: 'hosted zone' }),
  line('us-east-2', 'ok', { check: 'secrets', fix: 'first command\nsecond command' }),
];
const shown = (lines: readonly Line[], style: Style): string =>
  render(platform(), report(platform(), lines), style);
const PLAIN: Style = { columns: undefined, colors: false };

describe('the report', () => {
  it('is grouped by place: everywhere first, then home, standby and witness', () => {
    const text = shown(LINES, PLAIN);
    const titles = text.split('\n').filter((row) => /^(Everywhere|us-)/.test(row));
    expect(titles).toEqual([
      'Everywhere',
      'us-east-1 (home, edge)',
      'us-west-2 (standby)',
      'us-east-2 (witness)',
    ]);
  });

  it('is plain text with one row a check where nobody looks', () => {
    const text = shown(LINES, PLAIN);
    expect(text).toContain('\n  to do    bootstrap             Here it is todo.\n');
    expect(text).toBe(stripVTControlCharacters(text));
    expect(text).not.toMatch(/[│─]/);
  });

  it('wraps sentences, but never commands, to the width of a terminal', () => {
    const long = 'word '.repeat(40).trim();
    const command = `aws ${'--option '.repeat(20).trim()}`;
    const rows = shown([line('global', 'todo', { sentence: long, fix: command })], {
      columns: 80,
      colors: false,
    }).split('\n');
    expect(rows.filter((row) => row.length > 80).map((row) => row.trim())).toEqual([
      `1. bootstrap: ${long}`,
      command,
    ]);
  });

  it('is coloured only where that is wanted', () => {
    expect(shown(LINES, { columns: 100, colors: true })).toContain('\x1b[31mto do');
  });

  it('lists what to do with its commands, and apart from it what comes later', () => {
    const text = shown(LINES, PLAIN);
    expect(text).toContain(
      'To do\n  1. us-west-2, bootstrap: Here it is todo.\n     npx cdk bootstrap aws://123456789012/us-west-2\n',
    );
    expect(text).toContain(
      'After the first deployment\n  1. us-east-2, secrets: Here it is ok.\n     first command\n     second command\n',
    );
  });

  it('says the same command once', () => {
    const text = shown(
      [line('us-east-1', 'todo', { fix: 'the fix' }), line('us-west-2', 'todo', { fix: 'the fix' })],
      PLAIN,
    );
    expect(text.split('the fix')).toHaveLength(2);
  });

  it('ends with the verdict', () => {
    expect(shown(LINES, PLAIN).trimEnd().split('\n').at(-1)).toBe(
      '1 thing to do before `npx holdfast deploy`, and 1 question has no answer.',
    );
  });
});

describe('the verdict', () => {
  const ok = line('global', 'ok');
  const todo = line('global', 'todo');
  const unknown = line('global', 'unknown');

  it.each([
    [[ok], 'Ready to deploy.', true],
    [[ok, todo, todo], '2 things to do before `npx holdfast deploy`.', false],
    [[ok, unknown], 'Nothing to do was found, but 1 question has no answer.', false],
    [
      [todo, unknown, unknown],
      '1 thing to do before `npx holdfast deploy`, and 2 questions have no answer.',
      false,
    ],
  ])('%# is one sentence', (lines, sentence, ready) => {
    expect(verdict(lines)).toBe(sentence);
    expect(isReady(lines)).toBe(ready);
  });
});

describe('progress', () => {
  it('is drawn over itself and cleared, only where a person looks', () => {
    const said: string[] = [];
    const seen = progress({ showsProgress: true, err: (text) => said.push(text) });
    seen.step(1, 2);
    seen.clear();
    expect(said).toEqual(['\r\x1b[2KAsking AWS: 1 of 2', '\r\x1b[2K']);
    const unseen = progress({ showsProgress: false, err: (text) => said.push(text) });
    unseen.step(1, 2);
    unseen.clear();
    expect(said).toHaveLength(2);
  });
});
