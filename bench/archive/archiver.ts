import { s3Store } from '../../lambda/archive/aws/s3';
import { compressBody } from '../../lambda/archive/format/seal';
import { systemClock } from '../../lambda/runtime/clock';
import { postgres } from '../../lambda/runtime/postgres/connect';
import type { Address, Credential } from '../../lambda/runtime/postgres/session';
import type { ReplicationSession, WalStream, World } from '../../lambda/wal-archive/ports';
import { run } from '../../lambda/wal-archive/run';
import { sourceSession } from '../../lambda/wal-archive/source';
import { replication } from '../../lambda/wal-archive/walsender/connect';

/**
 * The archiver in a process of its own, so that its memory is its own: real parts from the socket to the buckets. It is
 * told what to do by messages, and tells what it has acknowledged and when.
 */

export interface ArchiverSettings {
  readonly address: Address;
  readonly credential: Credential;
  readonly authority: string;
  readonly buckets: { readonly near: string; readonly far: string };
  readonly regions: { readonly near: string; readonly far: string };
}

export type Order =
  | { readonly do: 'settings'; readonly settings: ArchiverSettings }
  /** Archives what is there; answered when everything up to `until` is acknowledged and the run is over. */
  | { readonly do: 'drain'; readonly until: bigint }
  /** Archives until it is told to `stop`. */
  | { readonly do: 'stream' }
  | { readonly do: 'stop' };

export interface Answer {
  /** From the start of the run to the acknowledgement of `until`, in milliseconds. */
  readonly milliseconds: number;
  /** The most memory that the process has had, in MiB. */
  readonly rssMiB: number;
  /** Positions that were acknowledged, and when, in milliseconds since 1970. */
  readonly acknowledged: readonly { readonly lsn: bigint; readonly atMs: number }[];
}

/** A run of an hour at most. */
const LONGEST_MS = 3_600_000;

let settings: ArchiverSettings | undefined;
let stopping = new AbortController();

process.on('message', (order: Order) => {
  if (order.do === 'settings') settings = order.settings;
  else if (order.do === 'stop') stopping.abort();
  else {
    archive(order.do, order.do === 'drain' ? order.until : undefined).then(
      (answer) => process.send?.(answer),
      (error: unknown) => {
        process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
        process.exit(1);
      },
    );
  }
});

async function archive(mode: 'drain' | 'stream', until: bigint | undefined): Promise<Answer> {
  if (!settings) throw new Error('The archiver has no settings yet.');
  stopping = new AbortController();
  const began = performance.now();
  const acknowledged: { lsn: bigint; atMs: number }[] = [];
  let milliseconds = Number.NaN;
  const world = watched(worldOf(settings), (lsn) => {
    acknowledged.push({ lsn, atMs: Date.now() });
    if (until !== undefined && lsn >= until && Number.isNaN(milliseconds)) {
      milliseconds = performance.now() - began;
    }
  });
  const host = { world, clock: systemClock, compress: compressBody };
  const bounds = { deadline: systemClock.monotonic() + LONGEST_MS, signal: stopping.signal };
  await run(host, { mode, handoverSeconds: 0 }, bounds, ({ sentence }) =>
    process.stderr.write(`${sentence}\n`),
  );
  return { milliseconds, rssMiB: process.resourceUsage().maxRSS / 1024, acknowledged };
}

function worldOf({ address, credential, authority: ca, buckets, regions }: ArchiverSettings): World {
  const options = { name: 'holdfast-wal-archive', ca } as const;
  const store = (side: 'near' | 'far') =>
    s3Store({ bucket: buckets[side], region: regions[side], forcePathStyle: true }, systemClock);
  return {
    near: store('near'),
    far: store('far'),
    replication: () => replication(address, systemClock, options).connect(credential),
    source: async () => sourceSession(await postgres(address, options).connect(credential)),
  };
}

/** The same world, with an eye on what is acknowledged. */
function watched(world: World, acknowledged: (lsn: bigint) => void): World {
  const stream = (of: WalStream): WalStream => ({
    receive: (milliseconds) => of.receive(milliseconds),
    acknowledge: (lsn) => {
      acknowledged(lsn);
      of.acknowledge(lsn);
    },
    end: () => of.end(),
  });
  const session = (of: ReplicationSession): ReplicationSession => ({
    identify: () => of.identify(),
    start: async (slot, publication) => stream(await of.start(slot, publication)),
    end: () => of.end(),
  });
  return { ...world, replication: async () => session(await world.replication()) };
}
