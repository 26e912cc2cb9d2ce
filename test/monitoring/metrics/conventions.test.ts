import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { transformSync } from 'esbuild';
import { parse } from 'yaml';
import { APPLICATION_CONVENTIONS } from '../../../lib/monitoring/metrics/application';
import { COMMON_LABELS, type Series, seriesNamed } from '../../../lib/monitoring/metrics/series';
import { ROOT, variant } from '../../support/synth';

const PAGE = readFileSync(join(ROOT, 'docs/metrics.md'), 'utf8');
const code = (language: string): string => {
  const found = new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(PAGE)?.[1];
  if (found === undefined) throw new Error(`docs/metrics.md has no sample in ${language}.`);
  return found;
};

/** Series of a name as an application writes it: a histogram has three. */
function seriesOf(name: string): Series[] {
  const whole = seriesNamed(name);
  return whole ? [whole] : ['bucket', 'sum', 'count'].flatMap((part) => seriesNamed(`${name}_${part}`) ?? []);
}
/** Labels that the application itself gives. */
const ownLabels = (name: string): string[] => {
  const added = ['service', 'task', 'zone', 'job', 'instance', 'le'];
  return [...new Set(seriesOf(name).flatMap(({ labels }) => labels))]
    .filter((one) => !added.includes(one))
    .sort();
};
const words = (text: string): string[] =>
  [...text.matchAll(/["'`](\w+)["'`]/g)].map(([, word = '']) => word).sort();

const table = PAGE.split('\n').flatMap((line) => {
  const [, name = '', kind = '', labels = ''] = line.split('|').map((cell) => cell.trim());
  return /^`\w+`$/.test(name) ? [{ name: name.slice(1, -1), kind, labels: words(labels) }] : [];
});
const python = [
  ...code('python').matchAll(/(?:Counter|Gauge|Histogram)\(\s*"(\w+)",\s*"[^"]*"(?:,\s*\[([^\]]*)\])?/g),
];
const node = [...code('js').matchAll(/name: '(\w+)',\s*help: '[^']*',(?:\s*labelNames: \[([^\]]*)\])?/g)];

describe('docs/metrics.md', () => {
  it('has in its table exactly the conventions of the catalogue, with their labels', () => {
    expect(table.flatMap(({ name }) => seriesOf(name).map((one) => one.name)).sort()).toEqual(
      APPLICATION_CONVENTIONS.map(({ name }) => name).sort(),
    );
    for (const { name, labels } of table) expect({ name, labels }).toEqual({ name, labels: ownLabels(name) });
  });

  it('says of each of which kind it is', () => {
    for (const { name, kind } of table) {
      const [first, ...more] = seriesOf(name);
      expect(`${name}: ${kind}`).toBe(`${name}: ${more.length > 0 ? 'histogram' : first?.kind}`);
    }
  });

  it.each([
    ['Python', python, 6],
    ['Node', node, 5],
  ])('uses in its sample in %s only names and labels of the catalogue', (_, found, count) => {
    expect(found).toHaveLength(count);
    for (const [, name = '', labels = ''] of found)
      expect({ name, labels: words(labels) }).toEqual({ name, labels: ownLabels(name) });
  });

  it('names the labels that the collector adds', () => {
    const [, sentence = ''] = /The collector adds ([\s\S]*?):/.exec(PAGE) ?? [];
    expect(words(sentence)).toEqual([...COMMON_LABELS, 'service', 'task', 'zone', 'job', 'instance'].sort());
  });

  it('has a sample in JavaScript that is one', () => {
    expect(() => transformSync(code('js'), { loader: 'js', format: 'esm' })).not.toThrow();
  });

  it('has a piece of a platform file that is valid and reads the metrics at a port of their own', () => {
    const { services } = parse(code('yaml')) as { services: { backend: object } };
    const backend = { ...services.backend, scaling: null };
    const found = variant('ops-center', { services: { backend } }).services.find(
      ({ name }) => name === 'backend',
    );
    expect(found?.metrics?.containerPort).toBe(9090);
    expect(found?.routes.map(({ containerPort }) => containerPort)).toEqual([8080]);
  });
});
