import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Client } from 'pg';
import { loadPlatform } from '../../../lib/config/load';
import { binaries } from '../../../local/postgres/binaries';
import { type PostgresServer, startServer } from '../../../local/postgres/server';
import { EMPTY_EXTENSIONS, emptyAmong } from '../../../local/postgres/stand-ins';
import { scratchFolder } from '../../support/run/folder';

const NAMES = Object.keys(EMPTY_EXTENSIONS).flatMap((file) => /^(.+)\.control$/.exec(file)?.[1] ?? []);

const ROOT = resolve(__dirname, '../../..');
const filesIn = (folder: string, below: string): string[] =>
  readdirSync(join(ROOT, folder)).map((name) => join(ROOT, folder, name, below));

describe('extensions that RDS has and this machine lacks', () => {
  let server: PostgresServer;
  let owner: Client;
  beforeAll(async () => {
    server = await startServer({ extensions: EMPTY_EXTENSIONS });
    const admin = await server.connect();
    await admin.query(
      `CREATE ROLE owner LOGIN PASSWORD 'owner'; GRANT CREATE ON DATABASE postgres TO owner; GRANT CREATE ON SCHEMA public TO owner`,
    );
    await admin.end();
    owner = await server.connect({ username: 'owner', password: 'owner' });
  });
  afterAll(async () => {
    await owner?.end();
    await server?.stop();
  });

  it('say what they need, as the real ones do', async () => {
    await expect(owner.query('CREATE EXTENSION postgis_topology')).rejects.toThrow(
      'required extension "postgis" is not installed',
    );
  });

  it('can each be made by an owner who is no superuser, and hold nothing', async () => {
    for (const name of NAMES) await owner.query(`CREATE EXTENSION IF NOT EXISTS ${name} CASCADE`);
    const { rows } = await owner.query<{ extname: string }>(
      `SELECT extname FROM pg_extension WHERE extversion = '0.0' ORDER BY extname COLLATE "C"`,
    );
    expect(rows.map(({ extname }) => extname)).toEqual([...NAMES].sort());
    await expect(owner.query('CREATE TABLE place (at vector)')).rejects.toThrow(
      'type "vector" does not exist',
    );
  });

  const brought = (): string[] =>
    readdirSync(join(binaries(scratchFolder('brought')), 'share/postgresql/extension'));

  it('are none that PostgreSQL brings', () => {
    expect(brought()).toContain('pg_trgm.control');
    expect(brought().filter((file) => file in EMPTY_EXTENSIONS)).toEqual([]);
  });

  it('leave none out that an example or an imported platform names', () => {
    const there = new Set([...brought(), ...Object.keys(EMPTY_EXTENSIONS)]);
    const files = [...filesIn('platforms', ''), ...filesIn('test/compose/shapes', 'platform.yaml')];
    const named = files.flatMap((file) => {
      const { database } = loadPlatform(file, { root: ROOT });
      return database?.kind === 'managed' ? database.extensions : [];
    });
    expect(named).toEqual(expect.arrayContaining(['pg_trgm', 'postgis', 'vector']));
    expect(named.filter((name) => !there.has(`${name}.control`))).toEqual([]);
  });

  it('are told among those that a platform names', () => {
    expect(emptyAmong(['pg_trgm', 'vector', 'postgis'])).toEqual(['vector', 'postgis']);
  });
});
