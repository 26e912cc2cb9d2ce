import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { copyTree } from './copy';
import { linkNew } from './links';
import type { ServerProcess } from './process';
import { connectTo, inFolder, type PostgresServer, type ServerOptions, SUPERUSER, write } from './server';

/**
 * Starts a server from a base backup, as a primary on a timeline of its own: as it was when the backup ended, or later,
 * as far as an archive of the log reaches. The backup and the archive are only read.
 */

/** Segments of the log that were archived since the backup. */
export interface ArchivedLog {
  /** Folder with the segments, named as the server names them. */
  readonly folder: string;
  /** Transactions that committed later are not restored; without it all are that the archive has. */
  readonly until?: Date;
}

/** A long log is replayed at some 50 MB/s. */
const REPLAY_MS = 10 * 60_000;
/** PostgreSQL's words when the log ends before the time that was asked for: nothing was committed after it. */
const NOTHING_LATER = /recovery ended before configured recovery target was reached/;
/** What only holds while it restores; the next copy of the data must not have it. */
const TEMPORARY = [
  'restore_command',
  'recovery_target_time',
  'recovery_target_action',
  'hot_standby',
  'primary_conninfo',
] as const;

/**
 * @param options with the superuser and the extensions of the server that was backed up
 * @param backup folder that `PostgresServer.backup` filled
 * @throws if the time lies before the end of the backup
 */
export function restoreServer(
  options: ServerOptions,
  backup: string,
  log?: ArchivedLog,
): Promise<PostgresServer> {
  return inFolder(
    options,
    options.settings ?? {},
    async (_, folder) => {
      await copyTree(backup, join(folder, 'data'));
      // The archive grows meanwhile; what is restored is decided now.
      if (log) linkNew(log.folder, join(folder, 'log'));
      write(join(folder, 'data', 'recovery.signal'), '');
    },
    (server, folder) => recover(server, folder, options, log),
  );
}

async function recover(
  server: ServerProcess,
  folder: string,
  options: ServerOptions,
  log: ArchivedLog | undefined,
): Promise<void> {
  const file = join(folder, 'data', 'postgresql.auto.conf');
  const before = readFileSync(file, 'utf8');
  const segments = join(folder, 'log');
  const command = log ? `test -f "${segments}/%f" && cp "${segments}/%f" "%p"` : 'false';
  // Nobody may read before the end; without readers a restored server may also have smaller limits than its source.
  const common = { restore_command: command, recovery_target_action: 'promote', hot_standby: 'off' };
  const until = log?.until && { recovery_target_time: spoken(log.until) };
  writeFileSync(file, before + lines({ ...common, ...until }));
  try {
    await server.start(REPLAY_MS);
  } catch (error) {
    if (!until || !(error instanceof Error) || !NOTHING_LATER.test(error.message)) throw error;
    writeFileSync(file, before + lines(common));
    await server.start(REPLAY_MS);
  }
  await forget(server.port, options);
  rmSync(segments, { recursive: true, force: true });
}

/** A time as the server's configuration takes it, which is not ISO 8601's. */
function spoken(time: Date): string {
  return time.toISOString().replace('T', ' ').replace('Z', '+00');
}

function lines(settings: Readonly<Record<string, string>>): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'\n`)
    .join('');
}

async function forget(port: number, { superuser = SUPERUSER }: ServerOptions): Promise<void> {
  const session = await connectTo(port, superuser);
  try {
    for (const name of TEMPORARY) await session.query(`ALTER SYSTEM RESET ${name}`);
    await session.query('SELECT pg_reload_conf()');
  } finally {
    await session.end();
  }
}
