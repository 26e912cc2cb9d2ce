import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';

/** Names the folder for what the test files of one run share; the workers inherit it. */
export const RUN_FOLDER = 'HOLDFAST_TEST_FOLDER';

/** @returns the folder of this run, which is gone after it */
export function runFolder(): string {
  const folder = process.env[RUN_FOLDER];
  if (folder) return folder;
  throw new Error(`${RUN_FOLDER} is not set: test/support/run/begin.ts sets it before the tests.`);
}

/** @returns a new empty folder, which is gone after the run */
export const scratchFolder = (name: string): string => mkdtempSync(join(runFolder(), `${name}-`));
