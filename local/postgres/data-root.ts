import { accessSync, constants, statfsSync } from 'node:fs';
import { freemem, tmpdir } from 'node:os';

/** A file system in memory, where Linux has one. */
const IN_MEMORY = '/dev/shm';
/** So much must be free of it and of the memory itself, in bytes: a drill's servers with their logs and backups take a part. */
const PLENTY = 8 * 2 ** 30;

/**
 * Where servers keep their data and what is copied of it. They never wait for a disk (`fsync` is off), but each begins with
 * a thousand files, and making and removing those on a disk takes longer than all else of a short life.
 * @param plenty how much must be free in memory, in bytes
 * @returns a folder in memory if there is plenty, else the one for temporary files; also if somebody chose that one, who may
 *   look there for what is left
 */
export function dataRoot(plenty = PLENTY): string {
  const chosen = process.env.TMPDIR;
  if (chosen) return chosen;
  try {
    accessSync(IN_MEMORY, constants.W_OK);
    const { bavail, bsize } = statfsSync(IN_MEMORY);
    if (Math.min(bavail * bsize, freemem()) >= plenty) return IN_MEMORY;
  } catch {
    // No such file system here, or none for this user.
  }
  return tmpdir();
}
