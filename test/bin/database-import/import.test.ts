import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { backOut } from '../../../bin/database-import/back-out';
import { cutOver } from '../../../bin/database-import/cutover';
import { follow } from '../../../bin/database-import/follow';
import type { ImportWork } from '../../../bin/database-import/ports';
import { prepare } from '../../../bin/database-import/prepare';
import { stageOf, stateOf } from '../../../bin/database-import/state';
import { status } from '../../../bin/database-import/status';
import { verify } from '../../../bin/database-import/verify';
import type { Ended } from '../../../bin/recover/telling';
import { SLOT as ARCHIVE_SLOT } from '../../../lambda/archive/contract';
import { APP, AUTHORITY, DATABASE } from '../../support/fence';
import { Broken, OLD_APP, type Servers, startServers } from './servers';
import { Writers } from './writers';

// One import after the other between the same two servers, in the order of the tests.
let servers: Servers;
let writers: Writers | undefined;
beforeAll(async () => {
  servers = await startServers();
  // Of another service, which works on.
  await servers.askFresh(
    `CREATE SCHEMA billing; CREATE TABLE billing.invoices (id int PRIMARY KEY); GRANT USAGE ON SCHEMA billing TO ${APP.username};
     GRANT INSERT ON billing.invoices TO ${APP.username}`,
  );
}, 60_000);
afterAll(async () => {
  await writers?.stop();
  await servers?.stop();
});

const CUT = { withinSeconds: 30, compare: 'rows' } as const;
const KEEP = { loseWrites: false };
const stage = () => servers.withWork(async ({ source, target }) => stageOf(await stateOf(source, target)));
const outcomeOf = async (step: (work: ImportWork) => Promise<Ended>) => servers.withWork(step);

const VIEW = (what: string) =>
  `CREATE MATERIALIZED VIEW public.sums AS SELECT ${what} AS n FROM public.orders WITH NO DATA`;

/** Leaves nothing of an import that was backed out after its cut-over. */
async function clean(): Promise<void> {
  await servers.askFresh('DROP SCHEMA IF EXISTS holdfast_import CASCADE');
  await servers.askFresh('TRUNCATE public.orders, public.lines, public.parts');
}

describe('prepare', () => {
  it('refuses what no logical copy carries, each with its remedy, and changes nothing', async () => {
    await servers.askOld('CREATE TABLE keyless (a int); CREATE UNLOGGED TABLE fast (a int PRIMARY KEY)');
    await servers.askOld('SELECT lo_create(4711)');
    const { outcome, sentences } = await outcomeOf(prepare);
    expect(outcome).toBe('refused');
    expect(sentences.join('\n')).toMatch(
      /REPLICA IDENTITY FULL\): public\.keyless\.[\s\S]*SET LOGGED.*public\.fast\.[\s\S]*1 large objects/,
    );
    expect(await servers.askFresh("SELECT FROM pg_tables WHERE schemaname = 'public'")).toEqual([]);
    await servers.askOld('DROP TABLE keyless, fast; SELECT lo_unlink(4711)');
  });

  it('says what it would do', async () => {
    const ended = await servers.withWork(prepare, { dryRun: true });
    expect(ended).toEqual({
      outcome: 'would',
      sentences: ['It would copy the schema of 3 tables and lock them at the new server.'],
    });
    expect(await stage()).toBe('nothing');
  });

  it('copies the schema and keeps the application from writing into it', async () => {
    expect((await outcomeOf(prepare)).outcome).toBe('done');
    const app = await servers.fresh.as(APP);
    await expect(app.query("INSERT INTO public.parts VALUES (1, 'a')")).rejects.toMatchObject({
      code: 'HF002',
    });
    await app.query('INSERT INTO billing.invoices VALUES (1)');
    await app.end();
    expect([await stage(), (await outcomeOf(prepare)).outcome]).toEqual(['prepared', 'done']);
  });
});

describe('back-out before the cut-over', () => {
  it('leaves the old server as it was and the new one empty', async () => {
    expect((await outcomeOf(follow)).outcome).toBe('done');
    expect((await outcomeOf((work) => backOut(work, KEEP))).outcome).toBe('done');
    expect(await servers.askOld('SELECT slot_name FROM pg_replication_slots')).toEqual([]);
    expect(await servers.askOld('SELECT pubname FROM pg_publication')).toEqual([]);
    expect(await servers.askFresh('SELECT count(*)::int AS n FROM public.orders')).toEqual([{ n: 0 }]);
    expect(await stage()).toBe('nothing');
  });

  it('leaves tables of the new database alone that are no part of the import', async () => {
    expect(await servers.askFresh('SELECT id FROM billing.invoices')).toEqual([{ id: 1 }]);
  });
});

describe('prepare into a schema that is there', () => {
  it('refuses tables of others that would keep the import from being taken back', async () => {
    await servers.askFresh('CREATE TABLE billing.links (id int PRIMARY KEY REFERENCES public.orders)');
    const { outcome, sentences } = await outcomeOf(prepare);
    expect([outcome, sentences[0]]).toEqual([
      'refused',
      expect.stringMatching(/^Tables that are no part of the import refer.*: billing\.links\.$/),
    ]);
    await servers.askFresh('DROP TABLE billing.links');
  });

  it('refuses one without the materialised views that the cut-over refreshes', async () => {
    await servers.askFresh('DROP MATERIALIZED VIEW public.sums');
    const { outcome, sentences } = await outcomeOf(prepare);
    expect([outcome, sentences[0]]).toEqual(['refused', expect.stringMatching(/: public\.sums\.$/)]);
    await servers.askFresh(VIEW('count(*)'));
  });
});

describe('an import whose process dies before each of its questions', () => {
  /** Says a step again and again, each time one question longer, until it comes to its end. */
  const survive = async (
    step: (work: ImportWork) => Promise<Ended>,
  ): Promise<{ ended: Ended; deaths: number }> => {
    for (let breakAt = 1; breakAt < 200; breakAt += 1) {
      try {
        const ended = await servers.withWork(step, { breakAt });
        if (ended.outcome === 'done') return { ended, deaths: breakAt - 1 };
        expect(ended.sentences.join(' ')).toMatch(/The process ended|not near enough/);
      } catch (error) {
        if (!(error instanceof Error) || !chain(error).some((one) => one instanceof Broken)) throw error;
      }
    }
    throw new Error('The step never came to its end.');
  };
  const chain = (error: Error): readonly unknown[] => [
    error,
    ...(error.cause instanceof Error ? chain(error.cause) : []),
  ];

  it('comes to the same end', async () => {
    for (const step of [prepare, follow]) expect((await survive(step)).deaths).toBeGreaterThan(5);
    const { deaths } = await survive((work) => cutOver(work, CUT));
    expect(deaths).toBeGreaterThan(20);
    expect((await outcomeOf((work) => verify(work, CUT))).outcome).toBe('done');
    expect(await stage()).toBe('cut over');
  }, 120_000);

  it('goes back to the old server too, and keeps the rows of the new one', async () => {
    const { ended } = await survive((work) => backOut(work, KEEP));
    expect(ended.sentences[0]).toMatch(/^The old server takes writes again/);
    const app = await servers.asOldApp();
    await app.query("INSERT INTO orders (note) VALUES ('back')");
    await app.end();
    expect(await servers.askFresh('SELECT count(*)::int AS n FROM public.orders')).toEqual([{ n: 20_000 }]);
    expect(await stage()).toBe('backed out');
    await clean();
  }, 60_000);
});

describe('an import while the application writes', () => {
  let ended: Ended;
  let gapMs = 0;

  it('moves the writers without losing one write', async () => {
    const { port } = servers.fresh.server;
    const ssl = { ca: AUTHORITY };
    const old = { host: '127.0.0.1', port: servers.old.port, user: OLD_APP.username, ...OLD_APP };
    const writing = new Writers([
      old,
      { host: '127.0.0.1', port, database: DATABASE, user: APP.username, password: APP.password, ssl },
    ]);
    writers = writing;
    expect((await outcomeOf(prepare)).outcome).toBe('done');
    expect((await outcomeOf(follow)).outcome).toBe('done');
    ended = await outcomeOf((work) => cutOver(work, CUT));
    expect([ended.outcome, ended.sentences[0]]).toEqual([
      'done',
      expect.stringMatching(/takes writes; 1 sequences/),
    ]);
    await new Promise((done) => setTimeout(done, 500));
    await writing.stop();
    gapMs = writing.longestGapMs;
    const rows = await servers.askFresh(
      "SELECT rtrim(note, '!') AS note FROM public.orders WHERE note LIKE 'writer%'",
    );
    const there = new Set(rows.map(({ note }) => note));
    expect(writing.acknowledged.length).toBeGreaterThan(200);
    expect(writing.acknowledged.filter((note) => !there.has(note))).toEqual([]);
  }, 60_000);

  it('stands still for seconds, as it says itself', () => {
    expect(gapMs).toBeLessThan(5_000);
    expect(ended.result).toMatchObject({ seconds: expect.any(Number), tables: 3 });
  });

  it('copies each row as it is: triggers of the application fire once, at the old server', async () => {
    const rows = await servers.askFresh(
      "SELECT count(*)::int AS n FROM public.orders WHERE note LIKE '%!!%'",
    );
    expect(rows).toEqual([{ n: 0 }]);
  });

  it('refreshes materialised views', async () => {
    const [view] = await servers.askFresh('SELECT n::int FROM public.sums');
    expect(view?.n).toBeGreaterThan(20_000);
  });

  it('has all of it in the archive of the new server', async () => {
    const [seen] = await servers.askFresh(
      `SELECT count(*) FILTER (WHERE get_byte(data, 0) = ascii('I'))::int AS inserts
         FROM pg_logical_slot_peek_binary_changes('${ARCHIVE_SLOT}', NULL, NULL,
                'proto_version', '1', 'publication_names', 'holdfast_archive', 'messages', 'true')`,
    );
    // The copies of all imports here, 40,100 rows each.
    expect(seen?.inserts).toBeGreaterThan(2 * 40_100);
  });

  it('is not taken back from a new database that knows nothing of it, whatever the old one says', async () => {
    const readOnly = (to: string) => servers.askOld(`BEGIN READ WRITE; ALTER DATABASE legacy ${to}; COMMIT`);
    await readOnly('RESET default_transaction_read_only');
    expect(await stage()).toBe('left over');
    const { outcome, sentences } = await outcomeOf((work) => backOut(work, { loseWrites: true }));
    expect([outcome, sentences[1]]).toEqual(['refused', expect.stringMatching(/^Nothing was changed/)]);
    const [left] = await servers.askFresh('SELECT count(*)::int AS n FROM public.orders');
    expect(left?.n).toBeGreaterThan(20_000);
    await readOnly('SET default_transaction_read_only = on');
  });

  it('does not go back over writes that only the new server has, unless that is accepted', async () => {
    const refused = await outcomeOf((work) => backOut(work, KEEP));
    expect([refused.outcome, refused.sentences[1]]).toEqual([
      'refused',
      expect.stringMatching(/^public\.orders has/),
    ]);
    expect((await outcomeOf((work) => verify(work, CUT))).sentences.at(-1)).toMatch(
      /rows that only the new one has/,
    );
    expect((await outcomeOf((work) => backOut(work, { loseWrites: true }))).outcome).toBe('done');
    expect((await outcomeOf(status)).sentences[0]).toMatch(/^The old server takes the writes again/);
    await clean();
  });
});

describe('a cut-over that does not succeed', () => {
  it('is not taken for one that only has to be ended when it is backed out and that is interrupted', async () => {
    expect((await outcomeOf(prepare)).outcome).toBe('done');
    expect((await outcomeOf(follow)).outcome).toBe('done');
    await servers.askOld('ALTER DATABASE legacy SET default_transaction_read_only = on');
    expect(await stage()).toBe('cutting over');
    for (let breakAt = 1; (await stage()) !== 'nothing' && breakAt < 100; breakAt += 1) {
      await servers.withWork((work) => backOut(work, KEEP), { breakAt }).catch(() => undefined);
      const state = await servers.withWork(({ source, target }) => stateOf(source, target));
      // That would be ended by opening the new server.
      expect([stageOf(state), state.target.subscription]).not.toEqual(['cutting over', undefined]);
    }
    expect(await stage()).toBe('nothing');
  }, 60_000);

  const inOldApp = async (...statements: readonly string[]): Promise<void> => {
    const app = await servers.asOldApp();
    for (const statement of statements) await app.query(statement);
    await app.end();
  };
  const PREPARED = [
    'BEGIN READ WRITE',
    "INSERT INTO orders (note) VALUES ('?')",
    "PREPARE TRANSACTION 'open'",
  ];

  it('gives the old server back if a materialised view cannot be refreshed', async () => {
    expect((await outcomeOf(prepare)).outcome).toBe('done');
    expect((await outcomeOf(follow)).outcome).toBe('done');
    await servers.askFresh(`DROP MATERIALIZED VIEW public.sums; ${VIEW('1 / (count(*) - count(*))')}`);
    const { outcome, sentences } = await outcomeOf((work) => cutOver(work, CUT));
    expect([outcome, sentences[0]]).toEqual([
      'failed',
      expect.stringMatching(/^public\.sums could not be refreshed.*division by zero\.$/),
    ]);
    await inOldApp("INSERT INTO orders (note) VALUES ('here')");
    expect(await stage()).toBe('following');
    await servers.askFresh(`DROP MATERIALIZED VIEW public.sums; ${VIEW('count(*)')}`);
  });

  it('gives the old server back over a transaction that is prepared there', async () => {
    await inOldApp(...PREPARED);
    const { outcome, sentences } = await outcomeOf((work) => cutOver(work, CUT));
    expect([outcome, sentences[0]]).toEqual([
      'failed',
      expect.stringMatching(/^Prepared transactions.*: open\.$/),
    ]);
    await inOldApp("ROLLBACK PREPARED 'open'");
  });

  it('gives it back also over one that is prepared while everything is compared', async () => {
    const { outcome, sentences } = await outcomeOf((work) => {
      const query: typeof work.target.query = async (sql, parameters) => {
        if (sql.includes('setval')) await inOldApp(...PREPARED);
        return work.target.query(sql, parameters);
      };
      return cutOver({ ...work, target: { ...work.target, query } }, CUT);
    });
    expect([outcome, sentences[0]]).toEqual([
      'failed',
      expect.stringMatching(/^Prepared transactions.*: open\.$/),
    ]);
    await inOldApp("ROLLBACK PREPARED 'open'");
    expect(await stage()).toBe('following');
  });

  it('gives the old server back to its writers if the two are not the same', async () => {
    await servers.askFresh('SET session_replication_role = replica; DELETE FROM public.parts WHERE id = 7');
    const { outcome, sentences } = await outcomeOf((work) => cutOver(work, CUT));
    expect(outcome).toBe('failed');
    expect(sentences[1]).toBe('public."parts A" has 100 rows at the old server and 99 at the new one.');
    const app = await servers.asOldApp();
    await app.query("INSERT INTO orders (note) VALUES ('still here')");
    await app.end();
    expect(await stage()).toBe('following');
  });

  it('refuses tables that were made at the old server since the import began', async () => {
    await servers.askOld('CREATE TABLE late (id int PRIMARY KEY)');
    const { outcome, sentences } = await outcomeOf((work) => cutOver(work, CUT));
    expect([outcome, sentences[0]]).toEqual([
      'refused',
      expect.stringMatching(/nothing follows them.*public\.late/),
    ]);
    await servers.askOld('DROP TABLE late');
    expect((await outcomeOf((work) => backOut(work, KEEP))).outcome).toBe('done');
  });
});
