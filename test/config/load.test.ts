import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { loadPlatform, parsePlatform, platformNames } from '../../lib/config/load';
import { edit, FILE, VALID } from './fixture';

const REPOSITORY = resolve(__dirname, '../..');

describe('YAML that cannot be read', () => {
  it.each([
    ['an empty file', '', 'demo.yaml:1: the file is empty; it must describe a platform.'],
    ['a file of comments', '# nothing\n', 'demo.yaml:1: the file is empty; it must describe a platform.'],
    ['a file that says null', '~\n', 'demo.yaml:1: the file is empty; it must describe a platform.'],
    [
      'a list',
      '- name: demo\n',
      'demo.yaml:1: the file holds a list; it must be a mapping with keys such as name, account and regions.',
    ],
    [
      'a single value',
      'demo\n',
      'demo.yaml:1: the file holds a single value; it must be a mapping with keys such as name, account and regions.',
    ],
    [
      'a tab',
      edit(VALID, ['    name: us-west-2', '\tname: us-west-2']),
      'demo.yaml:10: a tab is used to indent; YAML allows spaces only.',
    ],
    [
      'two documents',
      `${VALID}---\nname: other\n`,
      'demo.yaml:96: the file holds several documents (---); it must be one.',
    ],
    [
      'an alias of nothing',
      edit(VALID, ['tags:\n  team: demo', 'tags: *nothing']),
      'demo.yaml:94: there is no anchor &nothing before *nothing.',
    ],
  ])('is refused with its line: %s', (_, text, message) => {
    expect(() => parsePlatform(text, FILE)).toThrow(new Error(message));
  });

  it('is refused when a list is not closed', () => {
    const text = edit(VALID, ['extensions: [pg_trgm]', 'extensions: [pg_trgm']);
    expect(() => parsePlatform(text, FILE)).toThrow(/^demo\.yaml:\d+: the YAML cannot be read: /);
  });

  it('is refused when aliases make a small file enormous', () => {
    const levels = Array.from({ length: 9 }, (_, i) => `a${i}: &a${i} [${`*a${i - 1},`.repeat(i && 9)}x]`);
    expect(() => parsePlatform(levels.join('\n'), FILE)).toThrow(/aliases cannot be followed/);
  });
});

describe('a key that is written twice', () => {
  const problems = (...changes: readonly (readonly [string, string])[]): string => {
    try {
      parsePlatform(edit(VALID, ...changes), FILE);
      return '';
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  };

  it('is reported with both lines, in order with all other problems', () => {
    expect(
      problems(
        ['size: medium', 'size: medium\nsize: large'],
        ['      intervalSeconds: 30', '      intervalSeconds: 3\n      path: /other'],
        ['"02:00"', '"25:00"'],
      ).split('\n'),
    ).toEqual([
      'demo.yaml:4: size: this key is written twice, in the lines 3 and 4; each may be written once.',
      expect.stringMatching(/^demo.yaml:37: services.web.health.intervalSeconds: 3 is not allowed;/),
      'demo.yaml:38: services.web.health.path: this key is written twice, in the lines 36 and 38; each may be written once.',
      expect.stringMatching(/^demo.yaml:88: backup.schedules.nightly.at: "25:00" is not allowed;/),
    ]);
  });

  it('is found in the mappings of a list, and when it is written with quotes', () => {
    expect(problems(['- paths: [/*]', '- paths: [/a]\n        "paths": [/*]'])).toBe(
      'demo.yaml:29: services.web.routes[0].paths: this key is written twice, in the lines 28 and 29; each may be written once.',
    );
  });

  it('is no reason to blame the file for what stands in the other half', () => {
    expect(problems(['tags:\n', 'secrets:\n  late: { description: x }\ntags:\n'])).toBe(
      'demo.yaml:94: secrets: this key is written twice, in the lines 68 and 94; each may be written once.',
    );
    expect(problems(['tags:\n', 'regions:\n  home: {}\ntags:\n'])).toBe(
      'demo.yaml:94: regions: this key is written twice, in the lines 4 and 94; each may be written once.',
    );
  });
});

describe('anchors and aliases', () => {
  it('may be used', () => {
    const text = edit(
      VALID,
      [
        'secrets:\n      DATABASE_USER: database.username\n      SESSION_KEY',
        'secrets: &all\n      DATABASE_USER: database.username\n      SESSION_KEY',
      ],
      [
        'secrets:\n      DATABASE_USER: database.username\n      CACHE_PASSWORD: cache.password',
        'secrets: *all',
      ],
    );
    const [web, worker] = parsePlatform(text, FILE).services;
    expect(worker?.secrets).toEqual(web?.secrets);
  });

  it('lead to the line where the value stands', () => {
    const text = edit(
      VALID,
      ['environment:\n      LOG_LEVEL: info', 'environment: &all\n      LOG_LEVEL: 5'],
      ['  worker:\n', '  worker:\n    environment: *all\n'],
    );
    expect(() => parsePlatform(text, FILE)).toThrow(
      new Error(
        [
          'demo.yaml:39: services.web.environment.LOG_LEVEL: 5 is not allowed; allowed: text. Put it in quotes.',
          'demo.yaml:39: services.worker.environment.LOG_LEVEL: 5 is not allowed; allowed: text. Put it in quotes.',
        ].join('\n'),
      ),
    );
  });
});

describe('the four platforms', () => {
  it.each(['jackcwf', 'mercator-jupiter', 'ops-center', 'prodstack'])('%s loads', (name) => {
    expect(loadPlatform(name, { root: REPOSITORY }).name).toBe(name);
  });
});

describe('finding a platform', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'holdfast-'));
    mkdirSync(join(root, 'platforms'));
    writeFileSync(join(root, 'platforms/demo.yaml'), VALID);
    writeFileSync(join(root, 'platforms/other.yaml'), 'name: other\n');
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it('works by name and by path', () => {
    expect(platformNames(root)).toEqual(['demo', 'other']);
    expect(loadPlatform('demo', { root })).toEqual(loadPlatform(join(root, 'platforms/demo.yaml'), { root }));
  });

  it('names the file relative to the root in its messages', () => {
    expect(() => loadPlatform('other', { root })).toThrow(/^platforms\/other\.yaml:1: account: is missing; /);
  });

  it('proposes the platforms that there are', () => {
    expect(() => loadPlatform('deom', { root })).toThrow(
      new Error('deom: there is no such platform; did you mean demo? platforms/ holds demo, other.'),
    );
  });

  it('says that a path leads nowhere', () => {
    expect(() => loadPlatform('some/where.yaml', { root })).toThrow(
      new Error('some/where.yaml: there is no such file.'),
    );
  });
});
