import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Content, contentOf } from '../../../../lambda/archive/compare/content';
import { differenceOf } from '../../../../lambda/archive/compare/difference';
import { lsnText } from '../../../../lambda/archive/format/positions';
import { replay } from '../../../../lambda/archive/replay/replay';
import { isWithin, type Target as RestoreTarget } from '../../../../lambda/archive/restore/target';
import type { Session } from '../../../../lambda/runtime/postgres/session';
import { type Captured, given, type Source, startSource, type Target } from './world';

/** One history, of which the source's content is known after each commit. */

const BEFORE = `
  CREATE TABLE public.a (id serial PRIMARY KEY, v text UNIQUE);
  CREATE TABLE public.b (x int, y text);
  INSERT INTO public.a (v) SELECT 'v' || i FROM generate_series(1, 10) i;
  INSERT INTO public.b SELECT i % 3, 'y' FROM generate_series(1, 10) i`;
const STEPS = [
  `INSERT INTO public.a (v) VALUES ('new'), ('newer')`,
  `UPDATE public.a SET v = NULL WHERE id = 1; UPDATE public.a SET v = 'v1' WHERE id = 2; UPDATE public.a SET v = 'v2' WHERE id = 1`,
  `DELETE FROM public.b WHERE ctid = (SELECT min(ctid) FROM public.b)`,
  `ALTER TABLE public.a ADD COLUMN n int; UPDATE public.a SET n = id WHERE id > 5`,
  `CREATE TABLE public.c (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, v text); INSERT INTO public.c (v) VALUES ('c')`,
  `CREATE TABLE public.d AS SELECT id, v FROM public.a`,
  `TRUNCATE public.a RESTART IDENTITY; INSERT INTO public.a (v) VALUES ('again')`,
  `DROP TABLE public.b; INSERT INTO public.c (v) VALUES ('d'), ('e')`,
];

let source: Source;
let target: Target;
/** After each step, and before the first. */
const contents: Content[] = [];
let atFirst: Content;
let transactions: readonly Captured[];
/** Where in `transactions` the steps are. */
let ends: readonly bigint[];

beforeAll(async () => {
  source = await startSource();
  await source.run(BEFORE);
  target = await source.base();
  atFirst = await contentOf(source.session);
  const captured: Captured[] = [];
  const steps: bigint[] = [];
  for (const step of STEPS) {
    await source.run(step);
    contents.push(await contentOf(source.session));
    const [own, ...more] = await source.capture();
    if (!own || more.length > 0) throw new Error('A step is one transaction.');
    steps.push(own.endLsn);
    await source.beat();
    captured.push(own, ...(await source.capture()));
  }
  transactions = captured;
  ends = steps;
}, 60_000);

afterAll(async () => {
  await target.stop();
  await source.stop();
});

async function inClone<T>(name: string, work: (session: Session) => Promise<T>): Promise<T> {
  await target.clone(name);
  const session = await target.session(name);
  try {
    return await work(session);
  } finally {
    await session.end().catch(() => undefined);
  }
}

/** @param step -1 for what was there before the first */
const difference = async (session: Session, step: number): Promise<string | undefined> => {
  const expected = step < 0 ? atFirst : contents[step];
  if (!expected) throw new RangeError(`There is no step ${step}.`);
  return differenceOf(expected, await contentOf(session), 'the source', 'the copy');
};

/** Replays as a top-up to that target does. */
const upTo = (session: Session, all: readonly Captured[], target: RestoreTarget) =>
  replay(session, given(all), {
    isWithin: ({ endLsn, commitTimeUs }) =>
      isWithin(target, { endLsn: lsnText(endLsn), commitTimeUs: String(commitTimeUs) }),
  });

describe('a replay up to a point in time', () => {
  it('gives what the source was after each commit, its sequences too', async () => {
    for (const [step, end] of ends.entries()) {
      const found = await inClone(`step_${step}`, async (session) => {
        const outcome = await replay(session, given(transactions), {
          isWithin: ({ endLsn }) => endLsn <= end,
        });
        expect(outcome.ended).toBe('target');
        return difference(session, step);
      });
      expect([step, found]).toEqual([step, undefined]);
    }
  });

  it('gives between two commits what the earlier one left, by position and by time', async () => {
    await inClone('between', async (session) => {
      for (const [step, end] of ends.entries()) {
        const timeUs = transactions.find(({ endLsn }) => endLsn === end)?.commitTimeUs ?? 0n;
        const points: readonly (readonly [RestoreTarget, number])[] = [
          [{ kind: 'lsn', lsn: lsnText(end - 1n) }, step - 1],
          [{ kind: 'time', timeUs: timeUs - 1n }, step - 1],
          [{ kind: 'time', timeUs }, step],
          [{ kind: 'lsn', lsn: lsnText(end + 1n) }, step],
        ];
        for (const [point, expected] of points) {
          await upTo(session, transactions, point);
          const found = await difference(session, expected);
          expect([step, point, found]).toEqual([step, point, undefined]);
        }
      }
    });
  });

  it('gives all or none of what was committed at the same microsecond', async () => {
    const [first = 0n, second = 0n] = ends;
    const timeUs = transactions.find(({ endLsn }) => endLsn === second)?.commitTimeUs ?? 0n;
    const alike = transactions.map((one) =>
      one.endLsn >= first && one.endLsn <= second ? { ...one, commitTimeUs: timeUs } : one,
    );
    await inClone('alike', async (session) => {
      await upTo(session, alike, { kind: 'time', timeUs: timeUs - 1n });
      expect(await difference(session, -1)).toBeUndefined();
      await upTo(session, alike, { kind: 'time', timeUs });
      expect(await difference(session, 1)).toBeUndefined();
    });
  });

  it('goes on from each point to the end, and applies nothing twice', async () => {
    await inClone('onwards', async (session) => {
      let applied = 0;
      for (const [step, end] of ends.entries()) {
        const { transactions: some } = await replay(session, given(transactions), {
          isWithin: ({ endLsn }) => endLsn <= end,
        });
        applied += some;
        expect([step, await difference(session, step)]).toEqual([step, undefined]);
      }
      const { transactions: rest, ended } = await replay(session, given(transactions));
      expect([applied + rest, ended]).toEqual([transactions.length, 'input']);
    });
  });

  it('stops where it is told to pause, and goes on later', async () => {
    await inClone('paused', async (session) => {
      let asked = 0;
      const isPaused = (): boolean => {
        asked += 1;
        return asked % 3 === 0;
      };
      const ended: string[] = [];
      while (ended.at(-1) !== 'input')
        ended.push((await replay(session, given(transactions), { isPaused })).ended);
      expect(ended.length).toBeGreaterThan(3);
      expect(await difference(session, STEPS.length - 1)).toBeUndefined();
    });
  });
});

/** A session whose connection breaks at its nth query: before the server hears of it, or after it has done it. */
function breaking(
  session: Session & { readonly client: { end(): Promise<void> } },
  nth: number,
  when: 'before' | 'after',
): Session {
  let queries = 0;
  const broken = async (): Promise<never> => {
    await session.client.end();
    throw new Error('The connection broke.');
  };
  return {
    ...session,
    async query(sql, parameters) {
      queries += 1;
      if (queries === nth && when === 'before') return broken();
      const rows = await session.query(sql, parameters);
      return queries === nth ? broken() : rows;
    },
  };
}

describe('a replay whose connection breaks', () => {
  it.each(['before', 'after'] as const)(
    'at any query, %s the server has done it, goes on without repeating or leaving out anything',
    async (when) => {
      const name = `broken_${when}`;
      await target.clone(name);
      let breaks = 0;
      // Each try gets one query further than the one before, and what it has committed stays.
      for (let nth = 1; ; nth += 1) {
        const session = await target.session(name);
        const { rows } = await session.client.query(
          `SELECT count(*)::int AS others FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid()`,
          [name],
        );
        expect(rows[0]?.others).toBe(0);
        try {
          await replay(breaking(session, nth, when), given(transactions));
          await session.end();
          break;
        } catch (error) {
          expect(String(error)).toContain('The connection broke.');
          breaks += 1;
        }
      }
      expect(breaks).toBeGreaterThan(10);
      const session = await target.session(name);
      expect(await difference(session, STEPS.length - 1)).toBeUndefined();
      const [guards] = await session.query(
        `SELECT count(*) FILTER (WHERE NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid
            AND t.tgname = 'holdfast_guard' AND t.tgenabled = 'A'))::int AS without,
           (SELECT count(*)::int FROM pg_event_trigger WHERE evtenabled <> 'A' AND evtname <> 'write_behind') AS off
           FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace`,
      );
      expect(guards).toEqual({ without: 0, off: 0 });
      await session.end();
    },
  );
});
