import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { makeSchema } from '../../../bin/database-import/schema';
import { pgDump, schemaFile } from '../../../bin/database-import/server/schema-source';
import type { Session } from '../../../lambda/runtime/postgres/session';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const DSN = { host: 'h', port: 5432, database: 'app', username: 'u', password: 'hush', tls: 'on' } as const;

/** A program of that name on a path of its own. */
function program(name: string, script: string): { PATH: string } {
  const bin = mkdtempSync(join(folder, 'bin-'));
  writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(bin, name), 0o755);
  return { PATH: `${bin}:/usr/bin:/bin` };
}

describe('the schema of the old database', () => {
  it('is read by pg_dump, without a password among its arguments', async () => {
    const environment = program(
      'pg_dump',
      'echo "$@ $PGHOST $PGDATABASE $PGSSLMODE"; [ "$PGPASSWORD" = hush ]',
    );
    const said = await pgDump(DSN, environment).read();
    expect(said).toMatch(/^--schema-only --no-owner .* h app require\n$/);
    expect(said).not.toContain('hush');
  });

  it('says what to install, and the way by hand, where there is no pg_dump', async () => {
    const read = pgDump(DSN, { PATH: folder }).read();
    await expect(read).rejects.toThrow(/^There is no pg_dump here.*--schema schema\.sql\.$/);
  });

  it('says what pg_dump said', async () => {
    const environment = program('pg_dump', 'echo "server version mismatch" >&2; exit 1');
    await expect(pgDump(DSN, environment).read()).rejects.toThrow(
      /of the old server: server version mismatch\. Or say/,
    );
  });

  it('is read from a file that somebody made', async () => {
    const file = join(folder, 'schema.sql');
    writeFileSync(file, 'CREATE TABLE a ();');
    expect(await schemaFile(file).read()).toBe('CREATE TABLE a ();');
    await expect(schemaFile(join(folder, 'none')).read()).rejects.toThrow(/could not be read from/);
  });
});

describe('the schema at the new server', () => {
  const asked = () => {
    const queries: string[] = [];
    const session: Session = {
      query: async (sql) => {
        queries.push(sql);
        if (/refused/.test(sql)) throw new Error('type "vector" does not exist');
        return [];
      },
      isOpen: () => true,
      end: async () => {},
    };
    return { session, queries };
  };

  it('is made one statement at a time, in one transaction, without what belongs to others', async () => {
    const { session, queries } = asked();
    const sql = [
      '\\restrict x',
      'SET lock_timeout = 0;',
      "SELECT pg_catalog.set_config('search_path', '', false);",
      "COMMENT ON EXTENSION pg_trgm IS 'x;y';",
      'CREATE SCHEMA public;',
      'CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public;',
      'CREATE FUNCTION public.f() RETURNS int LANGUAGE sql AS $$ SELECT 1; $$;',
      'ALTER SCHEMA public OWNER TO x;',
    ].join('\n');
    expect(await makeSchema(session, sql)).toBe(2);
    expect(queries.filter((one) => /^CREATE/.test(one))).toEqual([
      'CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public',
      'CREATE FUNCTION public.f() RETURNS int LANGUAGE sql AS $$ SELECT 1; $$',
    ]);
    expect([queries[0], queries.at(-1)]).toEqual(['BEGIN', 'COMMIT']);
  });

  it('is not made at all if one statement is refused, which is named', async () => {
    const { session, queries } = asked();
    const made = makeSchema(session, 'CREATE TABLE a (); CREATE TABLE refused (); CREATE TABLE b ();');
    await expect(made).rejects.toThrow(
      /nothing of it was made: type "vector" does not exist.*CREATE TABLE refused/,
    );
    expect(queries.at(-1)).toBe('ROLLBACK');
  });
});
