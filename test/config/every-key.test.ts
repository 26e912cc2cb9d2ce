import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { platformSchema } from '../../lib/config/schema/platform';
import { unwrap } from '../../lib/config/schema-walk';

const LIB = resolve(__dirname, '../../lib');
/** What lib/config itself uses up. Everything else must reach the code that builds: to be checked builds nothing. */
const USED_UP = [
  'cache.standbyReplicas', // a number of replicas of the cache
  'database.class', // the class of an instance
  'database.standby.class',
  'edge.ttlSeconds', // the one that alias records have anyway; the timings reckon with it
  'leadership.watchSeconds', // what it leaves beyond the fence is the margin of the agent
  'objectives', // promises that the rules hold against the timings
  'objectives.rpoSeconds',
  'objectives.rtoSeconds',
];

const code = readdirSync(LIB, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.startsWith('config/'))
  .map((file) => readFileSync(join(LIB, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, ''))
  .join('\n');

/** Whether a property is read somewhere: `x.key`, or `{ key }`. A key that shares its name with another one may pass. */
const isRead = (key: string): boolean => new RegExp(`[.{,]\\s*${key}\\b`).test(code);

/** Every key of a file, mappings too; `*` stands for any name, lists add nothing. */
function keys(schema: z.core.$ZodType, path: readonly string[] = []): string[] {
  const inner = unwrap(schema);
  if (inner instanceof z.ZodObject)
    return [
      path.join('.'),
      ...Object.entries(inner.shape).flatMap(([key, child]) => keys(child, [...path, key])),
    ];
  if (inner instanceof z.ZodRecord) return keys(inner.valueType, [...path, '*']);
  if (inner instanceof z.ZodArray) return keys(inner.element, path);
  if (inner instanceof z.ZodDiscriminatedUnion) return inner.options.flatMap((one) => keys(one, path));
  return [path.join('.')];
}

const lastKey = (key: string): string =>
  key
    .replace(/(\.\*)+$/, '')
    .split('.')
    .at(-1) ?? key;

describe('a key of the platform file', () => {
  const all = [...new Set(keys(platformSchema))].filter((key) => key !== '');

  it('reaches what is built', () => {
    expect(all.length).toBeGreaterThan(150);
    expect(all.filter((key) => !USED_UP.includes(key) && !isRead(lastKey(key)))).toEqual([]);
  });

  it('that is said to be used up exists', () => {
    expect(USED_UP.filter((key) => !all.includes(key))).toEqual([]);
  });
});
