import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RUN_FOLDER } from './folder';

/** Before the first test file of a run. */
export default function begin(): void {
  process.env[RUN_FOLDER] = mkdtempSync(join(tmpdir(), 'holdfast-tests-'));
}
