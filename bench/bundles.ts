import { statSync } from 'node:fs';
import { join } from 'node:path';
import { bundle, functionNames } from '../lib/functions/bundle';
import { median, type Report, report } from './report';
import { interleaved } from './run';

const ROUNDS = 7;

/** Bytes of each function's bundle, and the time that Node takes to import it (the process's own start taken off). */
export function benchBundles(): Report {
  const files = new Map(functionNames().map((name) => [name, join(bundle(name).directory, 'index.js')]));
  const importing = [...files].map(([name, file]) => ({
    name,
    arguments: ['-e', `require(${JSON.stringify(file)})`],
  }));
  const samples = interleaved([{ name: 'node', arguments: ['-e', ''] }, ...importing], ROUNDS);
  const start = median(samples.node ?? []);
  const figures = [...files].flatMap(([name, file]): [string, number][] => [
    [`${name}Bytes`, statSync(file).size],
    [`${name}ImportMilliseconds`, Math.max(0, median(samples[name] ?? []) - start)],
  ]);
  return report('bundles', { ratios: {}, figures: Object.fromEntries(figures), samples });
}
