import type { Client } from 'pg';
import type { ChainId } from '../../../../lambda/archive/contract';
import { lsnText } from '../../../../lambda/archive/format/positions';
import type { Position } from '../../../../lambda/archive/format/segment';
import { decode } from '../../../../lambda/archive/pgoutput/decode';
import type { Begin, Message } from '../../../../lambda/archive/pgoutput/message';
import type { Session } from '../../../../lambda/runtime/postgres/session';
import { startPostgres, type TestPostgres } from '../../../support/postgres';
import { type Cutting, writeChain } from '../support/chain';
import { type MemoryStore, memoryStore } from '../support/memory-store';
import type { TestTransaction } from '../support/transactions';

/**
 * A primary whose replica was promoted without the last of its transactions, and the archive of both. The primary lives on,
 * as an old side does that nobody could reach.
 */

const SLOT = 'holdfast_archive';
const SETTINGS = {
  wal_level: 'logical',
  track_commit_timestamp: 'on',
  max_wal_senders: '8',
  synchronous_commit: 'local',
};

export const sessionOf = (client: Client): Session => ({
  query: async (sql, parameters) => (await client.query(sql, parameters && [...parameters])).rows,
  isOpen: () => true,
  end: () => client.end(),
});

const SENTINEL = `
CREATE SCHEMA holdfast;
CREATE TABLE holdfast.sentinel (xid xid8 PRIMARY KEY, committed_at timestamptz);
INSERT INTO holdfast.sentinel VALUES (pg_current_xact_id());`;
const SENTINEL_TIME = 'UPDATE holdfast.sentinel SET committed_at = pg_xact_commit_timestamp(xid::xid)';

export class TwoSides {
  readonly store: MemoryStore = memoryStore();
  private system = '';

  private constructor(
    readonly old: TestPostgres,
    readonly promoted: TestPostgres,
    readonly oldClient: Client,
    public client: Client,
  ) {}

  /** @param schema SQL that is there before the archive begins */
  static async start(schema: string): Promise<TwoSides> {
    const old = await startPostgres({ settings: SETTINGS });
    try {
      const oldClient = await old.connect();
      await oldClient.query(SENTINEL);
      await oldClient.query(SENTINEL_TIME);
      await oldClient.query(schema);
      await oldClient.query(`CREATE PUBLICATION ${SLOT} FOR ALL TABLES`);
      await oldClient.query('SELECT pg_create_logical_replication_slot($1, $2)', [SLOT, 'pgoutput']);
      const promoted = await old.replica();
      return new TwoSides(old, promoted, oldClient, await promoted.connect());
    } catch (error) {
      await old.stop();
      throw error;
    }
  }

  /** From now on nothing of the old side arrives at the replica, which has all until here. */
  async part(): Promise<void> {
    const { rows } = await this.oldClient.query<{ lsn: string }>('SELECT pg_current_wal_lsn()::text AS lsn');
    await this.until('SELECT pg_last_wal_replay_lsn() >= $1::pg_lsn AS done', [rows[0]?.lsn]);
    await this.client.query("ALTER SYSTEM SET primary_conninfo = ''");
    await this.client.query('SELECT pg_reload_conf()');
    await this.until('SELECT NOT EXISTS (SELECT FROM pg_stat_wal_receiver) AS done');
  }

  /** Ends the replication, with a slot for the new epoch. */
  async promote(): Promise<void> {
    await this.promoted.promote();
    await this.client.query('SELECT pg_create_logical_replication_slot($1, $2)', [SLOT, 'pgoutput']);
  }

  /** Archives what the old side has committed. @param count so many; all if left out @returns its transactions */
  async archiveOld(count?: number, cutting: Cutting = {}): Promise<readonly TestTransaction[]> {
    const { rows } = await this.oldClient.query<{ id: string }>(
      'SELECT system_identifier::text AS id FROM pg_control_system()',
    );
    this.system = rows[0]?.id ?? '';
    const transactions = await captured(this.oldClient);
    const archived = transactions.slice(0, count);
    await writeChain(this.store, this.chain(1), archived, { genesis: { why: 'first' }, ...cutting });
    return transactions;
  }

  /**
   * Archives what both sides have committed.
   * @param shared how many of the old side's the new epoch began with
   * @param count how many of the old side's the archive ever got; all if left out
   */
  async archive(shared: number, count?: number): Promise<void> {
    const lost = await this.archiveOld(count);
    const last = positionOf(lost[shared - 1]);
    await writeChain(this.store, this.chain(2), await captured(this.client), {
      genesis: { why: 'epoch', follows: { chain: this.chain(1), sequence: 1, last } },
    });
  }

  get database() {
    return { system: this.system, database: 'postgres' };
  }

  chain(epoch: number): ChainId {
    return { ...this.database, epoch, part: 0 };
  }

  async stop(): Promise<void> {
    await Promise.all([this.oldClient.end(), this.client.end()]);
    await Promise.all([this.old.stop(), this.promoted.stop()]);
  }

  private async until(sql: string, parameters: readonly unknown[] = []): Promise<void> {
    for (let tries = 0; tries < 500; tries += 1) {
      const { rows } = await this.client.query<{ done: boolean }>(sql, [...parameters]);
      if (rows[0]?.done) return;
      await this.client.query('SELECT pg_sleep(0.02)');
    }
    throw new Error(`It never came to this: ${sql}`);
  }
}

const positionOf = (transaction: TestTransaction | undefined): Position | null =>
  transaction
    ? { endLsn: lsnText(transaction.endLsn), commitTimeUs: String(transaction.commitTimeUs) }
    : null;

/** @returns what the slot has, without consuming it */
async function captured(client: Client): Promise<TestTransaction[]> {
  const { rows } = await client.query<{ data: Buffer }>(
    `SELECT data FROM pg_logical_slot_peek_binary_changes($1, NULL, NULL,
       'proto_version', '1', 'publication_names', '${SLOT}', 'messages', 'true')`,
    [SLOT],
  );
  const found: TestTransaction[] = [];
  let begin: Begin | undefined;
  let body: Message[] = [];
  for (const { data } of rows) {
    const message = decode(data);
    if (message.kind === 'begin') {
      begin = message;
      body = [];
    } else if (message.kind === 'commit') {
      const { endLsn, commitLsn, commitTimeUs } = message;
      found.push({ xid: begin?.xid ?? 0, commitLsn, endLsn, commitTimeUs, body });
    } else body.push(message);
  }
  // Those that touched no published table say nothing.
  return found.filter((one) => one.body.length > 0);
}
