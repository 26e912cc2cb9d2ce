import { existsSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

/** A file that cannot be written, with what to do about it. */
export class CannotWrite extends Error {
  override readonly name = 'CannotWrite';
}

/** @throws CannotWrite if something is in the way; nothing is written */
export function assertFree(path: string, force: boolean): void {
  const folder = dirname(resolve(path));
  if (!existsSync(folder))
    throw new CannotWrite(
      `${path}: there is no folder ${folder}; make it, or choose another file with --out.`,
    );
  if (!existsSync(path)) return;
  if (!statSync(path).isFile()) throw new CannotWrite(`${path} is no file; choose another one with --out.`);
  if (!force)
    throw new CannotWrite(
      `${path} exists already and is left as it is; choose another file with --out, or move it away.`,
    );
}

/**
 * Writes a new file whole, or not at all.
 * @param force whether a file that exists is written over
 * @throws CannotWrite
 */
export function writeNew(path: string, text: string, force: boolean): void {
  assertFree(path, force);
  try {
    writeFileSync(path, text, { flag: force ? 'w' : 'wx' });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CannotWrite(`${path} cannot be written: ${reason}.`, { cause });
  }
}

/** How a platform file at a path names the schema, so that editors find it. */
export const schemaFrom = (path: string, root: string): string => {
  const way = relative(dirname(resolve(path)), join(root, 'docs/platform.schema.json'));
  return way.startsWith('.') ? way : `./${way}`;
};
