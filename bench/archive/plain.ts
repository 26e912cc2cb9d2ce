import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PUBLICATION } from '../../lambda/archive/contract';
import { DATABASE, OWNER } from '../../test/support/fence';

/** What the archiver is measured against: PostgreSQL's own reader of a slot, writing what comes into a plain file. */

export const PLAIN_SLOT = 'bench_plain';

/** @throws if there is none */
export function findRecvlogical(): string {
  const folders = (() => {
    try {
      return readdirSync('/usr/lib/postgresql').map(
        (version) => `/usr/lib/postgresql/${version}/bin/pg_recvlogical`,
      );
    } catch {
      return [];
    }
  })();
  const found = ['pg_recvlogical', ...folders].find((one) => spawnSync(one, ['--version']).status === 0);
  if (found) return found;
  throw new Error(
    'This benchmark needs pg_recvlogical: install the PostgreSQL client (Debian: postgresql-client).',
  );
}

/** @returns how long it took, and the size of the file; both from start to end of its process */
export async function recvlogical(
  program: string,
  port: number,
  until: string,
): Promise<{ readonly milliseconds: number; readonly bytes: number }> {
  const file = join(tmpdir(), `holdfast-bench-${process.pid}.plain`);
  const options = ['proto_version=1', `publication_names=${PUBLICATION}`, 'messages=true'];
  const began = performance.now();
  const child = spawn(
    program,
    [
      ...['-h', '127.0.0.1', '-p', String(port), '-U', OWNER.username, '-d', DATABASE, '-S', PLAIN_SLOT],
      ...['--start', '--no-loop', '--endpos', until, '-f', file],
      ...options.flatMap((one) => ['-o', one]),
    ],
    { env: { ...process.env, PGPASSWORD: OWNER.password }, stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const [code] = await once(child, 'exit');
  const milliseconds = performance.now() - began;
  try {
    if (code !== 0) throw new Error(`pg_recvlogical ended with ${code}.`);
    return { milliseconds, bytes: statSync(file).size };
  } finally {
    rmSync(file, { force: true });
  }
}
