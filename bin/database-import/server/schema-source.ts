import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { Environment } from '../../../lambda/runtime/environment';
import { HoldfastError, sentenceOf } from '../../../lambda/runtime/errors';
import type { SchemaSource } from '../ports';
import type { Dsn } from './dsn';

/** The schema of the old database could not be read. */
export class NoSchema extends HoldfastError {}

const MIB = 1024 * 1024;
const LONGEST_BYTES = 256 * MIB;
const WITHIN_MS = 10 * 60_000;

/** Everything belongs to the owner of the new database, whose rights are Holdfast's to give. */
const ARGUMENTS = [
  '--schema-only',
  '--no-owner',
  '--no-privileges',
  '--no-publications',
  '--no-subscriptions',
  '--no-security-labels',
  '--no-tablespaces',
  '--exclude-schema=holdfast',
  '--exclude-schema=cron',
];

const MODES = { off: 'disable', on: 'require', verified: 'verify-full' } as const;

/** Asks `pg_dump` of this machine. The password goes by its environment, so that no list of processes shows it. */
export const pgDump = (dsn: Dsn, environment: Environment): SchemaSource => ({
  async read() {
    const env = {
      ...environment,
      PGHOST: dsn.host,
      PGPORT: String(dsn.port),
      PGDATABASE: dsn.database,
      PGUSER: dsn.username,
      PGPASSWORD: dsn.password,
      PGSSLMODE: MODES[dsn.tls],
    };
    try {
      const { stdout } = await promisify(execFile)('pg_dump', ARGUMENTS, {
        env,
        maxBuffer: LONGEST_BYTES,
        timeout: WITHIN_MS,
      });
      return stdout;
    } catch (error) {
      throw new NoSchema(whyNot(error), { cause: error });
    }
  },
});

const BY_HAND = `pg_dump ${ARGUMENTS.join(' ')} > schema.sql, at a machine that reaches the old server, and hand it in with --schema schema.sql`;

function whyNot(error: unknown): string {
  const { code, stderr } = fieldsOf(error);
  if (code === 'ENOENT') {
    return `There is no pg_dump here, so the schema cannot be read. Install the client of PostgreSQL, at least as new as the old server, or say ${BY_HAND}.`;
  }
  const said = typeof stderr === 'string' && stderr !== '' ? stderr : sentenceOf(error);
  return `pg_dump could not read the schema of the old server: ${said.replace(/\s+/g, ' ').trim()}. Or say ${BY_HAND}.`;
}

/** What Node adds to the error of a program that failed. */
const fieldsOf = (error: unknown): { readonly code?: unknown; readonly stderr?: unknown } =>
  typeof error === 'object' && error !== null ? error : {};

/** A file that somebody has made with `pg_dump --schema-only`. */
export const schemaFile = (path: string): SchemaSource => ({
  async read() {
    try {
      return await readFile(path, 'utf8');
    } catch (error) {
      throw new NoSchema(`The schema could not be read from ${path}.`, { cause: error });
    }
  },
});
