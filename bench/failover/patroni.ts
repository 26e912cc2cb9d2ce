import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asWhom, own } from '../../local/postgres/binaries';
import { freePort } from '../../local/postgres/free-port';
import { type Credential, write } from '../../local/postgres/server';
import { APP, DATABASE } from '../../test/support/fence';
import { ask, type Contender, closingAll, postmasterOf, SETTINGS, WRITTEN } from './contender';
import { Daemon, family, naming, signalAll, until } from './daemon';
import { POSTGRES_BIN } from './debian';
import { type Etcd, startEtcd } from './etcd-server';
import type { PatroniTimings } from './timings';

/**
 * Two servers under Patroni and an etcd, with Patroni's own defaults but for the timings, the servers' settings, and slots,
 * which neither side uses.
 */

const SCOPE = 'bench';
const LEADER_KEY = `/service/${SCOPE}/leader`;
const MEMBERS = `/service/${SCOPE}/members/`;
const SUPERUSER: Credential = { username: 'postgres', password: 'postgres-in-a-benchmark' };
const REPLICATOR: Credential = { username: 'replicator', password: 'replicator-in-a-benchmark' };
const START_MS = 120_000;
const END_MS = 10_000;

type NodeName = 'a' | 'b';

export function startPatroni(timings: PatroniTimings): Promise<Contender> {
  return closingAll(async (closing) => {
    const etcd = await startEtcd();
    closing.push(etcd.stop);
    const node = async (name: NodeName): Promise<Node> => {
      const made = await Node.make(name, etcd, timings);
      closing.push(() => made.stop());
      return made;
    };
    const [a, b] = [await node('a'), await node('b')];
    const said = (): string => `${a.said}\n${b.said}`;
    const leads = async (name: NodeName): Promise<boolean> =>
      (await etcd.client.get(LEADER_KEY))?.value === name;
    a.start();
    await until('a leads', async () => (await leads('a')) && !(await a.isReplica()), START_MS, said);
    await prepare(a);
    b.start();
    await until('b streams', () => streamsTo(a, 'b'), START_MS, said);
    const isKnown = async (): Promise<boolean> => (await etcd.client.get(`${MEMBERS}b`)) !== undefined;
    await until('b is known', isKnown, START_MS, said);
    return {
      name: 'patroni',
      old: a.port,
      next: b.port,
      limitations: '',
      superuser: SUPERUSER,
      renewals: renewalsIn(etcd),
      isClaimed: () => leads('b'),
      processes: () => a.processes(),
      returns: async () => a.start(),
      said,
    };
  });
}

async function streamsTo(from: Node, name: NodeName): Promise<boolean> {
  const sql = `SELECT FROM pg_stat_replication WHERE application_name = '${name}' AND state = 'streaming'`;
  return (await ask(from, from.port, sql)).length > 0;
}

/**
 * Patroni renews the lease of etcd with which its key ends, and leaves the key as it is. So the seconds that are left of
 * it are looked at: they grow by a renewal only.
 * @returns the number of renewals that were seen
 */
function renewalsIn({ client }: Etcd): () => Promise<number> {
  let [seen, leftBefore] = [0, 0];
  return async () => {
    const lease = (await client.get(LEADER_KEY))?.lease;
    const left = lease === undefined ? 0 : await client.left(lease);
    if (left > leftBefore) seen += 1;
    leftBefore = left;
    return seen;
  };
}

async function prepare(a: Node): Promise<void> {
  const { username, password } = APP;
  await ask(a, a.port, `CREATE DATABASE ${DATABASE}`, 'postgres');
  await ask(a, a.port, WRITTEN);
  await ask(a, a.port, `CREATE ROLE ${username} LOGIN PASSWORD '${password}'`);
  await ask(a, a.port, `GRANT SELECT, INSERT ON public.written TO ${username}`);
}

function configuration(
  { name, folder, port }: Node,
  apiPort: number,
  etcdPort: number,
  timings: PatroniTimings,
): Readonly<Record<string, unknown>> {
  const [address, api] = [`127.0.0.1:${port}`, `127.0.0.1:${apiPort}`];
  const hosts = ['all', 'replication'].map((what) => `host ${what} all 127.0.0.1/32 scram-sha-256`);
  return {
    scope: SCOPE,
    name,
    restapi: { listen: api, connect_address: api },
    etcd3: { host: `127.0.0.1:${etcdPort}` },
    bootstrap: {
      dcs: {
        ...timings,
        postgresql: { use_pg_rewind: true, use_slots: false, parameters: SETTINGS },
      },
      initdb: [{ encoding: 'UTF8' }, { locale: 'C' }],
    },
    postgresql: {
      listen: address,
      connect_address: address,
      data_dir: join(folder, 'data'),
      bin_dir: POSTGRES_BIN,
      pgpass: join(folder, 'pgpass'),
      authentication: { superuser: SUPERUSER, replication: REPLICATOR, rewind: SUPERUSER },
      parameters: { unix_socket_directories: '' },
      // The copy for the replica need not wait for a checkpoint of minutes.
      basebackup: [{ checkpoint: 'fast' }],
      pg_hba: hosts,
    },
  };
}

/** One of Patroni's members: its daemon, and the server that the daemon starts in a session of its own. */
class Node {
  readonly superuser = SUPERUSER;
  #daemon: Daemon | undefined;
  readonly #remove = (): void => rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  readonly #removeNow = (): void => {
    signalAll(naming(this.folder), 'SIGQUIT');
    this.#remove();
  };

  private constructor(
    readonly name: NodeName,
    readonly folder: string,
    readonly port: number,
  ) {
    process.once('exit', this.#removeNow);
  }

  static async make(name: NodeName, etcd: Etcd, timings: PatroniTimings): Promise<Node> {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-patroni-'));
    own(folder);
    const node = new Node(name, folder, await freePort());
    const settings = configuration(node, await freePort(), etcd.port, timings);
    // What is JSON is YAML too.
    write(join(folder, 'patroni.yml'), JSON.stringify(settings, null, 2));
    return node;
  }

  get said(): string {
    return this.#daemon?.said ?? `${this.name} was not started`;
  }

  start(): void {
    this.#daemon = new Daemon(`patroni ${this.name}`, 'patroni', [join(this.folder, 'patroni.yml')], {
      ...asWhom(),
      cwd: this.folder,
      env: { PATH: process.env.PATH, HOME: this.folder, LC_ALL: 'C' },
    });
  }

  async isReplica(): Promise<boolean> {
    const [row] = await ask(this, this.port, 'SELECT pg_is_in_recovery() AS replica', 'postgres');
    return row?.replica !== false;
  }

  async processes(): Promise<readonly number[]> {
    return [...(this.#daemon?.pids ?? []), ...family(await postmasterOf(this, this.port))];
  }

  async stop(): Promise<void> {
    process.removeListener('exit', this.#removeNow);
    await this.#daemon?.end();
    // The first process of a server ends the others and takes away what it shares with them.
    signalAll(naming(this.folder), 'SIGQUIT');
    await until(`the server of ${this.name} has ended`, () => naming(this.folder).length === 0, END_MS);
    this.#remove();
  }
}
