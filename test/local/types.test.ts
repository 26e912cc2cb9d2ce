import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ROOT, SYSTEMS, type Synthesized, synthesize, synthesized, variant } from '../support/synth';

/** Another test compares the list with what the local AWS API says of itself. */
const KNOWN = new Set(
  [...readFileSync(join(ROOT, 'docs/local-api.md'), 'utf8').matchAll(/`(AWS::\w+::\w+)`/g)].map(
    ([, type]) => type ?? '',
  ),
);

const unknown = ({ templates }: Synthesized): string[] => {
  const all = [...templates.values()].flatMap(({ Resources }) => Object.values(Resources));
  const types = new Set(all.map(({ Type }) => Type).filter((type) => type.startsWith('AWS::')));
  return [...types].filter((type) => !KNOWN.has(type)).sort();
};

describe('the local AWS API', () => {
  it.each(SYSTEMS)('knows every type of resource in the templates of %s', (name) => {
    expect(unknown(synthesized(name))).toEqual([]);
  });

  it('knows those of a CDN', () => {
    expect(unknown(synthesize(variant('ops-center', { edge: { cdn: { paths: ['/assets/*'] } } })))).toEqual(
      [],
    );
  });
});
