import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Bundle, BundleCache } from '../../lib/functions/bundle-cache';

const INPUTS = ['lambda/one/handler.ts', 'lambda/runtime/log.ts', 'node_modules/pg/index.js'];

describe('the bundles of the last synth', () => {
  let root: string;
  let file: string;

  const write = (path: string, text: string) => {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  const bundleOf = (name: string, code: string): [string, Bundle] => {
    write(`out/${name}/index.js`, code);
    return [
      name,
      { directory: join(root, 'out', name), hash: createHash('sha256').update(code).digest('hex') },
    ];
  };
  const made = () =>
    new Map([bundleOf('one', 'exports.handler = 1'), bundleOf('two', 'exports.handler = 2')]);
  const cache = () => new BundleCache(root, file);

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'holdfast-cache-'));
    file = join(root, 'bundles.json');
    for (const input of [...INPUTS, 'package-lock.json', 'tsconfig.json', 'lib/functions/bundle.ts'])
      write(input, `text of ${input}`);
    cache().write(made(), INPUTS);
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('are used again while nothing has changed', () => {
    expect(cache().read(['one', 'two'])).toEqual(made());
  });

  it.each([...INPUTS.slice(0, 2), 'package-lock.json', 'tsconfig.json', 'lib/functions/bundle.ts'])(
    'are forgotten when %s changes',
    (path) => {
      write(path, 'changed');
      expect(cache().read(['one', 'two'])).toBeUndefined();
    },
  );

  it('are forgotten when a source is gone', () => {
    rmSync(join(root, 'lambda/runtime/log.ts'));
    expect(cache().read(['one', 'two'])).toBeUndefined();
  });

  it('depend on packages by the lock file alone', () => {
    write('node_modules/pg/index.js', 'changed');
    expect(cache().read(['one', 'two'])).toEqual(made());
  });

  it.each([[['one']], [['one', 'two', 'three']], [['one', 'three']]])(
    'are forgotten for the functions %j',
    (names) => {
      expect(cache().read(names)).toBeUndefined();
    },
  );

  it.each(['', '{"fingerprint": "12', 'no JSON at all'])(
    'are made anew when the list of them is damaged: %j',
    (text) => {
      writeFileSync(file, text);
      expect(cache().read(['one', 'two'])).toBeUndefined();
    },
  );

  it('are made anew when a bundle was changed or is gone', () => {
    write('out/two/index.js', 'exports.handler = 3');
    expect(cache().read(['one', 'two'])).toBeUndefined();
    rmSync(join(root, 'out/two'), { recursive: true });
    expect(cache().read(['one', 'two'])).toBeUndefined();
  });

  it('are made anew when there never were any', () => {
    expect(new BundleCache(root, join(root, 'none.json')).read(['one'])).toBeUndefined();
  });
});
