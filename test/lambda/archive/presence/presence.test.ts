import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { isHere, NoPrefix } from '../../../../lambda/archive/presence/presence';
import { type Captured, type Source, sessionOf, startSource, type Target } from '../replay/world';

let source: Source;
let target: Target;
/** Three that the copy has, then two that it has not. */
let transactions: readonly Captured[];

beforeAll(async () => {
  source = await startSource();
  await source.run('CREATE TABLE public.a (id int PRIMARY KEY)');
  await source.capture();
  await source.run(...[1, 2, 3].map((id) => `INSERT INTO public.a VALUES (${id})`));
  const here = await source.capture();
  target = await source.base();
  await source.run(...[4, 5].map((id) => `INSERT INTO public.a VALUES (${id})`));
  transactions = [...here, ...(await source.capture())];
}, 60_000);

afterAll(async () => {
  await target.stop();
  await source.stop();
});

const presences = async (
  session: Parameters<typeof isHere>[0],
  asked: readonly Captured[] = transactions,
) => {
  const { answers, lastPresent, blind } = await isHere(session, asked);
  return { answers: answers.map(({ presence }) => presence), last: lastPresent?.xid, blind };
};

describe('presence', () => {
  it('tells what a copy has from what came later', async () => {
    expect(transactions).toHaveLength(5);
    expect(await presences(await target.session())).toEqual({
      answers: ['present', 'present', 'present', 'absent', 'absent'],
      last: transactions[2]?.xid,
      blind: undefined,
    });
    expect((await presences(source.session)).answers).toEqual(Array(5).fill('present'));
  });

  it('is not deceived by a copy that gives the same ids out again', async () => {
    const copy = await target.session();
    for (let i = 0; i < 10; i += 1) await copy.query('SELECT pg_current_xact_id()');
    expect((await presences(copy)).answers).toEqual(['present', 'present', 'present', 'absent', 'absent']);
  });

  it('takes a time that differs by a microsecond for another transaction', async () => {
    const shifted = transactions.map((one) => ({ ...one, commitTimeUs: one.commitTimeUs + 1n }));
    expect((await presences(source.session, shifted)).answers).toEqual(Array(5).fill('absent'));
  });

  it('refuses answers that form no prefix, naming both', async () => {
    const [one, two, ...rest] = transactions;
    if (!one || !two) throw new RangeError('There are no transactions.');
    const asked = [one, { ...two, commitTimeUs: 1n }, ...rest];
    const found = await isHere(source.session, asked).catch((error: unknown) => error);
    expect(found).toBeInstanceOf(NoPrefix);
    expect(String(found)).toContain(`has transaction ${rest[0]?.xid} that ends at`);
    expect(String(found)).toContain(`lacks transaction ${two.xid} that ends at`);
  });

  it('asks many at once, in their order', async () => {
    const [first] = transactions;
    if (!first) throw new RangeError('There are no transactions.');
    const many = function* () {
      yield first;
      for (let xid = 1_000_000; xid < 1_025_000; xid += 1) yield { ...first, xid };
    };
    const { answers, lastPresent } = await isHere(source.session, many());
    expect(answers).toHaveLength(25_001);
    expect(lastPresent?.xid).toBe(first.xid);
    expect(answers.filter(({ presence }) => presence === 'absent')).toHaveLength(25_000);
  });
});

describe('presence in a database that does not know', () => {
  it('is unknown without a sentinel, and with one whose time is lost', async () => {
    const session = await target.session();
    await session.query('BEGIN; SET LOCAL holdfast.setup = on');
    await session.query('DELETE FROM holdfast.sentinel');
    expect(await presences(session)).toMatchObject({
      answers: Array(5).fill('unknown'),
      blind: expect.stringContaining('never written'),
    });
    await session.query(
      "INSERT INTO holdfast.sentinel (xid, committed_at) VALUES (pg_current_xact_id(), '2000-01-01')",
    );
    expect(await presences(session)).toMatchObject({
      blind: expect.stringMatching(/^The database does not remember when its sentinel/),
    });
    await session.query('DROP TABLE holdfast.sentinel');
    expect(await presences(session)).toMatchObject({
      last: undefined,
      blind: expect.stringContaining('not set up'),
    });
    await session.query('ROLLBACK');
  });

  it('is unknown, and never absent, below where times were frozen away', async () => {
    const copy = await source.base();
    try {
      const superuser = await copy.session();
      await superuser.query("UPDATE pg_database SET datallowconn = true WHERE datname = 'template0'");
      await superuser.query('SELECT pg_current_xact_id()');
      for (const database of ['template0', 'template1', 'postgres']) {
        const client = await copy.server.connect({ ...copy.server.superuser, database });
        await client.query('VACUUM FREEZE');
        await client.end();
      }
      await superuser.query('SELECT holdfast.refresh_sentinel(true)');
      await superuser.query('SELECT holdfast.refresh_sentinel(false)');
      const { answers, blind } = await presences(superuser);
      expect([answers, blind]).toEqual([Array(5).fill('unknown'), undefined]);
      const [last] = transactions.slice(-1);
      const later = last ? [{ ...last, xid: last.xid + 100_000 }] : [];
      expect((await presences(superuser, later)).answers).toEqual(['absent']);
    } finally {
      await copy.stop();
    }
  });

  it('is unknown where times are not kept', async () => {
    const copy = await source.server.replica({ track_commit_timestamp: 'off' });
    try {
      await copy.promote();
      const client = await copy.connect();
      const session = sessionOf(client);
      expect(await presences(session)).toMatchObject({
        answers: Array(5).fill('unknown'),
        blind: 'The database does not track when transactions commit.',
      });
      await client.end();
    } finally {
      await copy.stop();
    }
  });
});
