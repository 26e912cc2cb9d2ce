import { firstRecord } from '../../../lambda/leader/record';
import { type FencedServer, LOGICAL, startFenced } from '../../support/fence';
import { type Account, accountOf, type Row, rowsOf } from './account';
import { Agents, type Wrap } from './agents';
import { Clients, WRITTEN } from './clients';
import { HOME, type Place, STANDBY, say, settingsOf, until } from './places';
import { ServerRds } from './rds';
import { ThreeTables } from './table';
import { Watcher } from './watcher';
import { worldAround } from './world';

const SETTINGS = {
  max_connections: '90',
  track_commit_timestamp: 'on',
  wal_keep_size: '256MB',
  // As in production: what is acknowledged has been sent to the replica or is about to be.
  synchronous_commit: 'on',
};
const ARCHIVED = { ...LOGICAL, max_prepared_transactions: '2' };
const PROPERTIES = { ApplicationLimit: '60', EnforceSeconds: '1' };

/** One region: its server, what RDS says of it, and its agents. */
export interface Side {
  readonly server: FencedServer;
  readonly rds: ServerRds;
  readonly agents: Agents;
}

/** Two regions with real servers, of which the second replicates the first, and the table of three. */
export interface Pair {
  readonly home: Side;
  readonly standby: Side;
  readonly table: ThreeTables;
  stop(): Promise<void>;
}

export interface PairOptions {
  /** Deliberate bugs. */
  readonly wrap?: Partial<Record<Place, Wrap>>;
  /** Whether the log is archived. */
  readonly archive?: boolean;
}

/** @returns two servers that stream, with agents that have not begun yet */
export async function startPair({ wrap = {}, archive = false }: PairOptions = {}): Promise<Pair> {
  const primary = await startFenced(archive ? { ...SETTINGS, ...ARCHIVED } : SETTINGS);
  const started: FencedServer[] = [primary];
  const stop = async (): Promise<void> => {
    for (const { server } of started) server.continue();
    await Promise.all(started.map((one) => one.stop()));
  };
  try {
    const owner = await primary.as();
    await owner.query(WRITTEN);
    await primary.setup({ ...PROPERTIES, Archive: String(archive) });
    await owner.end();
    const replica = primary.on(await primary.server.replica());
    started.push(replica);
    for (const one of started) one.cron();
    await until('the replica streams', async () => (await replica.agent.observe()).streaming);
    const { leaseSeconds, enforceSeconds } = settingsOf(HOME);
    const table = ThreeTables.holding(firstRecord(HOME, leaseSeconds, enforceSeconds));
    const side = (place: Place, server: FencedServer, source: string | null): Side => {
      const rds = new ServerRds(server, source);
      return {
        server,
        rds,
        agents: new Agents(place, () => worldAround(place, server, rds, table), wrap[place]),
      };
    };
    const home = side(HOME, primary, null);
    const standby = side(STANDBY, replica, `arn:aws:rds:${HOME}:123456789012:db:shop-db`);
    return {
      home,
      standby,
      table,
      async stop() {
        await Promise.all([home.agents.kill(), standby.agents.kill()]);
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A pair under load. */
export interface Scene extends Pair {
  readonly clients: Clients;
  /** To be called when it happens: what follows is measured from here. */
  begins(): void;
  /** Waits until clients write to a side, and tells since when in milliseconds after the beginning. */
  writesTo(side: Side): Promise<void>;
}

export interface Story {
  readonly account: Account;
  /** Rows that home and standby hold; none if the server does not run at the end. */
  readonly rows: Readonly<Record<'home' | 'standby', readonly Row[]>>;
  /** From the beginning to the first write that the next server acknowledged; undefined without a move. */
  readonly writableAfterSeconds: number | undefined;
}

const CLIENTS = 100;

/** Plays one incident from a quiet platform to its end, prints one line of figures and puts everything away. */
export async function play(
  name: string,
  work: (scene: Scene) => Promise<void>,
  options: PairOptions = {},
): Promise<Story> {
  const pair = await startPair(options);
  const { home, standby, table } = pair;
  const servers = [home.server, standby.server];
  const watcher = new Watcher(servers);
  const clients = new Clients(servers, CLIENTS);
  let beganMs = Date.now();
  const scene: Scene = {
    ...pair,
    clients,
    begins() {
      beganMs = Date.now();
    },
    async writesTo({ server }) {
      const since = Date.now();
      await until('clients write', () => clients.writesAt(server, since) > CLIENTS);
    },
  };
  try {
    home.agents.start();
    standby.agents.start();
    await scene.writesTo(home);
    await work(scene);
    await clients.stop();
    const rows = { home: await rowsIfAny(home), standby: await rowsIfAny(standby) };
    const { record } = table;
    const account = accountOf({
      record,
      clients,
      watcher,
      rows: [...rows.home, ...rows.standby],
      survived: record.holder === HOME ? rows.home : rows.standby,
      portOf: (region) =>
        (region === HOME ? home : region === STANDBY ? standby : undefined)?.server.server.port,
    });
    const first = record.holder === HOME ? undefined : firstAt(clients, standby);
    const writableAfterSeconds = first === undefined ? undefined : (first - beganMs) / 1000;
    tell(name, account, writableAfterSeconds);
    return { account, rows, writableAfterSeconds };
  } finally {
    for (const { server } of servers) server.continue();
    await Promise.allSettled([clients.stop(), watcher.stop()]);
    await pair.stop();
  }
}

const rowsIfAny = (side: Side): Promise<readonly Row[]> => rowsOf(side.server).catch(() => []);

const firstAt = (clients: Clients, { server }: Side): number | undefined => {
  const times = [...clients.acknowledged.values()]
    .filter(({ port }) => port === server.server.port)
    .map(({ atMs }) => atMs);
  return times.length === 0 ? undefined : Math.min(...times);
};

function tell(name: string, account: Account, writable: number | undefined): void {
  const { clients, acknowledged, wrongEpoch, late, lost, unexplained, samples } = account;
  const after = writable === undefined ? 'no move' : `writable after ${writable.toFixed(1)} s`;
  say(
    `${name}: ${clients} clients, ${acknowledged} writes acknowledged, ${after}, ${wrongEpoch} under a wrong epoch, ` +
      `${late.length} late, ${lost.length} lost (${unexplained} unexplained), ${samples} samples`,
  );
}
