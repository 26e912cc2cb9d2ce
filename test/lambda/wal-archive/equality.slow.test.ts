import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it } from '@jest/globals';
import type { Client } from 'pg';
import { s3Store } from '../../../lambda/archive/aws/s3';
import { verifyDatabase } from '../../../lambda/archive/chain/verify';
import { type Content, contentOf } from '../../../lambda/archive/compare/content';
import { differenceOf } from '../../../lambda/archive/compare/difference';
import { prepare } from '../../../lambda/archive/restore/restored';
import type { Target } from '../../../lambda/archive/restore/target';
import { topUp } from '../../../lambda/archive/restore/top-up';
import type { ObjectStore } from '../../../lambda/archive/store';
import { systemClock } from '../../../lambda/runtime/clock';
import { run } from '../../../lambda/wal-archive/run';
import { Random } from '../../simulation/world/random';
import { DATABASE, type FencedServer, LOGICAL, startFenced } from '../../support/fence';
import { useLocalAws } from '../../support/local-aws';
import { DEFINITIONS } from '../archive/replay/definitions';
import { TYPES } from '../archive/replay/types';
import { ROWS } from '../archive/replay/workloads';
import { sessionOf } from '../archive/replay/world';
import { memoryStore } from '../archive/support/memory-store';
import { hostOf, type Regions } from './support/host';

/**
 * The whole way at once: the real archiver streams while all workloads are done, it and the server are stopped at a moment
 * of chance and come back, and a base that was taken before is topped up from what is in the buckets. Then the copy is
 * compared with the source, as it was when it came back and as it is at the end. A failure names the seed that repeats it.
 */

const REGIONS = ['us-east-1', 'us-west-2'] as const;
const SETTINGS = { ...LOGICAL, max_prepared_transactions: '10', synchronous_commit: 'on' };
const STREAM_MS = 120_000;

useLocalAws(REGIONS[0]);

async function buckets(): Promise<Regions> {
  const made = REGIONS.map(async (region) => {
    const bucket = `shop-archive-${region}`;
    await new S3Client({ region, forcePathStyle: true }).send(new CreateBucketCommand({ Bucket: bucket }));
    return s3Store({ bucket, region, forcePathStyle: true }, systemClock);
  });
  const [near, far] = await Promise.all(made);
  if (!near || !far) throw new Error('There are two regions.');
  return { near, far };
}

const inMemory = async (): Promise<Regions> => ({ near: memoryStore('near'), far: memoryStore('far') });

interface Start {
  readonly seed: number;
  readonly where: string;
  readonly stores: () => Promise<Regions>;
}

/** Others can be given: `SEEDS=7,8 npm run test:slow -- wal-archive/equality`. */
const GIVEN = process.env.SEEDS?.split(',').map(
  (seed): Start => ({ seed: Number(seed), where: 'in memory', stores: inMemory }),
);
const HISTORIES: readonly Start[] = GIVEN ?? [
  { seed: 1, where: 'in S3 of the local AWS API', stores: buckets },
  { seed: 2, where: 'in memory', stores: inMemory },
];

/** An archiver that streams until it is told to stop, or until its database is gone. */
function streaming(fenced: FencedServer, regions: Regions) {
  const stop = new AbortController();
  const bounds = { deadline: systemClock.monotonic() + STREAM_MS, signal: stop.signal };
  const ended = run(hostOf(fenced, regions), { mode: 'stream', handoverSeconds: 5 }, bounds, () => undefined);
  // It fails where the server is gone under it, and another one goes on from what is in the buckets.
  return { stop: () => stop.abort(), ended: ended.catch(() => undefined) };
}

async function drain(fenced: FencedServer, regions: Regions): Promise<string> {
  let said = '';
  const bounds = { deadline: systemClock.monotonic() + 60_000, signal: new AbortController().signal };
  await run(hostOf(fenced, regions), { mode: 'drain', handoverSeconds: 5 }, bounds, ({ sentence }) => {
    said = sentence;
  });
  return said;
}

interface Work {
  readonly before: readonly string[];
  readonly work: readonly string[];
}

/** All workloads, each in a schema of its own, in an order of chance. */
function workOf(random: Random): Work {
  const left = [...ROWS, ...TYPES, ...DEFINITIONS].map((of, index) => ({ schema: `s${index}`, of }));
  const chosen = left
    .map((one) => ({ ...one, at: random.next() }))
    .sort((one, other) => one.at - other.at)
    .map(({ schema, of }) => ({ schema, ...of(schema) }));
  return {
    // Some workloads name the superuser of a server that has no other.
    before: [
      'CREATE ROLE postgres SUPERUSER',
      ...chosen.flatMap(({ schema, before }) => [`CREATE SCHEMA ${schema}`, ...before]),
    ],
    work: chosen.flatMap(({ work }) => work),
  };
}

async function textOf(client: Client, sql: string): Promise<string> {
  const { rows } = await client.query<{ text: string }>(sql);
  return rows[0]?.text ?? '';
}

/** A transaction of several statements takes a time that is not that of its last statement. */
const isBetween = async (client: Client): Promise<boolean> =>
  (await textOf(client, 'SELECT (now() = statement_timestamp())::text AS text')) === 'true';

/**
 * Does the work, and breaks off between two transactions of it.
 * @param from how many statements are done already
 * @param atLeast how many statements are to be done in all, before it may break off
 * @returns how many are done
 */
async function doWork(client: Client, { work }: Work, from: number, atLeast = work.length): Promise<number> {
  for (const [index, statement] of work.entries()) {
    if (index < from) continue;
    if (index >= atLeast && (await isBetween(client))) return index;
    await client.query(statement);
  }
  return work.length;
}

/** Stops the archiver and the server, in an order of chance, and starts the server again. */
async function breakDown(
  fenced: FencedServer,
  archiver: ReturnType<typeof streaming>,
  random: Random,
): Promise<void> {
  if (random.chance(0.5)) archiver.stop();
  await fenced.server.halt('immediate');
  archiver.stop();
  await archiver.ended;
  await fenced.server.start();
}

interface Outcome {
  /** Statements before the break, of how many. */
  readonly brokeAt: number;
  readonly statements: number;
  /** What differs between the copy and the source: when the server came back, and at the end. */
  readonly afterBreak: string | undefined;
  readonly atEnd: string | undefined;
  /** Transactions that the top-up has added, and tables that were compared. */
  readonly transactions: number;
  readonly tables: number;
  /** Whether both stores hold the same intact chains, without a gap. */
  readonly intact: boolean;
}

/** The values of sequences come with the next heartbeat, so only at the end are they those of the source. */
const withoutSequences = (content: Content): Content => ({ ...content, sequences: [] });

/** Adds to the copy up to the target. @returns the copy then, and how many transactions came to it */
async function topped(copy: FencedServer, archive: ObjectStore, target: Target) {
  const client = await copy.as();
  try {
    const { transactions } = await topUp(sessionOf(client), archive, target, () => true);
    return { transactions, content: await contentOf(sessionOf(client)) };
  } finally {
    await client.end();
  }
}

async function history(seed: number, regions: Regions): Promise<Outcome> {
  const random = new Random(seed);
  const fenced = await startFenced(SETTINGS);
  try {
    await fenced.setup({ Archive: 'true', KeylessTables: 'full' });
    await fenced.open(1, 3600);
    const client = await fenced.as();
    const work = workOf(random);
    for (const statement of work.before) await client.query(statement);
    await drain(fenced, regions);
    const base = await fenced.server.replica();
    try {
      await base.promote();
      const copy = fenced.on(base);
      return await onBase({ fenced, copy, client, work, regions, random });
    } finally {
      await base.stop();
    }
  } finally {
    await fenced.stop();
  }
}

interface Parts {
  readonly fenced: FencedServer;
  readonly copy: FencedServer;
  readonly client: Client;
  readonly work: Work;
  readonly regions: Regions;
  readonly random: Random;
}

async function onBase({ fenced, copy, client, work, regions, random }: Parts): Promise<Outcome> {
  const preparing = await copy.as();
  await prepare(sessionOf(preparing));
  await preparing.end();
  const statements = work.work.length;

  const first = streaming(fenced, regions);
  const brokeAt = await doWork(client, work, 0, random.whole(1, statements - 1));
  await breakDown(fenced, first, random);
  const again = await fenced.as();
  const cameBack = await contentOf(sessionOf(again));
  const lsn = await textOf(again, 'SELECT pg_current_wal_flush_lsn()::text AS text');

  const second = streaming(fenced, regions);
  await doWork(again, work, brokeAt);
  second.stop();
  await second.ended;
  const said = await drain(fenced, regions);
  if (!said.includes('All that was there is archived.')) throw new Error(said);
  const end = await contentOf(sessionOf(again));
  const system = await textOf(again, 'SELECT system_identifier::text AS text FROM pg_control_system()');
  await again.end();

  const broken = await topped(copy, regions.near, { kind: 'lsn', lsn });
  const latest = await topped(copy, regions.far, { kind: 'latest' });
  const { intact, gaps } = await verifyDatabase(regions, { system, database: DATABASE });
  return {
    brokeAt,
    statements,
    afterBreak: differenceOf(withoutSequences(cameBack), withoutSequences(broken.content)),
    atEnd: differenceOf(end, latest.content, 'the source', 'the copy'),
    transactions: broken.transactions + latest.transactions,
    tables: latest.content.tables.length,
    intact: intact && gaps.length === 0,
  };
}

describe('a base that is topped up from what the archiver has streamed', () => {
  it.each(HISTORIES)(
    'equals its source after a stop of both at a moment of chance, and at the end (seed $seed, $where)',
    async ({ seed, stores }) => {
      const { brokeAt, statements, transactions, tables, ...found } = await history(seed, await stores());
      expect({ seed, ...found }).toEqual({ seed, afterBreak: undefined, atEnd: undefined, intact: true });
      expect(transactions).toBeGreaterThan(300);
      expect(tables).toBeGreaterThan(40);
      expect([0 < brokeAt, brokeAt <= statements]).toEqual([true, true]);
    },
    120_000,
  );
});
