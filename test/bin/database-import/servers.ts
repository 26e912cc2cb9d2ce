import type { Client } from 'pg';
import type { ImportWork } from '../../../bin/database-import/ports';
import { connect } from '../../../bin/database-import/server/connect';
import { conninfoOf, type Dsn } from '../../../bin/database-import/server/dsn';
import { systemClock } from '../../../lambda/runtime/clock';
import type { Session } from '../../../lambda/runtime/postgres/session';
import { AUTHORITY, DATABASE, type FencedServer, LOGICAL, OWNER, startFenced } from '../../support/fence';
import { startPostgres, type TestPostgres } from '../../support/postgres';

/** An old server with a database of its own, and a fenced new one whose log is archived. */

export const OLD_APP = { username: 'old_app', password: 'old-application-in-a-test', database: 'legacy' };

export const SCHEMA = `
SET statement_timeout = 0;
\\restrict abc
SELECT pg_catalog.set_config('search_path', '', false);
CREATE TABLE public.orders (id bigint NOT NULL, note text, at timestamp with time zone DEFAULT now());
CREATE SEQUENCE public.orders_id_seq START WITH 1 INCREMENT BY 1 NO MINVALUE NO MAXVALUE CACHE 1;
ALTER SEQUENCE public.orders_id_seq OWNED BY public.orders.id;
ALTER TABLE ONLY public.orders ALTER COLUMN id SET DEFAULT nextval('public.orders_id_seq'::regclass);
ALTER TABLE ONLY public.orders ADD CONSTRAINT orders_pkey PRIMARY KEY (id);
CREATE TABLE public.lines (id bigint PRIMARY KEY, "order" bigint NOT NULL REFERENCES public.orders(id), price numeric);
CREATE TABLE public.parts (id int NOT NULL, kind text NOT NULL, PRIMARY KEY (id, kind)) PARTITION BY LIST (kind);
CREATE TABLE public."parts A" PARTITION OF public.parts FOR VALUES IN ('a');
CREATE FUNCTION public.stamp() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.note := NEW.note || '!'; RETURN NEW; END $$;
CREATE TRIGGER stamp BEFORE INSERT ON public.orders FOR EACH ROW EXECUTE FUNCTION public.stamp();
CREATE MATERIALIZED VIEW public.sums AS SELECT count(*) AS n FROM public.orders WITH NO DATA;
\\unrestrict abc
`;

export interface Servers {
  readonly old: TestPostgres;
  readonly fresh: FencedServer;
  /** Runs `work` with sessions of the import, and ends them. @param break_ ends both at that query, counted from 1 */
  withWork<T>(
    work: (on: ImportWork & { readonly told: readonly string[] }) => Promise<T>,
    options?: { readonly dryRun?: boolean; readonly breakAt?: number },
  ): Promise<T>;
  /** A client of the application, which the caller ends. */
  asOldApp(): Promise<Client>;
  /** Asks the old server as its owner. */
  askOld(sql: string): Promise<readonly Record<string, unknown>[]>;
  askFresh(sql: string): Promise<readonly Record<string, unknown>[]>;
  stop(): Promise<void>;
}

export class Broken extends Error {}

export async function startServers(): Promise<Servers> {
  const old = await startPostgres({ settings: { wal_level: 'logical', max_prepared_transactions: '2' } });
  const fresh = await startFenced(LOGICAL).catch(async (error: unknown) => {
    await old.stop();
    throw error;
  });
  const dsn: Dsn = {
    host: old.host,
    port: old.port,
    database: 'legacy',
    username: 'old_owner',
    password: "old owner's in a test",
    tls: 'off',
  };
  const ask = async (login: () => Promise<Client>, sql: string) => {
    const client = await login();
    try {
      return (await client.query<Record<string, unknown>>(sql)).rows;
    } finally {
      await client.end();
    }
  };
  const askOld = (sql: string) =>
    ask(() => old.connect({ username: dsn.username, password: dsn.password, database: dsn.database }), sql);
  await makeOld(old, dsn);
  await fresh.setup({ Archive: 'true' });
  await fresh.open(1, 3_500);
  const target: Dsn = {
    host: fresh.server.host,
    port: fresh.server.port,
    database: DATABASE,
    ...OWNER,
    tls: 'verified',
  };
  await ask(() => fresh.as(), 'DROP TABLE public.orders');
  return {
    old,
    fresh,
    async withWork(work, { dryRun = false, breakAt = Number.POSITIVE_INFINITY } = {}) {
      const told: string[] = [];
      const sessions = [await connect(dsn), await connect(target, { ca: AUTHORITY })] as const;
      const count = { left: breakAt };
      const [source, to] = sessions.map((one) => breaking(one, count)) as [Session, Session];
      try {
        return await work({
          source,
          target: to,
          schema: { read: async () => SCHEMA },
          conninfo: conninfoOf(dsn, undefined),
          manner: { json: false, dryRun, clock: systemClock, stop: new AbortController().signal },
          tell: (sentence) => told.push(sentence),
          told,
        });
      } finally {
        await Promise.allSettled(sessions.map((one) => one.end()));
      }
    },
    asOldApp: () => old.connect(OLD_APP),
    askOld,
    askFresh: (sql) => ask(() => fresh.as(), sql),
    async stop() {
      await Promise.all([old.stop(), fresh.stop()]);
    },
  };
}

/** A process that dies: from one query on it asks nothing more. */
const breaking = (session: Session, count: { left: number }): Session => ({
  ...session,
  async query(sql, parameters) {
    count.left -= 1;
    if (count.left < 0) throw new Broken(`The process ended before: ${sql.slice(0, 80)}`);
    return session.query(sql, parameters);
  },
});

async function makeOld(old: TestPostgres, { username, password }: Dsn): Promise<void> {
  const admin = await old.connect();
  const quotedPassword = password.replaceAll("'", "''");
  await admin.query(
    `CREATE ROLE ${username} LOGIN REPLICATION PASSWORD '${quotedPassword}' IN ROLE pg_signal_backend`,
  );
  await admin.query(`CREATE ROLE ${OLD_APP.username} LOGIN PASSWORD '${OLD_APP.password}'`);
  await admin.query(`CREATE DATABASE legacy OWNER ${username}`);
  await admin.end();
  const owner = await old.connect({ username, password, database: 'legacy' });
  await owner.query('CREATE SCHEMA IF NOT EXISTS public');
  for (const statement of SCHEMA.split(';\n').map((text) => text.replace(/^\\.*$/gm, ''))) {
    if (!/set_config|^\s*SET /.test(statement)) await owner.query(statement);
  }
  await owner.query(
    `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${OLD_APP.username}`,
  );
  await owner.query(`GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO ${OLD_APP.username}`);
  await owner.query("INSERT INTO orders (note) SELECT 'order ' || i FROM generate_series(1, 20000) AS i");
  await owner.query('INSERT INTO lines SELECT i, i, i * 1.5 FROM generate_series(1, 20000) AS i');
  await owner.query("INSERT INTO parts SELECT i, 'a' FROM generate_series(1, 100) AS i");
  await owner.query('REFRESH MATERIALIZED VIEW sums');
  await owner.end();
}
