import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runFolder } from './folder';

/**
 * A folder that costs seconds to make, made once in a run of the tests and read by every test file that needs the same.
 * @param key says of what it is made
 * @param make fills the folder that it is given; what it throws is thrown on, and nothing is kept
 * @returns the folder, which is gone after the run
 */
export function kept(key: string, make: (folder: string) => void): string {
  const folder = join(runFolder(), createHash('sha256').update(key).digest('hex').slice(0, 32));
  if (existsSync(folder)) return folder;
  const draft = `${folder}.${process.pid}`;
  mkdirSync(draft);
  try {
    make(draft);
    renameSync(draft, folder);
  } catch (failure) {
    rmSync(draft, { recursive: true, force: true });
    // Another worker was faster.
    if (!existsSync(folder)) throw failure;
  }
  return folder;
}
