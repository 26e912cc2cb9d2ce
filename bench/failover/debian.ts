import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Installation } from '../../local/postgres/binaries';

/** What Debian has packaged: both sides run the same PostgreSQL, the newest that its Patroni knows. */
export const POSTGRES: Installation = {
  prefix: '/usr',
  bin: 'lib/postgresql/15/bin',
  lib: 'lib/postgresql/15/lib',
  share: 'share/postgresql/15',
};
export const POSTGRES_BIN = join(POSTGRES.prefix, POSTGRES.bin);
/** The kernel tells here who runs; a kill must find every process of a server at once. */
const PROC = '/proc/self/task';

/** @returns what is missing on this machine, in one sentence; undefined if nothing is */
export function missing(
  exists: (path: string) => boolean = existsSync,
  answers: (program: string) => boolean = (program) => spawnSync(program, ['--version']).status === 0,
): string | undefined {
  if (!exists(PROC)) return 'This benchmark runs on Linux only.';
  const packages = [
    ...(exists(join(POSTGRES_BIN, 'postgres')) ? [] : ['postgresql-15']),
    ...(answers('patroni') ? [] : ['patroni']),
    ...(answers('etcd') ? [] : ['etcd-server']),
  ];
  if (packages.length === 0) return undefined;
  return `This benchmark needs Debian's packages ${packages.join(', ')}: apt-get install --no-install-recommends ${packages.join(' ')}.`;
}

/** @returns the first line of what each program says of its version */
export const versions = (): string[] =>
  [join(POSTGRES_BIN, 'postgres'), 'patroni', 'etcd'].map(
    (program) => spawnSync(program, ['--version'], { encoding: 'utf8' }).stdout.split('\n')[0] ?? '',
  );
