import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Client } from 'pg';
import { type FencedServer, LOGICAL, startFenced } from '../../support/fence';
import { ROOT } from '../../support/synth';

/** The SQL of the runbooks, as it is written there, on a real PostgreSQL with the fence and an archive. */

const FOLDER = join(ROOT, 'docs/runbooks');

/** What a person puts in. */
const FILLED: Readonly<Record<string, string>> = {
  JOBID: '(SELECT min(jobid) FROM cron.job)',
  PID: '(SELECT -1)',
};

/** What is there when somebody opens the runbook. */
const BEFORE: Readonly<Record<string, string>> = {
  'data-corruption': `
    CREATE SCHEMA restored_before_the_bug;
    CREATE TABLE restored_before_the_bug.public_orders AS SELECT id, customer, 12.50 AS total FROM public.orders`,
  'dropped-table': `
    CREATE SCHEMA restored_before_the_drop;
    CREATE TABLE restored_before_the_drop.public_orders AS SELECT id, customer, 12.50 AS total FROM public.orders;
    DROP TABLE public.orders`,
};

interface Block {
  readonly runbook: string;
  readonly statements: readonly string[];
}

/** @returns statements one by one, as psql sends them; its own commands are left out */
function statementsOf(block: string): readonly string[] {
  const sql = block.replace(/^\s*\\.*$/gm, '').replace(/--.*$/gm, '');
  const filled = Object.entries(FILLED).reduce(
    (text, [name, value]) => text.replace(new RegExp(`\\b${name}\\b`, 'g'), value),
    sql,
  );
  return filled
    .split(';')
    .map((one) => one.trim())
    .filter(Boolean);
}

const blocks: readonly Block[] = readdirSync(FOLDER).flatMap((file) =>
  [...readFileSync(join(FOLDER, file), 'utf8').matchAll(/```sql\n([\s\S]*?)\n\s*```/g)].map(
    ([, block = '']) => ({ runbook: file.replace(/\.md$/, ''), statements: statementsOf(block) }),
  ),
);

describe('the SQL of the runbooks', () => {
  let fenced: FencedServer;
  let owner: Client;
  beforeAll(async () => {
    fenced = await startFenced({ ...LOGICAL, synchronous_commit: 'on' });
    await fenced.setup({ Archive: 'true' });
    await fenced.open(1, 3_000);
    owner = await fenced.as();
    await owner.query('ALTER TABLE public.orders ADD customer bigint, ADD total numeric');
    await owner.query('INSERT INTO public.orders (customer) SELECT generate_series(1, 3)');
    await owner.query("SELECT cron.schedule('nightly', '0 3 * * *', 'SELECT 1')");
  });
  afterAll(async () => {
    await owner?.end();
    await fenced?.stop();
  });

  const totals = async (): Promise<unknown> =>
    (await owner.query('SELECT sum(total)::text AS sum FROM public.orders')).rows[0]?.sum;

  it('runs as it is written, and does what the runbook says', async () => {
    expect(blocks.length).toBeGreaterThan(6);
    for (const { runbook, statements } of blocks) {
      if (statements[0] === 'BEGIN' && BEFORE[runbook]) await owner.query(BEFORE[runbook]);
      for (const statement of statements) await owner.query(statement);
      if (statements[0] === 'BEGIN') expect([runbook, await totals()]).toEqual([runbook, '37.50']);
    }
  });

  it('leaves the sequence of a table that came back behind its last row', async () => {
    await owner.query('INSERT INTO public.orders (customer) VALUES (4)');
    expect((await owner.query('SELECT count(*)::int AS n FROM public.orders')).rows).toEqual([{ n: 4 }]);
  });

  it('gives up the slot, and the schemas of what was repaired', async () => {
    const { rows } = await owner.query(
      "SELECT slot_name AS name FROM pg_replication_slots UNION ALL SELECT nspname FROM pg_namespace WHERE nspname LIKE 'restored%'",
    );
    expect(rows).toEqual([]);
  });
});
