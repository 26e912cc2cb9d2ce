import { copyFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client } from 'pg';
import { own } from './binaries';

/** What a copy of a running server's data must not hold (https://www.postgresql.org/docs/17/continuous-archiving.html). */
const LEFT_OUT = /^(postmaster\.(pid|opts)|standby\.signal|pgsql_tmp.*|pg_internal\.init)$/;
/** Folders whose content is left out: the log comes by streaming, the rest belongs to the running server. */
const EMPTY = [
  'pg_wal',
  'pg_replslot',
  'pg_dynshmem',
  'pg_notify',
  'pg_serial',
  'pg_stat_tmp',
  'pg_subtrans',
];

/**
 * Copies the data of a running server as a base backup.
 * @param session at the server, with the right to make a backup; the backup ends with it
 */
export async function copyData(session: Client, from: string, to: string): Promise<void> {
  await session.query("SELECT pg_backup_start('copy', true)");
  await copyFolder(from, to, '');
  await mkdir(join(to, 'pg_wal', 'archive_status'), { mode: 0o700 });
  own(join(to, 'pg_wal', 'archive_status'));
  const { rows } = await session.query<{ labelfile: string }>('SELECT labelfile FROM pg_backup_stop(false)');
  const label = join(to, 'backup_label');
  await writeFile(label, rows[0]?.labelfile ?? '', { mode: 0o600 });
  own(label);
}

async function copyFolder(from: string, to: string, folder: string): Promise<void> {
  const target = join(to, folder);
  await mkdir(target, { mode: 0o700 });
  own(target);
  if (EMPTY.includes(folder)) return;
  for (const entry of await readdir(join(from, folder), { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (LEFT_OUT.test(entry.name)) continue;
    if (entry.isDirectory()) await copyFolder(from, to, path);
    else await copyPresent(join(from, path), join(to, path));
  }
}

/** A file that the server removes meanwhile is not missed: the log removes it in the copy too. */
async function copyPresent(from: string, to: string): Promise<void> {
  try {
    await copyFile(from, to);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return;
    throw error;
  }
  own(to);
}
