import { s3Store } from '../../lambda/archive/aws/s3';
import { databasesOf } from '../../lambda/archive/chain/chains';
import { verifyDatabase } from '../../lambda/archive/chain/verify';
import { PUBLICATION } from '../../lambda/archive/contract';
import { topUp } from '../../lambda/archive/restore/top-up';
import { systemClock } from '../../lambda/runtime/clock';
import { lsnBytes } from '../../lambda/runtime/lsn';
import { postgres } from '../../lambda/runtime/postgres/connect';
import { AUTHORITY, DATABASE, type FencedServer, OWNER } from '../../test/support/fence';
import { median, type Report, report, rounded } from '../report';
import { endOfLog, makeBuckets, note, type Samples } from './common';
import { BUCKETS, REGIONS, type Rig, startRig } from './rig';
import { prepare, WORKLOADS } from './workloads';

/**
 * How fast a restored database is brought up to date from the archive, against PostgreSQL's own logical apply of the same
 * changes, in turns, into two equal copies; and how fast the archive of them is verified.
 */

const ROUNDS = 3;
const SLOT = 'bench_native';
const POLL_MS = 20;
/** Of each workload: a top-up is usually of minutes, not of the whole day. */
const SCALE = 0.5;

export async function benchRestore(): Promise<Report> {
  const rig = await startRig();
  try {
    await makeBuckets(rig.endpoint);
    await prepare(rig.client);
    const samples: Samples = {};
    for (let round = 0; round <= ROUNDS; round += 1) {
      process.stderr.write(round === 0 ? 'warming up\n' : `round ${round} of ${ROUNDS}\n`);
      await compare(rig, round, samples);
    }
    return toReport(samples);
  } finally {
    await rig.stop();
  }
}

async function compare({ client, fenced, archiver }: Rig, round: number, samples: Samples): Promise<void> {
  await archiver.drain(lsnBytes(await endOfLog(client)));
  await client.query(`SELECT pg_create_logical_replication_slot('${SLOT}', 'pgoutput')`);
  const ours = await copyOf(fenced);
  const native = await copyOf(fenced);
  try {
    const sinceUs = BigInt(Date.now()) * 1_000n;
    for (const workload of WORKLOADS) await workload.run(client, round === 0 ? SCALE / 5 : SCALE);
    const until = await endOfLog(client);
    await archiver.drain(lsnBytes(until));
    await subscribe(native, fenced);
    const took = { ours: 0, native: 0, changes: 0 };
    const steps = [
      async () => {
        Object.assign(took, await toppedUp(ours));
      },
      async () => {
        took.native = await applied(native, client, until);
      },
    ];
    for (const step of round % 2 === 0 ? steps : steps.reverse()) await step();
    const verify = await verified(sinceUs);
    if (round === 0) return;
    note(samples, 'topUpMs', took.ours);
    note(samples, 'nativeApplyMs', took.native);
    note(samples, 'verifyMs', verify);
    note(samples, 'topUpChangesPerSecond', (took.changes * 1000) / took.ours);
  } finally {
    await native.server.stop();
    await ours.server.stop();
    await client.query(
      `SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = '${SLOT}' AND NOT active`,
    );
  }
}

/** @returns a primary of its own with everything that has been written so far */
async function copyOf(fenced: FencedServer): Promise<FencedServer> {
  const server = await fenced.server.replica();
  await server.promote();
  return fenced.on(server);
}

/** Makes a copy ready to be applied to by PostgreSQL itself; nothing is applied yet. */
async function subscribe(copy: FencedServer, source: FencedServer): Promise<void> {
  const { host, port } = source.server;
  const client = await copy.as();
  try {
    // The copy has no lease, and what the fence refuses is not what is measured.
    await client.query("SET holdfast.setup = 'on'");
    await client.query('DROP FUNCTION holdfast.guard() CASCADE');
    const to = `host=${host} port=${port} dbname=${DATABASE} user=${OWNER.username} password=${OWNER.password}`;
    await client.query(
      `CREATE SUBSCRIPTION native CONNECTION '${to}' PUBLICATION ${PUBLICATION}
         WITH (create_slot = false, slot_name = '${SLOT}', enabled = false, copy_data = false, synchronous_commit = off)`,
    );
  } finally {
    await client.end();
  }
}

/** @returns milliseconds until the subscription has confirmed everything up to there */
async function applied(copy: FencedServer, source: Rig['client'], until: string): Promise<number> {
  const client = await copy.as();
  try {
    const began = performance.now();
    await client.query('ALTER SUBSCRIPTION native ENABLE');
    for (;;) {
      // Confirmed is what was flushed, which the applying process reports on its own time; received and done is sooner.
      const { rows } = await client.query<{ there: boolean }>(
        `SELECT coalesce(bool_or(remote_lsn >= $1::pg_lsn), false) AS there FROM pg_replication_origin_status`,
        [until],
      );
      if (rows[0]?.there === true) break;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    const milliseconds = performance.now() - began;
    await client.query('ALTER SUBSCRIPTION native DISABLE');
    await client.query('ALTER SUBSCRIPTION native SET (slot_name = NONE)');
    await client.query('DROP SUBSCRIPTION native');
    await released(source);
    return milliseconds;
  } finally {
    await client.end();
  }
}

async function released(source: Rig['client']): Promise<void> {
  for (;;) {
    const { rows } = await source.query<{ active: boolean }>(
      'SELECT active FROM pg_replication_slots WHERE slot_name = $1',
      [SLOT],
    );
    if (rows[0]?.active !== true) return;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

async function toppedUp(copy: FencedServer): Promise<{ readonly ours: number; readonly changes: number }> {
  const { host, port } = copy.server;
  const address = { host, port, database: DATABASE };
  const session = await postgres(address, {
    name: 'holdfast-restore',
    ca: AUTHORITY,
    queryMs: 600_000,
  }).connect(OWNER);
  try {
    const began = performance.now();
    const { changes, ended } = await topUp(session, near(), { kind: 'latest' }, () => true);
    if (ended === 'paused') throw new Error('The top-up did not end.');
    return { ours: performance.now() - began, changes };
  } finally {
    await session.end();
  }
}

async function verified(sinceUs: bigint): Promise<number> {
  const began = performance.now();
  for (const database of await databasesOf(near())) {
    const { intact } = await verifyDatabase({ near: near() }, database, { sinceUs });
    if (!intact) throw new Error('The archive is damaged.');
  }
  return performance.now() - began;
}

const near = () => s3Store({ bucket: BUCKETS.near, region: REGIONS.near, forcePathStyle: true }, systemClock);

function toReport(samples: Samples): Report {
  const figures = Object.fromEntries(Object.entries(samples).map(([name, of]) => [name, median(of)]));
  const of = (name: string): number => figures[name] ?? Number.NaN;
  return report('restore', {
    ratios: {
      topUpVsNativeApply: rounded(of('nativeApplyMs') / of('topUpMs')),
      verifyVsTopUp: rounded(of('topUpMs') / of('verifyMs')),
    },
    figures,
    samples,
  });
}
