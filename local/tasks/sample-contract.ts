/** What the sample application and whoever starts it have in common. */

/** Environment variable with `SampleSettings` as JSON. */
export const SETTINGS = 'SAMPLE_SETTINGS';

/** Variable of the environment of a revision whose tasks are never healthy. */
export const BROKEN = 'SAMPLE_BROKEN';

/** Names the row that a request writes, whatever its path. */
export const WRITE_HEADER = 'x-drill-write';
/** Names the row that a request asks for. */
export const READ_HEADER = 'x-drill-read';

/** Where the application writes; made by its migration, as the owner of the database. */
export const TABLE = `
CREATE TABLE IF NOT EXISTS drill_writes (
  id text PRIMARY KEY,
  region text NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp()
)`;

/** Where its workers write, to whom a job is no key; made as the other one. */
export const JOBS_TABLE = `
CREATE TABLE IF NOT EXISTS drill_jobs (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  job text NOT NULL,
  region text NOT NULL,
  epoch bigint NOT NULL
)`;

export interface SampleSettings {
  readonly service: string;
  readonly region: string;
  /** Container ports; each gets a port of this machine. */
  readonly ports: readonly number[];
  readonly healthPath?: string;
  readonly readinessPath?: string;
  readonly metricsPath?: string;
  /** Makes the table and ends, as a migration does; otherwise it serves. */
  readonly migrates?: boolean;
  readonly database?: {
    readonly host: string;
    readonly name: string;
    readonly username: string;
    readonly password: string;
    /** File with the ports of names, as they are seen from the region. */
    readonly names: string;
    /** File with what the database's certificate is trusted by. */
    readonly ca: string;
  };
  /** Queue of the own region: a service with routes puts jobs into it, one without works them off. */
  readonly queue?: {
    /** Of the local AWS API. */
    readonly endpoint: string;
    readonly region: string;
    readonly url: string;
    readonly use: 'send' | 'work';
  };
}

/** What the application says when it listens: container port -> port of this machine. */
export interface Started {
  readonly ports: Readonly<Record<string, number>>;
}
