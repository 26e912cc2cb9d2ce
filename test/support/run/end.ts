import { rmSync } from 'node:fs';
import { RUN_FOLDER } from './folder';

/** After the last test file of a run. */
export default function end(): void {
  const folder = process.env[RUN_FOLDER];
  if (folder) rmSync(folder, { recursive: true, force: true });
}
