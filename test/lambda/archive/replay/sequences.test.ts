import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { replay } from '../../../../lambda/archive/replay/replay';
import { type Captured, given, type Source, startSource, type Target } from './world';

/** Values of sequences were told once, and were given out since. */

let source: Source;
let target: Target;
let transactions: readonly Captured[];
/** A sequence that was set back after all of them, and the values that were told then. */
let setBack: readonly Captured[];

beforeAll(async () => {
  source = await startSource();
  await source.run(
    `CREATE TABLE public.a (id serial PRIMARY KEY, v int); CREATE SEQUENCE public.alone;
     CREATE TABLE public.down (id int GENERATED ALWAYS AS IDENTITY (INCREMENT -1) PRIMARY KEY, v int);
     CREATE SEQUENCE public.shared; CREATE TABLE public.b (id bigint PRIMARY KEY DEFAULT nextval('public.shared'), v int)`,
  );
  target = await source.base();
  const work = `INSERT INTO public.a (v) SELECT generate_series(1, 3); INSERT INTO public.down (v) SELECT generate_series(1, 3);
    INSERT INTO public.b (v) SELECT generate_series(1, 3); SELECT nextval('public.alone')`;
  await source.run(work);
  await source.beat();
  await source.run(work, work);
  transactions = await source.capture();
  await source.run('TRUNCATE public.a RESTART IDENTITY');
  await source.beat();
  setBack = await source.capture();
}, 60_000);

afterAll(async () => {
  await target.stop();
  await source.stop();
});

let clones = 0;
let session: Awaited<ReturnType<Target['session']>>;
beforeEach(async () => {
  clones += 1;
  await target.clone(`clone_${clones}`);
  session = await target.session(`clone_${clones}`);
});

const next = async (): Promise<readonly unknown[]> => {
  const names = ['a_id_seq', 'down_id_seq', 'shared', 'alone'];
  const [row] = await session.query(
    `SELECT ${names.map((name) => `nextval('public.${name}')::int AS ${name}`).join(', ')}`,
  );
  return names.map((name) => row?.[name]);
};

describe('sequences after a replay', () => {
  it('go on behind what the tables have, where values were told before the last change', async () => {
    await replay(session, given(transactions));
    // Nobody has told what "alone" gave out after the heartbeat.
    expect(await next()).toEqual([10, -10, 10, 2]);
  });

  it('are what was told, where nothing changed since', async () => {
    await replay(session, given(transactions.slice(0, 2)));
    expect(await next()).toEqual([4, -4, 4, 2]);
  });

  it('are found behind the target, where they are told there', async () => {
    const [first] = transactions;
    await replay(session, given(transactions), { isWithin: ({ endLsn }) => endLsn === first?.endLsn });
    expect(await next()).toEqual([4, -4, 4, 2]);
  });

  it('are not set back by what was told behind a change that is not wanted, and give out nothing twice', async () => {
    const last = transactions.at(-1);
    await replay(session, given([...transactions, ...setBack]), {
      isWithin: ({ endLsn }) => endLsn <= (last?.endLsn ?? 0n),
    });
    // "alone" was told there, too.
    expect(await next()).toEqual([10, -10, 10, 4]);
  });

  it('are not looked for behind the target where they are known', async () => {
    const told = transactions[1];
    await replay(session, given([...transactions.slice(0, 2), ...setBack]), {
      isWithin: ({ endLsn }) => endLsn <= (told?.endLsn ?? 0n),
    });
    expect(await next()).toEqual([4, -4, 4, 2]);
  });

  it('are what was told also if the replay paused in between', async () => {
    await replay(session, given(transactions.slice(0, 2)), { isPaused: () => false });
    let asked = 0;
    const isPaused = (): boolean => {
      asked += 1;
      return asked > 1;
    };
    await replay(session, given(transactions), { isPaused });
    await replay(session, given(transactions));
    expect(await next()).toEqual([10, -10, 10, 2]);
  });
});
