import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { own } from './binaries';
import { linkOrCopy } from './link-or-copy';

/** Copies of files that never change, which are links where that is possible: quick, and alive without the first. */

/** Ends the name of a segment of the log that is being archived. */
const UNFINISHED = '.part';

export function linkTree(from: string, to: string): void {
  make(to);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) linkTree(source, target);
    else take(source, target);
  }
}

/** Links the segments of an archive of the log that are complete and that the other folder lacks. */
export function linkNew(from: string, to: string): void {
  make(to);
  const there = new Set(readdirSync(to));
  for (const name of readdirSync(from)) {
    if (!name.endsWith(UNFINISHED) && !there.has(name)) take(join(from, name), join(to, name));
  }
}

function make(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  own(folder);
}

function take(from: string, to: string): void {
  linkOrCopy(from, to);
  own(to);
}
