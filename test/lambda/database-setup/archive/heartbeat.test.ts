import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Client } from 'pg';
import { lateStarts } from '../../../../lambda/database-setup/archive/heartbeat';
import { AGENT, APP, ARCHIVER, type FencedServer, startFenced } from '../../../support/fence';
import { outcomeOf } from '../../../support/writers';
import { sessionOf } from '../../archive/replay/world';
import { ARCHIVED, drain, fingerprintOf, heartbeatsIn, SERVER, sequencesIn } from './drain';

/** What the archiver may do in the database, and what it has the writer say. */
let fenced: FencedServer;
let owner: Client;
beforeAll(async () => {
  fenced = await startFenced(SERVER);
  await fenced.setup(ARCHIVED);
  await fenced.open(1, 3_000);
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

describe('the user of the archiver', () => {
  it('may read the log and say its heartbeat, and nothing else', async () => {
    const archiver = await fenced.as(ARCHIVER);
    expect(await outcomeOf(archiver, 'SELECT holdfast.archive_heartbeat(1)')).toBe('done');
    expect(await outcomeOf(archiver, 'SELECT * FROM holdfast.unarchivable()')).toBe('done');
    expect(await outcomeOf(archiver, 'SELECT holdfast.make_archive_slot()')).toBe('done');
    expect(await outcomeOf(archiver, "SELECT pg_replication_slot_advance('holdfast_archive', '0/1')")).toBe(
      '55000',
    );
    for (const sql of [
      'SELECT * FROM orders',
      'SELECT holdfast.end_sessions()',
      'SELECT holdfast.refresh_sentinel(true)',
      'UPDATE holdfast.sentinel SET committed_at = now()',
    ]) {
      expect([sql, await outcomeOf(archiver, sql)]).toEqual([sql, '42501']);
    }
    await archiver.end();
  });

  it('stays connected and may log in where the lease has ended', async () => {
    const archiver = await fenced.as(ARCHIVER);
    const { lease } = await fenced.agent.observe();
    await fenced.agent.close({ epoch: lease.epoch, version: lease.version + 1 });
    await expect(fenced.as(APP)).rejects.toThrow();
    expect(await outcomeOf(archiver, 'SELECT holdfast.archive_heartbeat(2)')).toBe('done');
    await (await fenced.as(ARCHIVER)).end();
    await archiver.end();
    await fenced.open(lease.epoch, 3_000);
  });

  it('may not be shut out by what shuts out the application, and neither may the agent', async () => {
    const fencedRoles = await one(
      `SELECT array_agg(rolname ORDER BY rolname) FROM pg_roles WHERE rolcanlogin AND holdfast.is_fenced(oid)`,
    );
    expect(fencedRoles).not.toContain(ARCHIVER.username);
    expect(fencedRoles).not.toContain(AGENT.username);
  });
});

describe('the heartbeat', () => {
  const beat = async (whole: boolean) => {
    await owner.query('SELECT holdfast.archive_heartbeat($1, $2)', [7, whole]);
    return drain(owner);
  };

  it('tells sequences that have changed since the last one, and where the log was before they were read', async () => {
    await owner.query(`CREATE SEQUENCE s_1 START 5; CREATE SEQUENCE s_2; CREATE TABLE s_3 (id serial PRIMARY KEY);
      CREATE TEMP SEQUENCE s_4; SELECT setval('s_2', 9, false)`);
    await beat(true);
    await owner.query("SELECT nextval('s_1')");
    const [told] = sequencesIn(await beat(false));
    expect(told?.sequences).toEqual([{ schema: 'public', name: 's_1', last: '5', called: true }]);
    expect(await one(`SELECT '${told?.readLsn}'::pg_lsn < pg_current_wal_insert_lsn()`)).toBe(true);
    expect(sequencesIn(await beat(false))).toMatchObject([{ sequences: [] }]);
  });

  it('tells one anew that has another name', async () => {
    await owner.query('ALTER SEQUENCE s_1 RENAME TO s_5');
    expect(sequencesIn(await beat(false))).toMatchObject([{ sequences: [{ name: 's_5', last: '5' }] }]);
  });

  it('tells all of them on request, with the fingerprint of the catalogue', async () => {
    const messages = await beat(true);
    const names = sequencesIn(messages).flatMap(({ sequences }) => sequences.map(({ name }) => name));
    expect(names).toEqual(['orders_id_seq', 's_2', 's_3_id_seq', 's_5']);
    expect(sequencesIn(messages)[0]?.sequences[1]).toEqual({
      schema: 'public',
      name: 's_2',
      last: '9',
      called: false,
    });
    const [heartbeat] = heartbeatsIn(messages);
    expect(heartbeat?.at_ms).toBe(7);
    expect([await fingerprintOf(owner), '']).toContain(heartbeat?.fingerprint);
  });

  it('tells all of them after a promotion, which has forgotten what was told', async () => {
    const replica = fenced.on(await fenced.server.replica());
    await replica.server.promote();
    const promoted = await replica.as();
    const told = async () => {
      const { rows } = await promoted.query('SELECT count(*)::int AS told FROM holdfast.told_sequence');
      return rows[0]?.told;
    };
    expect(await told()).toBe(0);
    await promoted.query('SELECT holdfast.archive_heartbeat(1)');
    expect(await told()).toBe(4);
    await promoted.end();
    await replica.stop();
  });

  /** @returns whether a reader of the slot begins behind where the log was before a heartbeat that it has confirmed */
  const movesOn = async (): Promise<unknown> => {
    await drain(owner);
    const before = await one('SELECT pg_current_wal_insert_lsn()::text');
    await beat(true);
    // What was confirmed is looked at when the next record of this kind is read.
    await beat(false);
    return one(
      `SELECT restart_lsn >= '${before}' FROM pg_replication_slots WHERE slot_name = 'holdfast_archive'`,
    );
  };

  it('lets the slot be read from where it is', async () => {
    expect(await movesOn()).toBe(true);
  });

  it('beats also where its owner may not let it', async () => {
    await owner.query(`CREATE ROLE plain; GRANT USAGE ON SCHEMA holdfast TO plain;
      GRANT EXECUTE ON FUNCTION holdfast.tell_sequences(boolean), holdfast.refresh_sentinel(boolean),
        holdfast.fingerprint_if_free() TO plain;
      ALTER FUNCTION holdfast.archive_heartbeat(bigint, boolean) OWNER TO plain`);
    expect(await movesOn()).toBe(false);
    await owner.query('SET ROLE plain');
    expect(await lateStarts(sessionOf(owner))).toEqual([expect.stringContaining('the owner may not call')]);
    await owner.query('RESET ROLE');
    expect(await lateStarts(sessionOf(owner))).toEqual([]);
    await owner.query(`ALTER FUNCTION holdfast.archive_heartbeat(bigint, boolean) OWNER TO CURRENT_USER`);
    expect(await movesOn()).toBe(true);
  });

  it('lives on when somebody is changing a sequence', async () => {
    const other = await fenced.as();
    await other.query('BEGIN; DROP SEQUENCE s_5');
    const messages = await beat(false);
    expect([sequencesIn(messages).length, heartbeatsIn(messages).length]).toEqual([0, 1]);
    await other.query('ROLLBACK');
    await other.end();
    expect(sequencesIn(await beat(false))).toHaveLength(1);
  });

  it('reads more sequences than one query may hold', async () => {
    await owner.query(
      "DO $$ BEGIN FOR i IN 1..450 LOOP EXECUTE format('CREATE SEQUENCE many_%s', i); END LOOP; END $$",
    );
    expect(sequencesIn(await beat(false))[0]?.sequences).toHaveLength(450);
  });
});

describe('the sentinel', () => {
  it('has the time of commit of its own transaction written beside it', async () => {
    expect(await one('SELECT committed_at = pg_xact_commit_timestamp(xid::xid) FROM holdfast.sentinel')).toBe(
      true,
    );
  });

  it('is made anew by the heartbeat when nothing tells its time any more', async () => {
    const before = await one('SELECT xid::text FROM holdfast.sentinel');
    await owner.query("UPDATE holdfast.sentinel SET xid = '3', committed_at = NULL");
    await owner.query('SELECT holdfast.archive_heartbeat(1, true)');
    await owner.query('SELECT holdfast.archive_heartbeat(2, true)');
    expect(await one('SELECT xid::text FROM holdfast.sentinel')).not.toBe(before);
    expect(await one('SELECT committed_at IS NOT NULL FROM holdfast.sentinel')).toBe(true);
  });
});
