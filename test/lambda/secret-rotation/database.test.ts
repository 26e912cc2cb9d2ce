import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Client, Pool } from 'pg';
import { postgres } from '../../../lambda/runtime/postgres/connect';
import {
  type Credential,
  type Database,
  DatabaseUnreachable,
  LoginRefused,
} from '../../../lambda/runtime/postgres/session';
import { AGENT, APPLICATION, ARCHIVE, MONITOR } from '../../../lambda/runtime/postgres/users';
import { credentialOf } from '../../../lambda/runtime/secret-fields';
import {
  AGENT_USERS,
  APPLICATION_USERS,
  ARCHIVE_USERS,
  MONITOR_USERS,
} from '../../../lambda/secret-rotation/contract';
import { databaseUsers } from '../../../lambda/secret-rotation/database-users';
import { MissingRights, ReadOnlyReplica } from '../../../lambda/secret-rotation/errors';
import { systemRandomness } from '../../../lambda/secret-rotation/randomness';
import type { Rotation } from '../../../lambda/secret-rotation/rotate';
import { selfSigned } from '../../support/certificate';
import { freePort } from '../../support/free-port';
import { SUPERUSER, startPostgres, type TestPostgres } from '../../support/postgres';

/**
 * The users of the application in a real PostgreSQL 17 over TLS. The owner is what RDS's master user is: no
 * superuser, but owner of the database and allowed to make roles.
 */
const SECRET = 'shop/database';
const OWNER: Credential = { username: 'shop_owner', password: 'owner-in-a-test' };
const DATABASE = 'shop "main"';
const authority = selfSigned();

let server: TestPostgres;
/** Every statement that the function sent. */
const statements: string[] = [];

beforeAll(async () => {
  server = await startPostgres({ tls: authority });
  const superuser = await server.connect();
  await superuser.query(`CREATE ROLE shop_owner LOGIN CREATEROLE PASSWORD '${OWNER.password}'`);
  await superuser.query('CREATE DATABASE "shop ""main""" OWNER shop_owner');
  await superuser.end();
  const inside = await server.connect({ ...SUPERUSER, database: DATABASE });
  // What an extension of RDS leaves in the schema: the owner can neither use nor grant it.
  await inside.query('CREATE TABLE public.rds_internal (x int)');
  await inside.end();
  const owner = await asUser(OWNER);
  await owner.query('CREATE TABLE public."Order Items" (id serial PRIMARY KEY, name text)');
  await owner.end();
}, 60_000);

afterAll(async () => {
  await server?.stop();
});

const asUser = (credential: Credential): Promise<Client> =>
  server.connect({ ...credential, database: DATABASE });

function here(ca: string | undefined = authority.certificate): Database {
  const real = postgres(
    { host: server.host, port: server.port, database: DATABASE },
    { name: 'holdfast-test', ca },
  );
  return {
    async connect(credential) {
      const session = await real.connect(credential);
      return {
        query: (sql, parameters) => {
          statements.push(sql);
          return session.query(sql, parameters);
        },
        isOpen: () => session.isOpen(),
        end: () => session.end(),
      };
    },
  };
}

const TURNS = { group: APPLICATION, users: APPLICATION_USERS };
const application = (): Rotation => databaseUsers(SECRET, TURNS, here(), async () => OWNER, systemRandomness);
const archiver = (): Rotation =>
  databaseUsers(
    SECRET,
    { group: ARCHIVE, users: ARCHIVE_USERS },
    here(),
    async () => OWNER,
    systemRandomness,
  );
const agent = (): Rotation =>
  databaseUsers(SECRET, { group: AGENT, users: AGENT_USERS }, here(), async () => OWNER, systemRandomness);

/** What the rotation of a secret does with its value. */
async function turn(current: object, rotation = application()): Promise<Credential> {
  const pending = rotation.next({ ...current });
  await rotation.set(pending, { ...current });
  await rotation.test(pending);
  return credentialOf(SECRET, pending);
}

async function works(credential: Credential): Promise<boolean> {
  try {
    await (await asUser(credential)).end();
    return true;
  } catch {
    return false;
  }
}

describe('the users of the application', () => {
  const first: Credential = { username: 'app_a', password: "made by Cloud'Formation" };
  let second: Credential;

  it('begin with both the first value and the rotated one working', async () => {
    second = await turn(first);
    expect(second.username).toBe('app_b');
    expect([await works(first), await works(second)]).toEqual([true, true]);
  });

  it('take turns, and the one in use keeps its password', async () => {
    const third = await turn(second);
    expect(third.username).toBe('app_a');
    expect([await works(first), await works(second), await works(third)]).toEqual([false, true, true]);
    second = await turn(third);
    expect(second.username).toBe('app_b');
    expect([await works(third), await works(second)]).toEqual([true, true]);
  });

  it('keep their sessions when their password changes', async () => {
    const session = await asUser(second);
    const third = await turn(second);
    await turn(third);
    await expect(session.query('SELECT 1')).resolves.toMatchObject({ rowCount: 1 });
    await session.end();
    second = await turn(third);
  });

  it('lose no query of pools that connect all along while they rotate and their tasks start anew', async () => {
    const poolOf = (credential: Credential): Pool =>
      new Pool({
        host: server.host,
        port: server.port,
        database: DATABASE,
        user: credential.username,
        password: credential.password,
        max: 4,
        // The hardest case: each query is a login.
        maxUses: 1,
      });
    const counts = { answered: 0, failed: 0 };
    const load = (pool: Pool, stop: AbortSignal): Promise<unknown> =>
      Promise.all(
        [1, 2, 3, 4].map(async () => {
          while (!stop.aborted) {
            const answer = await pool.query('SELECT 1').catch(() => undefined);
            counts[answer ? 'answered' : 'failed'] += 1;
          }
        }),
      );
    const started = (credential: Credential) => {
      const pool = poolOf(credential);
      const ending = new AbortController();
      const done = load(pool, ending.signal);
      const stop = async (): Promise<void> => {
        ending.abort();
        await done;
        await pool.end();
      };
      return { stop };
    };
    // Of each generation of tasks the old one goes on until the new one, with the new value, has answered. An even
    // number of rotations, so that the user in use is the one that the tests behind expect.
    let tasks = started(second);
    for (let rotation = 0; rotation < 4; rotation += 1) {
      second = await turn(second);
      const younger = started(second);
      const before = counts.answered;
      while (counts.answered < before + 40) await new Promise((resolve) => setTimeout(resolve, 5));
      await tasks.stop();
      tasks = younger;
    }
    await tasks.stop();
    expect(counts.failed).toBe(0);
    expect(counts.answered).toBeGreaterThan(100);
  });

  it('may read and write the tables of the owner, old and new, and use their sequences', async () => {
    const owner = await asUser(OWNER);
    await owner.query('CREATE TABLE public.later (id serial PRIMARY KEY, name text)');
    const user = await asUser(second);
    for (const table of ['public."Order Items"', 'public.later']) {
      await user.query(`INSERT INTO ${table} (name) VALUES ('a')`);
      await user.query(`UPDATE ${table} SET name = 'b'`);
      expect((await user.query(`SELECT name FROM ${table}`)).rows).toEqual([{ name: 'b' }]);
      await user.query(`DELETE FROM ${table}`);
    }
    await user.end();
    await owner.end();
  });

  it('own nothing and may make nothing', async () => {
    const user = await asUser(second);
    await expect(user.query('CREATE TABLE public.mine (x int)')).rejects.toThrow('permission denied');
    await expect(user.query('DROP TABLE public."Order Items"')).rejects.toThrow('must be owner');
    await expect(user.query('TRUNCATE public."Order Items"')).rejects.toThrow('permission denied');
    await expect(user.query('CREATE ROLE x')).rejects.toThrow('permission denied');
    await user.end();
  });

  it('share a group that nobody can log in as', async () => {
    const owner = await asUser(OWNER);
    const { rows } = await owner.query('SELECT rolcanlogin FROM pg_roles WHERE rolname = $1', [
      APPLICATION.role,
    ]);
    expect(rows).toEqual([{ rolcanlogin: false }]);
    await owner.end();
  });

  it('are not opened again by a rotation when the fence has closed them', async () => {
    const owner = await asUser(OWNER);
    await owner.query('ALTER ROLE app_a NOLOGIN');
    const rotation = application();
    const pending = rotation.next({ ...second });
    await rotation.set(pending, { ...second });
    await expect(rotation.test(pending)).rejects.toThrow(LoginRefused);
    const { rows } = await owner.query("SELECT rolcanlogin FROM pg_roles WHERE rolname = 'app_a'");
    expect(rows).toEqual([{ rolcanlogin: false }]);
    await owner.query('ALTER ROLE app_a LOGIN');
    await owner.end();
    await expect(rotation.test(pending)).resolves.toBeUndefined();
  });

  it('are left as they are when somebody else holds a lock on them for long', async () => {
    const owner = await asUser(OWNER);
    await owner.query('BEGIN');
    await owner.query('ALTER ROLE app_a CONNECTION LIMIT 50');
    const before = await passwordOf('app_a');
    await expect(turn(second)).rejects.toThrow('lock timeout');
    expect(await passwordOf('app_a')).toBe(before);
    await owner.query('ROLLBACK');
    await owner.end();
  });

  it('do nothing when the pending value works already', async () => {
    const rotation = application();
    const pending = rotation.next({ ...second });
    await rotation.set(pending, { ...second });
    const sent = statements.length;
    await rotation.set(pending, { ...second });
    expect(statements.length).toBe(sent);
  });

  it('never have a password in a statement', async () => {
    const secrets: string[] = [OWNER.password, first.password, second.password];
    expect(statements.filter((sql) => /PASSWORD/.test(sql)).length).toBeGreaterThan(3);
    for (const sql of statements) for (const secret of secrets) expect(sql).not.toContain(secret);
    expect(statements.some((sql) => sql.includes("PASSWORD 'SCRAM-SHA-256$4096:"))).toBe(true);
  });

  it('are refused when they log in but have no rights', async () => {
    const superuser = await server.connect();
    await superuser.query("CREATE ROLE outsider LOGIN PASSWORD 'out'");
    const outsider = { username: 'outsider', password: 'out' };
    await expect(application().test(outsider)).rejects.toThrow(MissingRights);
    await superuser.query('DROP ROLE outsider');
    await superuser.end();
  });

  it('cannot be set while the owner cannot log in, and nothing changes', async () => {
    const locked = databaseUsers(
      SECRET,
      TURNS,
      here(),
      async () => ({ ...OWNER, password: 'no' }),
      systemRandomness,
    );
    await expect(turn(second, locked)).rejects.toThrow(LoginRefused);
  });
});

describe('the users of the agent', () => {
  it('take turns too, and have no right on any table', async () => {
    const second = await turn({ username: 'holdfast_agent_a', password: 'first' }, agent());
    expect(second.username).toBe('holdfast_agent_b');
    const user = await asUser(second);
    await expect(user.query('SELECT * FROM public."Order Items"')).rejects.toThrow('permission denied');
    await user.end();
  });
});

describe('the users of the archiver', () => {
  const mayRead = async (user: string): Promise<unknown> => {
    const owner = await asUser(OWNER);
    const { rows } = await owner.query("SELECT pg_has_role($1, 'rds_replication', 'MEMBER') AS may", [user]);
    await owner.end();
    return rows[0]?.may;
  };

  it('may read the log of the server, as RDS allows it, if the one before may', async () => {
    const superuser = await server.connect();
    await superuser.query(
      'CREATE ROLE rds_replication; GRANT rds_replication TO shop_owner WITH ADMIN OPTION',
    );
    await superuser.end();
    const second = await turn({ username: 'holdfast_archive_a', password: 'first' }, archiver());
    expect([second.username, await mayRead('holdfast_archive_b')]).toEqual(['holdfast_archive_b', false]);
    const owner = await asUser(OWNER);
    await owner.query('GRANT rds_replication TO holdfast_archive_b; DROP ROLE holdfast_archive_a');
    await owner.end();
    await turn(second, archiver());
    expect(await mayRead('holdfast_archive_a')).toBe(true);
  });
});

describe('the users of the exporter of metrics', () => {
  it('take turns too, hold few connections, and write nothing by default', async () => {
    const turns = { group: MONITOR, users: MONITOR_USERS };
    const exporter = databaseUsers(SECRET, turns, here(), async () => OWNER, systemRandomness);
    const second = await turn({ username: 'holdfast_monitor_a', password: 'first' }, exporter);
    expect(second.username).toBe('holdfast_monitor_b');
    const user = await asUser(second);
    const { rows } = await user.query(
      `SELECT rolconnlimit AS connections, current_setting('transaction_read_only') AS only_reads
         FROM pg_roles WHERE rolname = current_user`,
    );
    await user.end();
    expect(rows).toEqual([{ connections: 5, only_reads: 'on' }]);
  });
});

describe('a user that is made while there is a fence', () => {
  const expiry = async (): Promise<unknown> => {
    const owner = await asUser(OWNER);
    const { rows } = await owner.query(
      "SELECT extract(epoch FROM rolvaliduntil) * 1000 = 1 AS closed, rolconnlimit FROM pg_roles WHERE rolname = 'app_a'",
    );
    await owner.end();
    return rows[0];
  };

  it('is as closed as the fence, and has the limit of connections of the other one', async () => {
    const owner = await asUser(OWNER);
    await owner.query('DROP ROLE app_a');
    await owner.query('ALTER ROLE app_b CONNECTION LIMIT 7');
    await owner.query('CREATE SCHEMA holdfast');
    await owner.query('CREATE SEQUENCE holdfast.lease_limit');
    await expect(turn({ username: 'app_b', password: 'not this' })).rejects.toThrow(LoginRefused);
    expect(await expiry()).toEqual({ closed: true, rolconnlimit: 7 });
    await owner.query('DROP SCHEMA holdfast CASCADE');
    await owner.end();
  });
});

describe('the connection', () => {
  it('is refused if the certificate is of an authority that is not known', async () => {
    const stranger = selfSigned().certificate;
    await expect(here(stranger).connect(OWNER)).rejects.toThrow(DatabaseUnreachable);
    await expect(here(stranger).connect(OWNER)).rejects.not.toThrow(OWNER.password);
  });

  it('tells a refused login from a database that is not there', async () => {
    await expect(here().connect({ ...OWNER, password: 'no' })).rejects.toThrow(LoginRefused);
    const address = { host: '127.0.0.1', port: await freePort(), database: 'x' };
    const nowhere = postgres(address, { name: 'holdfast-test' });
    await expect(nowhere.connect(OWNER)).rejects.toThrow(DatabaseUnreachable);
  });
});

describe('a read-only replica', () => {
  it('is not changed, and says where to rotate', async () => {
    await server.restartAsReplica();
    const refused = turn({ username: 'app_b', password: 'whatever' });
    await expect(refused).rejects.toThrow(ReadOnlyReplica);
    await expect(refused).rejects.toThrow('Rotate the secret in the region that leads');
  });
});

async function passwordOf(role: string): Promise<string> {
  const superuser = await server.connect();
  const { rows } = await superuser.query('SELECT rolpassword FROM pg_authid WHERE rolname = $1', [role]);
  await superuser.end();
  return String(rows[0]?.rolpassword);
}
