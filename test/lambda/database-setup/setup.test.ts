import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Client } from 'pg';
import { UnfenceableRole } from '../../../lambda/database-setup/roles';
import { guardTables, TableBusy } from '../../../lambda/database-setup/tables';
import { BadProperties } from '../../../lambda/runtime/custom-resource';
import type { Session } from '../../../lambda/runtime/postgres/session';
import { AGENT, APP, ARCHIVER, type FencedServer, MONITOR, startFenced } from '../../support/fence';
import { resourceHost } from '../../support/resource-host';
import { outcomeOf, Writers } from '../../support/writers';

/** The set-up against a real PostgreSQL 17 that is in use. */
let fenced: FencedServer;
let owner: Client;
beforeAll(async () => {
  fenced = await startFenced({ max_prepared_transactions: '2' });
  owner = await fenced.as();
});
afterAll(async () => {
  await owner?.end();
  await fenced?.stop();
});

const one = async (sql: string): Promise<unknown> => {
  const { rows } = await owner.query({ text: sql, rowMode: 'array' });
  return rows[0]?.[0];
};
const guarded = (table: string): Promise<unknown> =>
  one(`SELECT count(*)::int FROM pg_trigger
        WHERE tgname = 'holdfast_guard' AND tgenabled = 'A' AND tgrelid = '${table}'::regclass`);

describe('the first set-up', () => {
  it('leaves a database that takes no writes until the agent opens it', async () => {
    const { data } = await fenced.setup({ Extensions: ['citext', 'hstore'] });
    expect(data?.LeaseEpoch).toBe('0');
    expect(await outcomeOf(owner, "INSERT INTO orders (note) VALUES ('x')")).toBe('HF001');
    await fenced.open(1);
    expect(await outcomeOf(owner, "INSERT INTO orders (note) VALUES ('x')")).toBe('done');
  });

  it('makes the users of all secrets, with a password that no statement shows', async () => {
    for (const credential of [APP, AGENT, ARCHIVER, MONITOR]) await (await fenced.as(credential)).end();
    const stored = await one("SELECT rolpassword FROM pg_authid WHERE rolname = 'app_a'");
    expect(String(stored)).toMatch(/^SCRAM-SHA-256\$/);
  });

  it('makes the extensions and runs the enforcement as the owner', async () => {
    expect(
      await one(
        "SELECT string_agg(extname, ' ' ORDER BY extname) FROM pg_extension WHERE extname <> 'plpgsql'",
      ),
    ).toBe('citext hstore pg_cron');
    expect(await one("SELECT schedule || ' ' || username || ' ' || command FROM cron.job")).toBe(
      '1 seconds holdfast_owner CALL holdfast.enforce()',
    );
  });

  it('lets the agent call the fence and nothing else', async () => {
    const agent = await fenced.as(AGENT);
    expect(await outcomeOf(agent, 'SELECT * FROM holdfast.status()')).toBe('done');
    for (const sql of [
      'SELECT * FROM orders',
      'UPDATE holdfast.lease SET epoch = 9',
      "SELECT setval('holdfast.lease_limit', 9)",
      'SELECT holdfast.extend(9)',
      'CALL holdfast.enforce()',
    ]) {
      expect([sql, await outcomeOf(agent, sql)]).toEqual([sql, '42501']);
    }
    await agent.end();
  });

  it('lets the application call nothing that changes the lease', async () => {
    const app = await fenced.as(APP);
    for (const sql of [
      'SELECT holdfast.renew_lease(1, 99, 99)',
      'SELECT holdfast.open_lease(9, 99)',
      'SELECT holdfast.close_lease(9, 99)',
      'SELECT holdfast.end_sessions()',
      "SELECT setval('holdfast.lease_limit', 9)",
      "SELECT nextval('holdfast.lease_limit')",
    ]) {
      expect([sql, await outcomeOf(app, sql)]).toEqual([sql, '42501']);
    }
    await app.end();
  });

  it('leaves connections for the agent', async () => {
    expect(await one("SELECT rolconnlimit FROM pg_roles WHERE rolname = 'app_a'")).toBe(12);
  });
});

describe('a later set-up', () => {
  it('fails no write of an application that goes on, and keeps the lease', async () => {
    await owner.query('DROP TRIGGER holdfast_guard ON orders');
    const writers = new Writers(() => fenced.as(APP), 4);
    expect(await writers.during(200)).toBeGreaterThan(0);
    for (let round = 0; round < 3; round += 1) {
      const { data } = await fenced.setup({ Extensions: ['citext'] });
      expect(data?.LeaseEpoch).toBe('1');
    }
    await writers.stop();
    expect([...writers.refused]).toEqual([]);
    expect(await guarded('orders')).toBe(1);
  });

  it('puts a status that tells more in the place of an earlier one, and leaves one alone that tells all', async () => {
    const oid = () => one("SELECT 'holdfast.status()'::regprocedure::oid");
    const present = await oid();
    await fenced.setup();
    expect(await oid()).toBe(present);
    await owner.query(`DROP FUNCTION holdfast.status();
      CREATE FUNCTION holdfast.status() RETURNS TABLE (in_recovery boolean) LANGUAGE sql AS 'SELECT false'`);
    await fenced.setup();
    expect((await fenced.agent.observe()).archiveMissing).toBe(false);
  });

  it('changes no password and no right to log in', async () => {
    await owner.query('ALTER ROLE app_a NOLOGIN');
    const before = await one("SELECT rolpassword FROM pg_authid WHERE rolname = 'app_a'");
    await fenced.setup();
    expect(await one("SELECT rolpassword FROM pg_authid WHERE rolname = 'app_a'")).toBe(before);
    expect(await one("SELECT rolcanlogin FROM pg_roles WHERE rolname = 'app_a'")).toBe(false);
    await owner.query('ALTER ROLE app_a LOGIN');
  });

  it('reschedules the enforcement when its interval has changed, and makes one that was switched off anew', async () => {
    await fenced.setup({ EnforceSeconds: '7' });
    expect(await one('SELECT schedule FROM cron.job')).toBe('7 seconds');
    expect((await fenced.agent.observe()).enforceSeconds).toBe(7);
    await owner.query('UPDATE cron.job SET active = false');
    await fenced.setup();
    expect(await one("SELECT count(*)::int FROM cron.job WHERE active AND schedule = '1 seconds'")).toBe(1);
  });

  it('comes back to a table that somebody has locked', async () => {
    await owner.query('DROP TRIGGER holdfast_guard ON orders');
    const other = await fenced.as();
    await other.query('BEGIN; LOCK TABLE orders IN ROW EXCLUSIVE MODE');
    const host = resourceHost();
    const pause = jest.spyOn(host.clock, 'sleep').mockImplementation(async () => {
      await other.query('ROLLBACK');
    });
    await fenced.setup({}, host);
    expect(pause).toHaveBeenCalledTimes(1);
    expect(await guarded('orders')).toBe(1);
    await other.end();
  });

  it('gives up on a table that stays locked, and names it', async () => {
    const locked = Object.assign(new Error('canceling statement due to lock timeout'), { code: '55P03' });
    const session: Session = {
      async query(sql) {
        if (sql.includes('guard_table')) throw locked;
        return sql.includes('is_unguarded') ? [{ oid: 1, name: 'orders' }] : [];
      },
      isOpen: () => true,
      async end() {},
    };
    const clock = resourceHost().clock;
    jest.spyOn(clock, 'sleep').mockImplementation(async () => undefined);
    const given = guardTables(session, clock);
    await expect(given).rejects.toThrow(TableBusy);
    await expect(given).rejects.toThrow('the guard could not be changed on orders');
  });

  it('takes the check off every table when only sessions are to be fenced, and puts it on again', async () => {
    const { sentence } = await fenced.setup({ Statements: 'false' });
    expect(sentence).toContain('Statements are not checked');
    await owner.query('CREATE TABLE unchecked (x int)');
    expect([await guarded('orders'), await guarded('unchecked')]).toEqual([0, 0]);
    await fenced.setup();
    expect([await guarded('orders'), await guarded('unchecked')]).toEqual([1, 1]);
  });
});

describe('what the set-up cannot fence', () => {
  it('is named: prepared transactions, other databases', async () => {
    await owner.query("BEGIN; INSERT INTO orders (note) VALUES ('prepared'); PREPARE TRANSACTION 'one'");
    await owner.query('CREATE DATABASE other');
    const { sentence, data } = await fenced.setup();
    expect(sentence).toContain('1 prepared transaction(s) can be committed without a check.');
    expect(sentence).toContain('In the other databases of the server (other)');
    expect(sentence).toContain('large objects');
    expect(data?.Sentence).toBe(sentence);
    await owner.query("ROLLBACK PREPARED 'one'");
    await owner.query('DROP DATABASE other');
  });

  it('is refused if it is a role that is a superuser, and nothing is changed', async () => {
    await owner.query('CREATE ROLE admin_of_old LOGIN SUPERUSER');
    await owner.query('DROP FUNCTION holdfast.status()');
    await expect(fenced.setup()).rejects.toThrow(UnfenceableRole);
    await expect(fenced.setup()).rejects.toThrow('The role admin_of_old can log in and cannot be fenced');
    expect(await one("SELECT to_regproc('holdfast.status') IS NULL")).toBe(true);
    await owner.query('DROP ROLE admin_of_old');
    await fenced.setup();
  });
});

describe('an owner that is no superuser, as on RDS', () => {
  let admin: Client;
  beforeAll(async () => {
    admin = await fenced.server.connect();
    await admin.query('ALTER ROLE holdfast_owner NOSUPERUSER CREATEROLE');
    const roles =
      'app_a, holdfast_agent_a, holdfast_archive_a, holdfast_monitor_a, holdfast_application, holdfast_agent, holdfast_archive, holdfast_monitor, pg_use_reserved_connections, pg_monitor';
    await admin.query(`GRANT ${roles} TO holdfast_owner WITH ADMIN OPTION`);
    // What rds_superuser is a member of.
    await admin.query('GRANT pg_signal_backend TO holdfast_owner');
  });
  afterAll(async () => {
    await admin.query('ALTER ROLE holdfast_owner SUPERUSER');
    await admin.end();
  });

  it('has the right to do all that the fence does', async () => {
    await fenced.setup();
    const app = await fenced.as(APP);
    const { lease, clockMs } = await fenced.agent.observe();
    const next = { epoch: lease.epoch, version: lease.version + 1, limitMs: clockMs + 60_000 };
    expect(await fenced.agent.renew(next)).toBe(true);
    expect(await fenced.agent.close({ epoch: lease.epoch, version: lease.version + 2 })).toBe(true);
    expect(await outcomeOf(app, 'SELECT 1')).not.toBe('done');
    await expect(fenced.as(APP)).rejects.toThrow('not permitted to log in');
    expect(await fenced.agent.open({ ...next, version: lease.version + 3 })).toBe(true);
    await (await fenced.as(APP)).end();
  });

  it('is told of a role that it may not alter', async () => {
    await admin.query('CREATE ROLE stranger LOGIN');
    await expect(fenced.setup()).rejects.toThrow('The role stranger can log in and cannot be fenced');
    await admin.query('DROP ROLE stranger');
  });

  it('is told of a table of another owner, which keeps its own way to the guard', async () => {
    await admin.query('CREATE ROLE maker NOLOGIN');
    await fenced.setup();
    const inside = await fenced.as({ ...fenced.server.superuser });
    await inside.query('CREATE TABLE made_by_another (x int); ALTER TABLE made_by_another OWNER TO maker');
    expect(await guarded('made_by_another')).toBe(1);
    await inside.query('DROP TRIGGER holdfast_guard ON made_by_another');
    const { sentence } = await fenced.setup();
    expect(sentence).toContain('Statements are not checked on tables of other owners: made_by_another.');
    await inside.query('DROP TABLE made_by_another; DROP ROLE maker');
    await inside.end();
  });
});

describe('a replica', () => {
  it('is left alone, and says so', async () => {
    const replica = await fenced.server.replica();
    const { sentence, data } = await fenced.on(replica).setup();
    expect(sentence).toBe('The database is a replica: it has the fence of its source, and nothing was done.');
    expect(data?.LeaseEpoch).toBe('1');
    await replica.stop();
  });
});

describe('the properties', () => {
  it.each([
    [{ EnforceSeconds: '60' }],
    [{ EnforceSeconds: '0' }],
    [{ Statements: 'yes' }],
    [{ Archive: 'yes' }],
    [{ KeylessTables: 'drop' }],
    [{ ApplicationLimit: '0' }],
    [{ Extensions: 'citext' }],
  ])('are refused: %j', (wrong) => {
    expect(() => fenced.setup(wrong)).toThrow(BadProperties);
  });
});
