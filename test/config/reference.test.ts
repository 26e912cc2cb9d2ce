import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import { platformJsonSchema } from '../../lib/config/json-schema';
import { parsePlatform } from '../../lib/config/load';
import { generatedDocs, MINIMAL_EXAMPLE } from '../../lib/config/reference';
import { descriptionOf } from '../../lib/config/reference-tables';
import { platformSchema } from '../../lib/config/schema/platform';
import { unwrap } from '../../lib/config/schema-walk';
import { edit, FILE, VALID } from './fixture';

const ROOT = resolve(__dirname, '../..');

describe('the generated pages', () => {
  it.each(Object.entries(generatedDocs()))('are fresh; if not, run npm run docs: %s', (path, content) => {
    expect(readFileSync(join(ROOT, path), 'utf8') === content).toBe(true);
  });

  it('link only to headings that they have', () => {
    const page = generatedDocs()['docs/platform-file.md'] ?? '';
    const anchors = [...page.matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
      (heading ?? '')
        .toLowerCase()
        .replace(/[^a-z0-9 _-]/g, '')
        .replaceAll(' ', '-'),
    );
    const links = [...page.matchAll(/\]\(#([^)]*)\)/g)].map(([, link]) => link ?? '');
    expect(links.length).toBeGreaterThan(40);
    expect(links.filter((link) => !anchors.includes(link))).toEqual([]);
    expect(anchors.filter((anchor, i) => anchors.indexOf(anchor) !== i)).toEqual([]);
  });

  it('show a smallest file that finds the schema from the root of the project', () => {
    const [, schema = ''] = /^# yaml-language-server: \$schema=(\S+)\n/.exec(MINIMAL_EXAMPLE) ?? [];
    expect(resolve(ROOT, schema)).toBe(join(ROOT, 'docs/platform.schema.json'));
  });

  it('show a smallest file that is valid and forgets nothing', () => {
    const platform = parsePlatform(MINIMAL_EXAMPLE, 'platform.yaml');
    expect(platform.services[0]?.replicas.home.min).toBe(3);
    expect(platform.notes.filter((note) => !/this version/.test(note))).toEqual([]);
  });
});

describe('the schema', () => {
  it('describes every key', () => {
    const silent: string[] = [];
    const walk = (schema: z.core.$ZodType, path: string): void => {
      const inner = unwrap(schema);
      if (inner instanceof z.ZodObject) {
        for (const [key, child] of Object.entries(inner.shape)) {
          if (!descriptionOf(child)) silent.push(`${path}.${key}`);
          walk(child, `${path}.${key}`);
        }
      } else if (inner instanceof z.ZodRecord) walk(inner.valueType, `${path}.*`);
      else if (inner instanceof z.ZodArray) walk(inner.element, `${path}[]`);
      else if (inner instanceof z.ZodDiscriminatedUnion)
        for (const option of inner.options) walk(option, path);
    };
    walk(platformSchema, '');
    expect(silent).toEqual([]);
  });
});

describe('the JSON Schema', () => {
  const asRead = z.fromJSONSchema(platformJsonSchema() as Parameters<typeof z.fromJSONSchema>[0]);
  const problems = (text: string): unknown => asRead.safeParse(parse(text)).error?.issues;

  it.each(readdirSync(join(ROOT, 'platforms')))('accepts platforms/%s', (file) => {
    expect(problems(readFileSync(join(ROOT, 'platforms', file), 'utf8'))).toBeUndefined();
  });

  it.each([
    ['a misspelt key', ['size: medium', 'siez: medium']],
    ['a value that is not allowed', ['size: medium', 'size: huge']],
    ['a missing key', ['    id: Z0123456789\n', '']],
    ['a pattern that does not match', ['"123456789012"', '"1234"']],
  ] as const)('refuses %s', (_, change) => {
    expect(problems(VALID)).toBeUndefined();
    expect(problems(edit(VALID, change))).toBeDefined();
  });

  it('asks for nothing that the file may leave out', () => {
    expect(platformJsonSchema().required).toEqual(['name', 'account', 'regions', 'domain', 'services']);
    expect(parsePlatform(MINIMAL_EXAMPLE, FILE).backup.keep.daily).toBe(7);
  });
});
