import { setTimeout as wait } from 'node:timers/promises';
import { s3Store } from '../../lambda/archive/aws/s3';
import { databasesOf } from '../../lambda/archive/chain/chains';
import { verifyDatabase } from '../../lambda/archive/chain/verify';
import { fastestCodec } from '../../lambda/archive/format/codec';
import { systemClock } from '../../lambda/runtime/clock';
import { lsnBytes } from '../../lambda/runtime/lsn';
import { median, type Report, report, rounded } from '../report';
import { endOfLog, makeBuckets, note, type Samples } from './common';
import { findRecvlogical, PLAIN_SLOT, recvlogical } from './plain';
import { BUCKETS, REGIONS, type Rig, startRig } from './rig';
import { prepare, WORKLOADS, type Workload } from './workloads';

/**
 * How fast the archive is: a drain with its compression, its checksums and a put in each of two regions against
 * pg_recvlogical writing a plain file, on the same log, in turns; how much it stores, how much memory it takes, and how soon
 * a commit is durable while it streams. The buckets are those of the local AWS API, which shares the machine.
 */

const ROUNDS = 5;
/** The writer of the stream. */
const STREAM_SECONDS = 25;
const COMMITS_PER_SECOND = 100;
/** What a drain archives while caches are cold, and is not counted. */
const WARM_UP = 0.2;

export async function benchArchive(): Promise<Report> {
  const program = findRecvlogical();
  const rig = await startRig();
  try {
    await makeBuckets(rig.endpoint);
    await prepare(rig.client);
    await rig.client.query(`SELECT pg_create_logical_replication_slot('${PLAIN_SLOT}', 'pgoutput')`);
    const samples: Samples = {};
    let decoded = 0;
    for (let round = 0; round <= ROUNDS; round += 1) {
      process.stderr.write(round === 0 ? 'warming up\n' : `round ${round} of ${ROUNDS}\n`);
      for (const workload of WORKLOADS) {
        decoded += await compare(rig, program, workload, round, samples);
      }
    }
    const stored = await storedBytes();
    const lags = await streamed(rig);
    samples.lagMaxEachSecond = maxEachSecond(lags);
    return toReport(samples, lags, stored / decoded);
  } finally {
    await rig.stop();
  }
}

/** @returns bytes that were decoded */
async function compare(
  { client, fenced, archiver }: Rig,
  program: string,
  workload: Workload,
  round: number,
  samples: Samples,
): Promise<number> {
  await workload.run(client, round === 0 ? WARM_UP : 1);
  const until = await endOfLog(client);
  const keep = (who: string, milliseconds: number): void => {
    if (round > 0) note(samples, `${workload.name}${who}Ms`, milliseconds);
  };
  let bytes = 0;
  const plain = async (): Promise<void> => {
    const { milliseconds, bytes: size } = await recvlogical(program, fenced.server.port, until);
    bytes = size;
    keep('Recvlogical', milliseconds);
  };
  const ours = async (): Promise<void> => {
    const { milliseconds, rssMiB } = await archiver.drain(lsnBytes(until));
    keep('Archive', milliseconds);
    note(samples, 'rssMiB', rssMiB);
  };
  // In turns, so that neither is always the one that finds the log in the cache.
  for (const one of round % 2 === 0 ? [plain, ours] : [ours, plain]) await one();
  return bytes;
}

async function storedBytes(): Promise<number> {
  const near = s3Store({ bucket: BUCKETS.near, region: REGIONS.near, forcePathStyle: true }, systemClock);
  let bytes = 0;
  for (const database of await databasesOf(near)) {
    const { chains } = await verifyDatabase({ near }, database);
    for (const chain of chains) bytes += chain.storedBytes;
  }
  return bytes;
}

/** Of one commit, in milliseconds. */
interface Lag {
  /** Since the stream was begun. */
  readonly afterMs: number;
  /** From the end of the commit to the acknowledgement of it. */
  readonly lagMs: number;
}

/** @returns of each commit, in their order, how long it took until it was acknowledged */
async function streamed({ client, archiver }: Rig): Promise<Lag[]> {
  process.stderr.write(`streaming for ${STREAM_SECONDS} s\n`);
  const end = archiver.stream();
  const commits: { lsn: bigint; atMs: number }[] = [];
  await client.query('SET synchronous_commit = on');
  const begun = Date.now();
  const until = begun + STREAM_SECONDS * 1000;
  while (Date.now() < until) {
    await client.query("INSERT INTO million (number, note) VALUES (1, 'streamed')");
    const { rows } = await client.query<{ lsn: string }>('SELECT pg_current_wal_insert_lsn()::text AS lsn');
    commits.push({ lsn: lsnBytes(rows[0]?.lsn ?? '0/0'), atMs: Date.now() });
    await wait(1000 / COMMITS_PER_SECOND);
  }
  await wait(5_000);
  const { acknowledged } = await end();
  return commits.flatMap(({ lsn, atMs }) => {
    const durable = acknowledged.find((one) => one.lsn >= lsn);
    if (!durable) throw new Error(`A commit that ends at ${lsn} was not acknowledged.`);
    return [{ afterMs: atMs - begun, lagMs: durable.atMs - atMs }];
  });
}

/** @returns the longest of each second, in milliseconds: tells a slow beginning from a pause */
function maxEachSecond(lags: readonly Lag[]): number[] {
  const longest = Array.from({ length: STREAM_SECONDS }, () => 0);
  for (const { afterMs, lagMs } of lags) {
    const second = Math.min(Math.floor(afterMs / 1000), STREAM_SECONDS - 1);
    longest[second] = Math.max(longest[second] ?? 0, lagMs);
  }
  return longest;
}

function quantile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

function toReport(samples: Samples, lags: readonly Lag[], storedVsDecoded: number): Report {
  const lagMs = lags.map((one) => one.lagMs);
  const of = (name: string): number => median(samples[name] ?? []);
  const drainVsRecvlogical = Object.fromEntries(
    WORKLOADS.map(({ name }) => [name, rounded(of(`${name}RecvlogicalMs`) / of(`${name}ArchiveMs`))]),
  );
  const times = Object.keys(samples).filter((name) => name.endsWith('Ms'));
  return report('archive', {
    ratios: { drainVsRecvlogical, storedVsDecoded: rounded(storedVsDecoded) },
    figures: {
      ...Object.fromEntries(times.map((name) => [name, of(name)])),
      rssMaxMiB: Math.max(...(samples.rssMiB ?? [])),
      lagP50Ms: quantile(lagMs, 0.5),
      lagP99Ms: quantile(lagMs, 0.99),
      zstd: Number(fastestCodec() === 'zstd'),
    },
    samples,
  });
}
