import { copyFileSync, linkSync } from 'node:fs';

/** A second name of a file, which costs nothing and outlives the first; on another file system a copy. */
export function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EXDEV')) throw error;
    copyFileSync(from, to);
  }
}
