import type { Client } from 'pg';
import { Agenda } from './agenda';
import type { ExtensionFiles } from './binaries';
import type { PostgresServer } from './server';

/**
 * A stand-in for the extension pg_cron, whose library is not among the binaries: the same schema with the same
 * functions, as far as they are used here, and a runner outside the server in place of the background worker. Like the
 * worker it needs no free connection for a job that has run before, runs no job twice at once, runs a job as its owner,
 * and does nothing on a replica.
 */

const CONTROL = `comment = 'stand-in for pg_cron'
default_version = '1.6'
relocatable = false
schema = pg_catalog
`;

const SCRIPT = `
CREATE SCHEMA cron;
CREATE TABLE cron.job (
  jobid bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  schedule text NOT NULL,
  command text NOT NULL,
  nodename text NOT NULL DEFAULT 'localhost',
  nodeport int NOT NULL DEFAULT 5432,
  database text NOT NULL DEFAULT current_database(),
  username text NOT NULL DEFAULT current_user,
  active boolean NOT NULL DEFAULT true,
  jobname text,
  CONSTRAINT jobname_username_uniq UNIQUE (jobname, username)
);
ALTER TABLE cron.job ENABLE ROW LEVEL SECURITY;
CREATE POLICY cron_job_policy ON cron.job USING (username = current_user);
GRANT USAGE ON SCHEMA cron TO public;
GRANT SELECT ON cron.job TO public;
CREATE FUNCTION cron.checked(schedule text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  IF schedule !~ '^([1-9]|[1-5][0-9]) seconds?$' AND schedule !~* '^([0-9a-z*$/,-]+\\s+){4}[0-9a-z*/,-]+$' THEN
    RAISE EXCEPTION 'invalid schedule: %', schedule;
  END IF;
  RETURN schedule;
END $$;
CREATE FUNCTION cron.schedule(job_name text, schedule text, command text) RETURNS bigint LANGUAGE sql AS $$
  INSERT INTO cron.job (jobname, schedule, command) VALUES (job_name, cron.checked(schedule), command)
  ON CONFLICT ON CONSTRAINT jobname_username_uniq
    DO UPDATE SET schedule = EXCLUDED.schedule, command = EXCLUDED.command
  RETURNING jobid $$;
CREATE FUNCTION cron.schedule(schedule text, command text) RETURNS bigint LANGUAGE sql AS $$
  INSERT INTO cron.job (schedule, command) VALUES (cron.checked(schedule), command) RETURNING jobid $$;
CREATE FUNCTION cron.unschedule(job_id bigint) RETURNS boolean LANGUAGE sql AS $$
  WITH gone AS (DELETE FROM cron.job j WHERE j.jobid = job_id RETURNING 1) SELECT count(*) > 0 FROM gone $$;
CREATE FUNCTION cron.unschedule(job_name text) RETURNS boolean LANGUAGE sql AS $$
  WITH gone AS (DELETE FROM cron.job j WHERE j.jobname = job_name RETURNING 1) SELECT count(*) > 0 FROM gone $$;
CREATE FUNCTION cron.alter_job(
  job_id bigint, schedule text DEFAULT NULL, command text DEFAULT NULL, database text DEFAULT NULL,
  username text DEFAULT NULL, active boolean DEFAULT NULL
) RETURNS void LANGUAGE sql AS $$
  UPDATE cron.job j
     SET schedule = coalesce(cron.checked(alter_job.schedule), j.schedule),
         command = coalesce(alter_job.command, j.command), database = coalesce(alter_job.database, j.database),
         username = coalesce(alter_job.username, j.username), active = coalesce(alter_job.active, j.active)
   WHERE j.jobid = job_id $$;
`;

export const PG_CRON: ExtensionFiles = { 'pg_cron.control': CONTROL, 'pg_cron--1.6.sql': SCRIPT };

const POLL_MS = 200;

export interface CronRunner {
  /** Ends it; a job under way is ended too. */
  stop(): Promise<void>;
}

interface Job {
  readonly jobid: string;
  readonly schedule: string;
  readonly command: string;
  readonly username: string;
}

/**
 * Runs the jobs of one database, every N seconds or at the minutes of their schedules, until it is stopped. What goes wrong
 * is tried again at the next poll, as long as the server is away.
 * @param minuteSeconds how long a minute of a schedule lasts
 */
export function runCron(server: PostgresServer, database: string, minuteSeconds = 60): CronRunner {
  const agenda = new Agenda(minuteSeconds * 1000, () => Date.now());
  const runner = new Runner(server, database, agenda);
  const running = runner.run();
  return {
    async stop() {
      runner.stop();
      await running;
    },
  };
}

class Runner {
  readonly #sessions = new Map<string, Client>();
  readonly #busy = new Set<string>();
  #stopped = false;
  #wake: () => void = () => undefined;

  constructor(
    private readonly server: PostgresServer,
    private readonly database: string,
    private readonly agenda: Agenda,
  ) {}

  async run(): Promise<void> {
    while (!this.#stopped) {
      await this.#poll().catch(() => this.#forget('list'));
      if (!this.#stopped) await this.#pause();
    }
    await Promise.all([...this.#sessions.values()].map((client) => client.end().catch(() => undefined)));
  }

  stop(): void {
    this.#stopped = true;
    this.#wake();
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, POLL_MS);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async #poll(): Promise<void> {
    const list = await this.#session('list');
    const { rows: state } = await list.query<{ ready: boolean }>(
      "SELECT NOT pg_is_in_recovery() AND to_regclass('cron.job') IS NOT NULL AS ready",
    );
    if (state[0]?.ready !== true) return;
    const { rows } = await list.query<Job>(
      'SELECT jobid, schedule, command, username FROM cron.job WHERE active AND database = current_database()',
    );
    for (const job of rows) this.#startIfDue(job);
  }

  #startIfDue(job: Job): void {
    if (this.#busy.has(job.jobid) || !this.agenda.isDue(job.jobid, job.schedule)) return;
    this.#busy.add(job.jobid);
    // What a job raises is its own affair, as in pg_cron's log; its session is made anew.
    void this.#runJob(job)
      .catch(() => this.#forget(job.jobid))
      .finally(() => this.#busy.delete(job.jobid));
  }

  async #runJob({ jobid, command, username }: Job): Promise<void> {
    const session = await this.#session(jobid);
    await session.query(`SET SESSION AUTHORIZATION ${session.escapeIdentifier(username)}`);
    await session.query(command);
  }

  async #session(name: string): Promise<Client> {
    const there = this.#sessions.get(name);
    if (there) return there;
    const made = await this.server.connect({ ...this.server.superuser, database: this.database });
    this.#sessions.set(name, made);
    return made;
  }

  #forget(name: string): void {
    const session = this.#sessions.get(name);
    this.#sessions.delete(name);
    void session?.end().catch(() => undefined);
  }
}
