import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type Bundle, BundleCache } from './bundle-cache';

/**
 * The code of the functions. esbuild makes one file of each with everything it imports; that takes a second, and a synth
 * in which no function has changed should not pay for it, so the bundles are kept with the sources they were made of.
 */
const ROOT = resolve(__dirname, '../..');
const OUTPUT = join(ROOT, '.build', 'lambda');

let bundles: ReadonlyMap<string, Bundle> | undefined;

/**
 * The bundle of `lambda/<name>/handler.ts`, or of `lambda/<folder>/service.ts` for the name `<folder>-service`. Same
 * sources, same bytes; everything is bundled once per process.
 * @param name folder below `lambda/`, or that of a program of a container
 * @throws if there is no such function, or esbuild finds an error
 */
export function bundle(name: string): Bundle {
  bundles ??= bundleAll();
  const found = bundles.get(name);
  if (!found) throw new Error(`There is no function ${name}: lambda/${name}/handler.ts does not exist.`);
  return found;
}

/** Names of all functions: the folders of `lambda/` with a handler. */
export const functionNames = (): string[] => foldersWith('handler.ts');

/** Programs of containers: the folders of `lambda/` with a service. */
const SERVICE = '-service';
const serviceNames = (): string[] => foldersWith('service.ts').map((folder) => `${folder}${SERVICE}`);

const foldersWith = (file: string): string[] =>
  readdirSync(join(ROOT, 'lambda'))
    .filter((name) => existsSync(join(ROOT, 'lambda', name, file)))
    .sort();

const sourceOf = (name: string): string =>
  name.endsWith(SERVICE)
    ? join(ROOT, 'lambda', name.slice(0, -SERVICE.length), 'service.ts')
    : join(ROOT, 'lambda', name, 'handler.ts');

function bundleAll(): ReadonlyMap<string, Bundle> {
  const names = [...functionNames(), ...serviceNames()];
  const cache = new BundleCache(ROOT, join(OUTPUT, 'bundles.json'));
  const kept = cache.read(names);
  if (kept) return kept;
  const { outputs, inputs } = build(names);
  const made = new Map([...outputs].map(([name, code]) => [name, keep(name, code)]));
  cache.write(made, inputs);
  return made;
}

/** One run for all: esbuild parses what they share only once. */
function build(names: readonly string[]): { outputs: Map<string, Uint8Array>; inputs: string[] } {
  // Loaded here, because a synth that finds its bundles in the cache needs no esbuild.
  const { buildSync } = require('esbuild') as typeof import('esbuild');
  const result = buildSync({
    entryPoints: Object.fromEntries(names.map((name) => [`${name}/index`, sourceOf(name)])),
    outdir: OUTPUT,
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    // The oldest Node that must run it; the local runner may be that old.
    target: 'node20',
    format: 'cjs',
    minify: true,
    keepNames: true,
    sourcemap: false,
    legalComments: 'none',
    // `pg` asks for its native twin only if it is there.
    external: ['pg-native'],
    absWorkingDir: ROOT,
    logLevel: 'silent',
  });
  const nameOf = (path: string) => dirname(path).split('/').at(-1) ?? '';
  return {
    outputs: new Map(result.outputFiles.map(({ path, contents }) => [nameOf(path), contents])),
    inputs: Object.keys(result.metafile.inputs),
  };
}

/** The folder is named by the content. Written beside and renamed, so that two processes at once leave no half file. */
function keep(name: string, code: Uint8Array): Bundle {
  const hash = createHash('sha256').update(code).digest('hex');
  const directory = join(OUTPUT, `${name}-${hash.slice(0, 16)}`);
  const file = join(directory, 'index.js');
  if (!existsSync(file) || !readFileSync(file).equals(code)) {
    mkdirSync(directory, { recursive: true });
    const draft = `${file}.${process.pid}`;
    writeFileSync(draft, code);
    renameSync(draft, file);
  }
  return { directory, hash };
}
