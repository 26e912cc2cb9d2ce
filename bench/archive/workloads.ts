import type { Client } from 'pg';

/** What is written before a drain is timed: each grows with `scale`, 1 being the size that is reported. */
export interface Workload {
  readonly name: 'tpcb' | 'bulk' | 'million';
  run(client: Client, scale: number): Promise<void>;
}

const ACCOUNTS = 100_000;
const TELLERS = 10;

/** The tables of TPC-B, with a key for the history, and the procedures that write. */
export async function prepare(client: Client): Promise<void> {
  await client.query(`
    CREATE TABLE branches (bid int PRIMARY KEY, bbalance int NOT NULL, filler char(88));
    CREATE TABLE tellers (tid int PRIMARY KEY, bid int NOT NULL, tbalance int NOT NULL, filler char(84));
    CREATE TABLE accounts (aid int PRIMARY KEY, bid int NOT NULL, abalance int NOT NULL, filler char(84));
    CREATE TABLE history (hid bigserial PRIMARY KEY, tid int, bid int, aid int, delta int, mtime timestamptz, filler char(22));
    CREATE TABLE bulk (id bigserial PRIMARY KEY, customer uuid, placed timestamptz, amount numeric(12,2), note text);
    CREATE TABLE million (id bigserial PRIMARY KEY, number int, note text);
    INSERT INTO branches VALUES (1, 0);
    INSERT INTO tellers SELECT n, 1, 0 FROM generate_series(1, ${TELLERS}) n;
    INSERT INTO accounts SELECT n, 1, 0 FROM generate_series(1, ${ACCOUNTS}) n;
    CREATE PROCEDURE tpcb(transactions int) LANGUAGE plpgsql AS $$
    DECLARE a int; t int; d int;
    BEGIN
      FOR one IN 1..transactions LOOP
        a := 1 + floor(random() * ${ACCOUNTS}); t := 1 + floor(random() * ${TELLERS}); d := floor(random() * 10000) - 5000;
        UPDATE accounts SET abalance = abalance + d WHERE aid = a;
        UPDATE tellers SET tbalance = tbalance + d WHERE tid = t;
        UPDATE branches SET bbalance = bbalance + d WHERE bid = 1;
        INSERT INTO history (tid, bid, aid, delta, mtime) VALUES (t, 1, a, d, clock_timestamp());
        COMMIT;
      END LOOP;
    END $$`);
  await client.query('VACUUM ANALYZE');
}

const rows = (count: number): string => `
  INSERT INTO bulk (customer, placed, amount, note)
  SELECT gen_random_uuid(), clock_timestamp(), (random() * 10000)::numeric(12,2), 'order ' || n || ' of a customer who ' || md5(n::text)
    FROM generate_series(1, ${count}) n`;

export const WORKLOADS: readonly Workload[] = [
  {
    name: 'tpcb',
    run: async (client, scale) => {
      await client.query(`CALL tpcb(${Math.round(30_000 * scale)})`);
    },
  },
  {
    name: 'bulk',
    run: async (client, scale) => {
      for (let one = 0; one < Math.max(1, Math.round(30 * scale)); one += 1) await client.query(rows(10_000));
    },
  },
  {
    name: 'million',
    run: async (client, scale) => {
      await client.query(
        `INSERT INTO million (number, note) SELECT n, 'row ' || n FROM generate_series(1, ${Math.round(1_000_000 * scale)}) n`,
      );
    },
  },
];
