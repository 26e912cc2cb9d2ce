import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Client } from 'pg';
import { CronTooOld, checkCron } from '../../../lambda/database-setup/cron';
import { installExtensions } from '../../../lambda/database-setup/install';
import type { Row, Session } from '../../../lambda/runtime/postgres/session';
import { type FencedServer, startFenced } from '../../support/fence';
import { outcomeOf } from '../../support/writers';

/** A server with one version of pg_cron, or none, that takes down what it is told. */
function serverWith(version: string | undefined): { readonly session: Session; readonly told: string[] } {
  const told: string[] = [];
  const session: Session = {
    async query(sql): Promise<readonly Row[]> {
      told.push(sql);
      if (!sql.includes('pg_available_extensions')) return [];
      return version === undefined ? [] : [{ version }];
    },
    isOpen: () => true,
    async end() {},
  };
  return { session, told };
}

describe('the version of pg_cron', () => {
  it.each(['1.4', '1.4-1', '1.3.1', '0.9', 'unknown'])(
    'is refused by name, before anything is made: %s',
    async (version) => {
      const { session, told } = serverWith(version);
      const given = installExtensions(session, ['citext']);
      await expect(given).rejects.toThrow(CronTooOld);
      await expect(given).rejects.toThrow(
        `The database has pg_cron ${version}, which runs no job every few seconds`,
      );
      expect(told.filter((sql) => sql.startsWith('CREATE'))).toEqual([]);
    },
  );

  it.each(['1.5', '1.5.2', '1.6', '1.10', '2.0'])('is taken: %s', async (version) => {
    await expect(checkCron(serverWith(version).session)).resolves.toBeUndefined();
  });

  it('is not asked for where there is none: making the extension tells why', async () => {
    const { session, told } = serverWith(undefined);
    await installExtensions(session, []);
    expect(told).toContain('CREATE EXTENSION IF NOT EXISTS "pg_cron"');
  });
});

/** As postgis is: the owner may make it, and its table belongs to the superuser. */
const PLACES = {
  'places.control': "default_version = '1.0'\nrelocatable = true\ntrusted = true\n",
  'places--1.0.sql': 'CREATE TABLE place (id int PRIMARY KEY, name text);',
};

describe('a later extension whose tables belong to another superuser', () => {
  let fenced: FencedServer;
  let owner: Client;
  let admin: Client;
  beforeAll(async () => {
    fenced = await startFenced({}, PLACES);
    await fenced.setup();
    await fenced.open(1);
    owner = await fenced.as();
    admin = await fenced.as(fenced.server.superuser);
    await owner.query('ALTER ROLE holdfast_owner NOSUPERUSER');
    // Stands in for a service that runs no function of its customers as the superuser that makes the extension.
    await admin.query('ALTER FUNCTION holdfast.guard_new_tables() SECURITY DEFINER');
  });
  afterAll(async () => {
    await owner?.end();
    await admin?.end();
    await fenced?.stop();
  });

  const guards = async (table: string): Promise<unknown> => {
    const { rows } = await admin.query(
      "SELECT count(*)::int AS found FROM pg_trigger WHERE tgname = 'holdfast_guard' AND tgrelid = $1::regclass",
      [table],
    );
    return rows[0]?.found;
  };

  it('is made, without a guard on its table', async () => {
    expect(await outcomeOf(owner, 'CREATE EXTENSION places')).toBe('done');
    expect(await guards('place')).toBe(0);
  });

  it('leaves the guard to the tables that are', async () => {
    await owner.query('CREATE TABLE own (x int)');
    expect(await guards('own')).toBe(1);
  });

  it('is no matter of extensions alone: a schema may be made for another role, with a table', async () => {
    await admin.query(
      'CREATE ROLE tenant NOLOGIN; GRANT tenant TO holdfast_owner WITH INHERIT FALSE, SET TRUE',
    );
    await admin.query('GRANT CREATE ON DATABASE shop TO tenant');
    const made = 'CREATE SCHEMA AUTHORIZATION tenant CREATE TABLE room (x int)';
    expect(await outcomeOf(owner, made)).toBe('done');
    expect(await guards('tenant.room')).toBe(0);
  });
});
