import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { buildSync } from 'esbuild';

const ROOT = resolve(__dirname, '../..');

export interface Bundle {
  /** Folder with `index.js`: the asset. */
  readonly directory: string;
  /** SHA-256 of the code, so that an unchanged function is never deployed again. */
  readonly hash: string;
}

const bundles = new Map<string, Bundle>();

/**
 * Bundles `lambda/<name>/handler.ts` with everything it imports into one CommonJS file.
 * Same sources, same bytes: the folder is named by the content. A process bundles each function once.
 * @param name folder below `lambda/`
 * @throws if the folder has no handler, or esbuild finds an error
 */
export function bundle(name: string): Bundle {
  const known = bundles.get(name);
  if (known) return known;
  const entry = join(ROOT, 'lambda', name, 'handler.ts');
  if (!existsSync(entry)) throw new Error(`There is no function ${name}: ${entry} does not exist.`);
  const output = buildSync({
    entryPoints: [entry],
    bundle: true,
    write: false,
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
  const code = output.outputFiles[0]?.contents;
  if (!code) throw new Error(`esbuild wrote nothing for the function ${name}.`);
  const hash = createHash('sha256').update(code).digest('hex');
  const directory = join(ROOT, '.build', 'lambda', `${name}-${hash.slice(0, 16)}`);
  writeOnce(directory, code);
  const made = { directory, hash };
  bundles.set(name, made);
  return made;
}

/** Writes beside the target and renames, so that two processes at once cannot leave half a file. */
function writeOnce(directory: string, code: Uint8Array): void {
  const file = join(directory, 'index.js');
  if (existsSync(file) && readFileSync(file).equals(code)) return;
  mkdirSync(directory, { recursive: true });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, code);
  renameSync(draft, file);
}
