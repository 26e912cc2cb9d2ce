import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Bundle {
  /** Folder with `index.js`: the asset. */
  readonly directory: string;
  /** SHA-256 of the code, so that an unchanged function is never deployed again. */
  readonly hash: string;
}

interface Manifest {
  /** Digest over everything that the bundles were made of. */
  readonly fingerprint: string;
  /** Our own sources among it; what comes from packages is covered by the lock file. */
  readonly inputs: readonly string[];
  readonly bundles: Readonly<Record<string, Bundle>>;
}

/** Files beside the sources that change what esbuild makes of them. */
const ALWAYS = ['package-lock.json', 'tsconfig.json', 'lib/functions/bundle.ts'];

/** Remembers of which sources the bundles were made; a changed, new or missing one makes it forget. */
export class BundleCache {
  constructor(
    private readonly root: string,
    private readonly file: string,
  ) {}

  /** @returns the bundles if they are exactly those of `names` and of today's sources */
  read(names: readonly string[]): ReadonlyMap<string, Bundle> | undefined {
    const manifest = this.manifest();
    if (!manifest || this.fingerprint(manifest.inputs) !== manifest.fingerprint) return undefined;
    const bundles = new Map(Object.entries(manifest.bundles));
    const same = names.length === bundles.size && names.every((name) => bundles.has(name));
    const there = [...bundles.values()].every(({ directory, hash }) =>
      intact(join(directory, 'index.js'), hash),
    );
    return same && there ? bundles : undefined;
  }

  /** @param inputs what esbuild read, relative to the root */
  write(bundles: ReadonlyMap<string, Bundle>, inputs: readonly string[]): void {
    const ours = inputs.filter((path) => !path.startsWith('node_modules/')).sort();
    const manifest: Manifest = {
      fingerprint: this.fingerprint(ours),
      inputs: ours,
      bundles: Object.fromEntries(bundles),
    };
    const draft = `${this.file}.${process.pid}`;
    writeFileSync(draft, JSON.stringify(manifest));
    renameSync(draft, this.file);
  }

  private manifest(): Manifest | undefined {
    try {
      return JSON.parse(readFileSync(this.file, 'utf8')) as Manifest;
    } catch {
      // No cache yet, or half of one: both mean that the bundles are made anew.
      return undefined;
    }
  }

  private fingerprint(inputs: readonly string[]): string {
    const hash = createHash('sha256').update(process.version);
    for (const path of [...ALWAYS, ...inputs]) {
      const file = join(this.root, path);
      hash.update(`\0${path}\0`).update(existsSync(file) ? readFileSync(file) : 'missing');
    }
    return hash.digest('hex');
  }
}

const intact = (file: string, hash: string): boolean =>
  existsSync(file) && createHash('sha256').update(readFileSync(file)).digest('hex') === hash;
