import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { notShown } from '../support/run/rows-reporter';
import { ROOT, SYSTEMS } from '../support/synth';
import { readRows, reported, testFiles, titlesOf } from './rows';

const rows = readRows();

describe('docs/systems.md', () => {
  it('has a table of each system', () => {
    for (const system of SYSTEMS)
      expect(rows.filter((row) => row.system === system).length).toBeGreaterThan(14);
  });

  it('names only tests that exist', () => {
    const known = new Set(testFiles('test').flatMap(titlesOf));
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

  it('is held to the report of the run: a named test that fails or is gone from it is told', () => {
    const testFilePath = join(ROOT, 'test/systems/jackcwf.test.ts');
    const [first = '', second = '', ...others] = titlesOf('test/systems/jackcwf.test.ts');
    const report = (status: string) => ({
      testFilePath,
      testResults: [{ title: first, status }, ...others.map((title) => ({ title, status: 'passed' }))],
    });
    const missing = (status: string) => notShown({ testResults: [report(status)] }).join('\n');
    expect(missing('failed')).toContain(first);
    expect(missing('failed')).toContain(second);
    expect(missing('passed')).not.toContain(first);
    expect(missing('passed')).toContain(second);
  });

  it('finds the title of a source in a report that has filled it in', () => {
    expect(
      reported('keeps at least 2 of %i replicas (in service)').test(
        'keeps at least 2 of 7 replicas (in service)',
      ),
    ).toBe(true);
    expect(reported('gives $name its size').test('gives large its size')).toBe(true);
    expect(reported('gives $name its size').test('gives large its weight')).toBe(false);
  });
});
