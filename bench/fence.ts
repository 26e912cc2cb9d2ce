import type { Client } from 'pg';
import { startFenced } from '../test/support/fence';
import { median, type Report, report, rounded } from './report';

const ROUNDS = 7;
const ROWS = 10_000;
const CLIENTS = 4;
const ROWS_BY_CLIENTS = 1_500;
const TABLES = ['bare', 'guarded'] as const;
type Table = (typeof TABLES)[number];

/**
 * What the check of every statement costs: single-row inserts, each a transaction of its own with `synchronous_commit`
 * off, into two equal tables of which one has the guard. Once by a procedure inside the server, where nothing but the
 * insert and its commit takes time: the most that the guard can cost. Once by clients, as an application would.
 */
export async function benchFence(): Promise<Report> {
  const fenced = await startFenced({ autovacuum: 'off', max_wal_size: '4GB', checkpoint_timeout: '1h' });
  const clients: Client[] = [];
  try {
    await fenced.setup();
    await fenced.open(1, 3_000);
    for (let number = 0; number < CLIENTS; number += 1) clients.push(await fenced.as());
    const [owner] = clients;
    if (!owner) throw new RangeError('There is no client.');
    await prepare(owner);
    return await measure(owner, clients);
  } finally {
    await Promise.all(clients.map((client) => client.end()));
    await fenced.stop();
  }
}

async function prepare(owner: Client): Promise<void> {
  for (const table of TABLES) {
    await owner.query(`CREATE TABLE ${table} (id bigserial PRIMARY KEY, note text)`);
    await owner.query(
      `CREATE PROCEDURE fill_${table}(count int) LANGUAGE plpgsql AS $$
       BEGIN
         FOR number IN 1..count LOOP
           INSERT INTO ${table} (note) VALUES ('a note of some length');
           COMMIT;
         END LOOP;
       END $$`,
    );
  }
  await owner.query('DROP TRIGGER holdfast_guard ON bare');
}

async function measure(owner: Client, clients: readonly Client[]): Promise<Report> {
  const samples: Record<string, number[]> = {};
  const keep = (name: string, rows: number, milliseconds: number): void => {
    const of = samples[name] ?? [];
    samples[name] = of;
    of.push(Math.round((rows / milliseconds) * 1000));
  };
  for (let round = 0; round <= ROUNDS; round += 1) {
    process.stderr.write(round === 0 ? 'warming up\n' : `round ${round} of ${ROUNDS}\n`);
    for (const table of TABLES) {
      const inside = await timed(() => owner.query(`CALL fill_${table}(${ROWS})`));
      const outside = await timed(() => Promise.all(clients.map((client) => insertRows(client, table))));
      await owner.query(`TRUNCATE ${table}`);
      if (round === 0) continue;
      keep(`${table}InsertsPerSecond`, ROWS, inside);
      keep(`${table}ByClientsInsertsPerSecond`, ROWS_BY_CLIENTS * clients.length, outside);
    }
  }
  return toReport(samples);
}

async function insertRows(client: Client, table: Table): Promise<void> {
  const insert = { name: `insert-${table}`, text: `INSERT INTO ${table} (note) VALUES ($1)` };
  for (let row = 0; row < ROWS_BY_CLIENTS; row += 1) {
    await client.query({ ...insert, values: ['a note of some length'] });
  }
}

/** @returns milliseconds */
async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - started) / 1e6;
}

function toReport(samples: Readonly<Record<string, readonly number[]>>): Report {
  const figures = Object.fromEntries(Object.entries(samples).map(([name, of]) => [name, median(of)]));
  const ratio = (middle: string): number =>
    rounded((figures[`bare${middle}`] ?? Number.NaN) / (figures[`guarded${middle}`] ?? Number.NaN));
  return report('fence', {
    ratios: {
      timeWithGuardVsWithout: ratio('InsertsPerSecond'),
      timeWithGuardVsWithoutByClients: ratio('ByClientsInsertsPerSecond'),
    },
    figures,
    samples,
  });
}
