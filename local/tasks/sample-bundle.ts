import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buildSync } from 'esbuild';

/** The sample application as one file, so that a task starts in a tenth of a second. */
export interface SampleBundle {
  readonly file: string;
  remove(): void;
}

export function bundleSample(): SampleBundle {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-sample-'));
  const file = join(folder, 'app.js');
  buildSync({
    entryPoints: [resolve(__dirname, 'sample-app.ts')],
    outfile: file,
    bundle: true,
    platform: 'node',
    external: ['pg-native'],
    logLevel: 'error',
  });
  return { file, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
