import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compressBody } from '../../../lambda/archive/format/seal';
import type { ObjectStore } from '../../../lambda/archive/store';
import { systemClock } from '../../../lambda/runtime/clock';
import { postgres } from '../../../lambda/runtime/postgres/connect';
import { run } from '../../../lambda/wal-archive/run';
import { sourceSession } from '../../../lambda/wal-archive/source';
import { replication } from '../../../lambda/wal-archive/walsender/connect';
import { ARCHIVER, AUTHORITY, DATABASE, LOGICAL, startFenced } from '../../support/fence';

/**
 * Archives one transaction of a million rows from a real PostgreSQL into files, and prints how long that took and the
 * largest memory of this process: `node --import tsx test/lambda/wal-archive/million.ts [rows]`. The archiver is the
 * process: the server is another one.
 */

const ROWS = Number(process.argv[2] ?? 1_000_000);
const SAMPLE_MS = 20;

/** A folder as a store, so that nothing of it stays in memory. */
function folderStore(name: string, folder: string): ObjectStore {
  const fileOf = (key: string): string => join(folder, key.replaceAll('/', '+'));
  return {
    name,
    async put(key, bytes) {
      if (readdirSync(folder).includes(key.replaceAll('/', '+'))) return 'exists';
      writeFileSync(fileOf(key), bytes);
      return 'put';
    },
    get: async (key) => readFileSync(fileOf(key)),
    async *list(prefix, after = '') {
      const keys = readdirSync(folder).map((file) => file.replaceAll('+', '/'));
      yield* keys.filter((key) => key.startsWith(prefix) && key > after).sort();
    },
  };
}

async function main(): Promise<void> {
  const folders = ['near', 'far'].map((name) => mkdtempSync(join(tmpdir(), `holdfast-${name}-`)));
  const [nearFolder = '', farFolder = ''] = folders;
  const fenced = await startFenced(LOGICAL);
  try {
    await fenced.setup({ Archive: 'true' });
    await fenced.open(1, 3_600);
    const sql = await fenced.as();
    const address = { host: fenced.server.host, port: fenced.server.port, database: DATABASE };
    const options = { name: 'holdfast-wal-archive', ca: AUTHORITY } as const;
    const world = {
      near: folderStore('near', nearFolder),
      far: folderStore('far', farFolder),
      replication: () => replication(address, systemClock, options).connect(ARCHIVER),
      source: async () => sourceSession(await postgres(address, options).connect(ARCHIVER)),
    };
    const drain = async (): Promise<void> => {
      const bounds = { deadline: systemClock.monotonic() + 600_000, signal: new AbortController().signal };
      const host = { world, clock: systemClock, compress: compressBody };
      await run(host, { mode: 'drain', handoverSeconds: 0 }, bounds, ({ sentence }) =>
        console.error(sentence),
      );
    };
    await drain();
    const before = process.memoryUsage().rss;
    await sql.query(
      `INSERT INTO orders (note) SELECT md5(n::text) || repeat('x', n % 40) FROM generate_series(1, ${ROWS}) n`,
    );
    await sql.end();
    let most = before;
    const sampling = setInterval(() => {
      most = Math.max(most, process.memoryUsage().rss);
    }, SAMPLE_MS);
    const begun = performance.now();
    const cpuBefore = process.cpuUsage();
    await drain();
    const seconds = (performance.now() - begun) / 1_000;
    const { user, system } = process.cpuUsage(cpuBefore);
    clearInterval(sampling);
    const mib = (bytes: number): number => Math.round(bytes / 2 ** 20);
    const stored = readdirSync(nearFolder).reduce(
      (sum, file) => sum + statSync(join(nearFolder, file)).size,
      0,
    );
    const cpuSeconds = (user + system) / 1e6;
    console.log(
      JSON.stringify({
        rows: ROWS,
        seconds,
        cpuSeconds,
        rssBeforeMiB: mib(before),
        rssMaxMiB: mib(most),
        storedMiB: mib(stored),
      }),
    );
  } finally {
    await fenced.stop();
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  }
}

void main();
