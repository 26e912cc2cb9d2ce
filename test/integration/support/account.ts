import type { LeadershipRecord } from '../../../lambda/leader/record';
import { bytesBetween } from '../../../lambda/runtime/lsn';
import type { FencedServer } from '../../support/fence';
import type { Clients } from './clients';
import { holderOf } from './table';
import type { Watcher } from './watcher';

/** A write as it stands in a database. */
export interface Row {
  readonly id: number;
  readonly port: number;
  readonly epoch: number;
  readonly beganMs: number;
  readonly committedMs: number;
}

const ROWS = `SELECT id, server AS port, epoch::int AS epoch,
  (extract(epoch FROM began) * 1000)::float8 AS "beganMs",
  (extract(epoch FROM pg_xact_commit_timestamp(xmin)) * 1000)::float8 AS "committedMs" FROM written`;

/** @returns all writes that a server holds */
export async function rowsOf(server: FencedServer): Promise<readonly Row[]> {
  const owner = await server.as();
  try {
    return (await owner.query<Row>(ROWS)).rows;
  } finally {
    await owner.end();
  }
}

/** What is told of an incident; each number that has to be 0 counts what broke a rule. */
export interface Account {
  readonly clients: number;
  readonly acknowledged: number;
  /** Committed at a server that did not lead in the epoch which the transaction read from the fence. */
  readonly wrongEpoch: number;
  /** Committed when a write of a later epoch was committed already. */
  readonly late: readonly Row[];
  /** How often the server that was sampled open changed: more often than the lead moved means two at once. */
  readonly changesOfOpenServer: number;
  readonly samples: number;
  /** Numbers of the writes that were acknowledged and are not in the surviving database. */
  readonly lost: readonly number[];
  /** Of these, those that the replica had received before its promotion: nothing explains them. */
  readonly unexplained: number;
}

interface Evidence {
  readonly record: LeadershipRecord;
  readonly clients: Clients;
  readonly watcher: Watcher;
  /** All servers that can still be read. */
  readonly rows: readonly Row[];
  /** The writes that the present leader holds. */
  readonly survived: readonly Row[];
  /** Region -> port of its server. */
  readonly portOf: (region: string | undefined) => number | undefined;
}

export function accountOf({ record, clients, watcher, rows, survived, portOf }: Evidence): Account {
  const all = [...new Map([...rows, ...survived].map((row) => [`${row.port} ${row.id}`, row])).values()];
  const present = new Set(survived.map(({ id }) => id));
  const lost = [...clients.acknowledged].filter(([id]) => !present.has(id));
  const replayed = record.promotedFrom?.replayLsn ?? null;
  return {
    clients: clients.count,
    acknowledged: clients.acknowledged.size,
    wrongEpoch: all.filter(({ port, epoch }) => port !== portOf(holderOf(record, epoch))).length,
    late: latecomers(all),
    changesOfOpenServer: changes([...watcher.open].sort((one, other) => one.ms - other.ms)),
    samples: watcher.samples,
    lost: lost.map(([id]) => id),
    unexplained: lost.filter(
      ([, { position }]) => replayed === null || (position && bytesBetween(position, replayed) >= 0n),
    ).length,
  };
}

/** Writes that were committed when one of a later epoch was committed already. */
function latecomers(rows: readonly Row[]): Row[] {
  let latest = 0;
  return [...rows]
    .sort((one, other) => one.committedMs - other.committedMs)
    .filter(({ epoch }) => {
      latest = Math.max(latest, epoch);
      return epoch < latest;
    });
}

const changes = (open: readonly { readonly port: number }[]): number =>
  open.filter(({ port }, index) => index > 0 && open[index - 1]?.port !== port).length;
