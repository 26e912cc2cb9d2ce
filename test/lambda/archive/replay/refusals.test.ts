import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type DdlMessage, MESSAGES } from '../../../../lambda/archive/contract';
import { decode } from '../../../../lambda/archive/pgoutput/decode';
import { beginLedger, readLedger } from '../../../../lambda/archive/replay/ledger';
import { replay } from '../../../../lambda/archive/replay/replay';
import { wireOf } from '../support/wire';
import { type Captured, CHAIN, framed, given, OPEN, type Source, startSource, type Target } from './world';

/** What a replay refuses, and what it says then. */

let source: Source;
let target: Target;
let transactions: readonly Captured[];

beforeAll(async () => {
  source = await startSource();
  await source.run(
    `CREATE TABLE public.a (id int PRIMARY KEY, v text); INSERT INTO public.a SELECT i, 'v' FROM generate_series(1, 50) i;
     CREATE TABLE public.w (x int, y text); INSERT INTO public.w VALUES (1, 'one'), (2, NULL)`,
  );
  target = await source.base();
  await source.run(
    `UPDATE public.a SET v = 'changed' WHERE id <= 40`,
    `UPDATE public.a SET v = 'again' WHERE id <= 4`,
    `DELETE FROM public.w WHERE x = 2`,
    `ALTER TABLE public.a ADD COLUMN n int`,
    `INSERT INTO public.a VALUES (51, 'last', 1)`,
  );
  transactions = await source.capture();
}, 60_000);

afterAll(async () => {
  await target.stop();
  await source.stop();
});

let clones = 0;
let session: Awaited<ReturnType<Target['session']>>;
beforeEach(async () => {
  if (session) await session.end();
  clones += 1;
  await target.clone(`clone_${clones}`);
  session = await target.session(`clone_${clones}`);
});

/** Changes the copy though it has no lease. */
async function meddle(sql: string): Promise<void> {
  await session.query(OPEN);
  await session.query(sql);
  await session.query("SELECT setval('holdfast.lease_limit', 1)");
}

/** The same with what its message of a command says changed. */
const changed = (transaction: Captured, change: (message: DdlMessage) => DdlMessage): Captured => {
  const messages = transaction.messages.map((bytes) => {
    const message = decode(bytes);
    if (message.kind !== 'message' || message.prefix !== MESSAGES.ddl) return bytes;
    const content = change(JSON.parse(Buffer.from(message.content).toString()));
    return wireOf({ ...message, content: Buffer.from(JSON.stringify(content)) });
  });
  return {
    ...transaction,
    messages,
    blocks: async function* () {
      yield framed(messages);
    },
  };
};

const withDdl = (change: (message: DdlMessage) => DdlMessage): readonly Captured[] =>
  transactions.map((one) => changed(one, change));

const GUARDED = `SELECT count(*)::int AS guarded FROM pg_trigger WHERE tgname = 'holdfast_guard' AND tgenabled = 'A'
  AND tgrelid IN ('public.a'::regclass, 'public.w'::regclass)`;

describe('a replay into a database that is not what the archive goes on from', () => {
  it('names the row that is missing, its table and the transaction, and has changed nothing', async () => {
    await meddle('DELETE FROM public.a WHERE id = 17');
    const xid = transactions[0]?.xid;
    await expect(replay(session, given(transactions))).rejects.toMatchObject({
      name: 'RowMissing',
      message: expect.stringMatching(
        new RegExp(
          `^Transaction ${xid} that ends at 0/[0-9A-F]+ updates the row \\(id=17\\) of "public"\\."a", of which the database has 0:`,
        ),
      ),
    });
    expect(await session.query("SELECT count(*)::int AS n FROM public.a WHERE v = 'changed'")).toEqual([
      { n: 0 },
    ]);
    expect(await readLedger(session, CHAIN)).toBeUndefined();
    expect(await session.query(GUARDED)).toEqual([{ guarded: 2 }]);
  });

  it('finds one row of those that are told apart by all they hold missing', async () => {
    await meddle("UPDATE public.w SET y = '' WHERE x = 2");
    await expect(replay(session, given(transactions))).rejects.toThrow(
      'deletes the row (x=2, y=NULL) of "public"."w", of which the database has 0',
    );
  });

  it('says which row the database refuses, and why', async () => {
    await session.query(
      'SET holdfast.setup = on; ALTER TABLE public.a ADD CONSTRAINT short CHECK (length(v) < 5) NOT VALID',
    );
    await expect(replay(session, given(transactions))).rejects.toMatchObject({
      name: 'ChangeRefused',
      message: expect.stringMatching(
        /the update of the row \(id=1\) of "public"\."a" was refused: .*"short"/,
      ),
    });
  });

  it('names a table that is not there', async () => {
    await session.query('SET holdfast.setup = on; DROP TABLE public.w');
    await expect(replay(session, given(transactions))).rejects.toMatchObject({
      name: 'TableDiffers',
      message: expect.stringMatching(/changes public\.w, and the database has no such table\.$/),
    });
  });

  it('names a column that is not there', async () => {
    await session.query('SET holdfast.setup = on; ALTER TABLE public.a DROP COLUMN v');
    await expect(replay(session, given(transactions))).rejects.toThrow('no column v there');
  });
});

describe('a replay of commands of the data definition', () => {
  it('needs a new base where nobody knows the text of one', async () => {
    const opaque = withDdl((message) => ({ ...message, opaque: true, statement: null }));
    await expect(replay(session, given(opaque))).rejects.toMatchObject({
      name: 'NewBaseNeeded',
      message: expect.stringMatching(
        /^Transaction \d+ that ends at .* does not know the text of its ALTER TABLE\. A base is needed/,
      ),
    });
  });

  it('needs one where the statement cannot be told', async () => {
    const moved = withDdl((message) => ({ ...message, query: 'SELECT 1; SELECT 2', statement: null }));
    await expect(replay(session, given(moved))).rejects.toThrow('cannot be told. A base is needed');
  });

  it('needs one where a command fails here', async () => {
    const failing = withDdl((message) => ({
      ...message,
      statement: 'ALTER TABLE public.nowhere ADD COLUMN n int',
    }));
    await expect(replay(session, given(failing))).rejects.toThrow(/ALTER TABLE failed here .*nowhere/);
  });

  it('needs one where the catalogue is another afterwards, and keeps what came before', async () => {
    const other = withDdl((message) => ({
      ...message,
      statement: 'ALTER TABLE public.a ADD COLUMN n bigint',
    }));
    await expect(replay(session, given(other))).rejects.toThrow(
      'the catalogue of this database is not the one',
    );
    expect(await session.query(GUARDED)).toEqual([{ guarded: 2 }]);
  });

  it.each([
    ['ALTER TABLE public.a ADD COLUMN n timestamptz DEFAULT now()', 'its new column n values by now'],
    ['ALTER TABLE public.a ADD COLUMN n float8 DEFAULT random() * 2', 'its new column n values by random'],
    ['ALTER TABLE public.a ADD COLUMN n serial', 'its new column n values by nextval'],
    [
      'ALTER TABLE public.a ADD COLUMN n int GENERATED ALWAYS AS IDENTITY',
      'its new column n values by an identity',
    ],
    [
      'ALTER TABLE public.a ALTER v TYPE timestamptz USING clock_timestamp()',
      'its rows values by clock_timestamp',
    ],
  ])('needs one where rows got values that are others each time: %s', async (statement, said) => {
    const varying = withDdl((message) => ({ ...message, statement, fingerprint: '' }));
    await expect(replay(session, given(varying))).rejects.toThrow(
      `its ALTER TABLE of public.a gave ${said}, which`,
    );
  });

  it('does again what gives rows the same values each time', async () => {
    const statement = `ALTER TABLE public.a ADD COLUMN n int DEFAULT 1 + length('now()'), ALTER v TYPE varchar USING upper(v)`;
    const same = withDdl((message) => ({ ...message, statement, fingerprint: '' }));
    await expect(replay(session, given(same))).resolves.toMatchObject({ ended: 'input' });
  });

  it('does not compare the catalogue with one that had not seen the last change yet', async () => {
    const [first] = transactions;
    if (!first) throw new RangeError('There is no transaction.');
    await beginLedger(session, CHAIN, { xid: first.xid, endLsn: first.endLsn - 1n, commitTimeUs: 0n });
    const unseen = withDdl((message) => ({
      ...message,
      fingerprint: 'another',
      snapshot: `${first.xid}:${first.xid + 5}:${first.xid}`,
    }));
    await expect(replay(session, given(unseen))).resolves.toMatchObject({ ended: 'input' });
  });
});

describe('a replay that goes on in the middle of what was decoded at once', () => {
  it('takes what describes tables from before', async () => {
    const [first, second] = transactions;
    await replay(session, given(transactions), { isWithin: ({ endLsn }) => endLsn === first?.endLsn });
    expect(second?.messages.every((bytes) => decode(bytes).kind === 'update')).toBe(true);
    await replay(session, given(transactions));
    expect(await session.query("SELECT count(*)::int AS n FROM public.a WHERE v = 'again'")).toEqual([
      { n: 4 },
    ]);
  });
});

describe('two replays into one database', () => {
  it('are one: the second is refused', async () => {
    const other = await target.session(`clone_${clones}`);
    await other.query('SELECT pg_advisory_lock(4869002034)');
    await expect(replay(session, given(transactions))).rejects.toMatchObject({ name: 'AlreadyReplaying' });
    await other.end();
  });

  it('do not both move the ledger', async () => {
    let moved = false;
    const meddling = async function* () {
      for (const transaction of transactions) {
        yield transaction;
        if (moved) continue;
        moved = true;
        const other = await target.session(`clone_${clones}`);
        await beginLedger(other, CHAIN, { xid: 3, endLsn: transaction.endLsn, commitTimeUs: 0n });
        await other.end();
      }
    };
    await expect(replay(session, meddling())).rejects.toMatchObject({ name: 'LedgerMoved' });
  });
});
