import { copyFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client } from 'pg';
import { own } from './binaries';

/** What a copy of a running server's data must not hold (https://www.postgresql.org/docs/17/continuous-archiving.html). */
const LEFT_OUT = /^(postmaster\.(pid|opts)|(standby|recovery)\.signal|pgsql_tmp.*|pg_internal\.init)$/;
/** Folders whose content is left out: the log is taken by itself, the rest belongs to the running server. */
const EMPTY = [
  'pg_wal',
  'pg_replslot',
  'pg_dynshmem',
  'pg_notify',
  'pg_serial',
  'pg_stat_tmp',
  'pg_subtrans',
];
/** Of a replica, this file says how much of the log the copy needs: whatever was copied before it is covered. */
const CONTROL = join('global', 'pg_control');
/** Files of one folder. */
const AT_ONCE = 16;
const SEGMENT = /^[0-9A-F]{24}$/;
const HISTORY = /^[0-9A-F]{8}\.history$/;

/** What is not copied of a folder. */
interface LeftOut {
  /** By path below the folder and by name. */
  readonly all: (path: string, name: string) => boolean;
  /** Folders that are made without what is in them. */
  readonly contentOf: readonly string[];
}
const NOTHING: LeftOut = { all: () => false, contentOf: [] };
const OF_A_SERVER: LeftOut = {
  all: (path, name) => LEFT_OUT.test(name) || path === CONTROL,
  contentOf: EMPTY,
};

/**
 * Copies the data of a running server as a base backup, without its log: for a replica, to which the log streams.
 * @param session at the server, with the right to make a backup; the backup ends with it
 */
export async function copyData(session: Client, from: string, to: string): Promise<void> {
  await session.query("SELECT pg_backup_start('copy', true)");
  await copyFolder(from, to, '', OF_A_SERVER);
  await copyPresent(join(from, CONTROL), join(to, CONTROL));
  await mkdir(join(to, 'pg_wal', 'archive_status'), { mode: 0o700 });
  own(join(to, 'pg_wal', 'archive_status'));
  const { rows } = await session.query<{ labelfile: string }>('SELECT labelfile FROM pg_backup_stop(false)');
  const label = join(to, 'backup_label');
  await writeFile(label, rows[0]?.labelfile ?? '', { mode: 0o600 });
  own(label);
}

/**
 * Copies the data of a running server, primary or replica, with the log that makes the copy consistent by itself.
 * @param session at the server, with the right to make a backup; whatever the copy needs ends with it
 * @returns when the copy ended, by the server's clock: it holds every transaction that had committed when it began
 */
export async function copyWithLog(session: Client, from: string, to: string): Promise<Date> {
  // Keeps the segments that are written during the copy.
  await session.query("SELECT pg_create_physical_replication_slot('copy_' || pg_backend_pid(), true, true)");
  const first = await session.query<{ file: string }>(FIRST_SEGMENT);
  await copyData(session, from, to);
  await copyLog(join(from, 'pg_wal'), join(to, 'pg_wal'), first.rows[0]?.file ?? '');
  const { rows } = await session.query<{ at: Date }>('SELECT clock_timestamp() AS at');
  if (!rows[0]) throw new Error('The server does not tell the time.');
  return rows[0].at;
}

/** Where replay after a crash would begin at this moment: not after where that of the copy does. */
const FIRST_SEGMENT = 'SELECT redo_wal_file AS file FROM pg_control_checkpoint()';

async function copyLog(from: string, to: string, first: string): Promise<void> {
  const names = (await readdir(from)).filter(
    (name) => HISTORY.test(name) || (SEGMENT.test(name) && name >= first),
  );
  for (const name of names) await copyPresent(join(from, name), join(to, name));
}

/** Copies all of a folder for the user whom servers run as. */
export function copyTree(from: string, to: string): Promise<void> {
  return copyFolder(from, to, '', NOTHING);
}

async function copyFolder(from: string, to: string, folder: string, leftOut: LeftOut): Promise<void> {
  const target = join(to, folder);
  await mkdir(target, { mode: 0o700 });
  own(target);
  if (leftOut.contentOf.includes(folder)) return;
  const entries = await readdir(join(from, folder), { withFileTypes: true });
  const wanted = entries.filter(({ name }) => !leftOut.all(join(folder, name), name));
  for (let start = 0; start < wanted.length; start += AT_ONCE) {
    await Promise.all(
      wanted.slice(start, start + AT_ONCE).map((entry) => {
        const path = join(folder, entry.name);
        if (entry.isDirectory()) return copyFolder(from, to, path, leftOut);
        return copyPresent(join(from, path), join(to, path));
      }),
    );
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
