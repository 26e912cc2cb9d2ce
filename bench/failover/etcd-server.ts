import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../local/postgres/free-port';
import { Daemon, until } from './daemon';
import { EtcdClient } from './etcd';

export interface Etcd {
  readonly client: EtcdClient;
  readonly port: number;
  stop(): Promise<void>;
}

/** @returns one etcd with an empty store, with its own defaults */
export async function startEtcd(): Promise<Etcd> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-etcd-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  process.once('exit', remove);
  const [port, peerPort] = [await freePort(), await freePort()];
  const [own, peer] = [`http://127.0.0.1:${port}`, `http://127.0.0.1:${peerPort}`];
  const daemon = new Daemon('etcd', 'etcd', [
    ...['--name', 'bench', '--data-dir', folder, '--logger', 'zap'],
    ...['--listen-client-urls', own, '--advertise-client-urls', own],
    ...['--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer],
    ...['--initial-cluster', `bench=${peer}`],
  ]);
  const client = new EtcdClient(own);
  const stop = async (): Promise<void> => {
    await daemon.end();
    process.removeListener('exit', remove);
    remove();
  };
  try {
    await until(
      'etcd answers',
      async () => (await client.get('nothing')) === undefined,
      30_000,
      () => daemon.said,
    );
    return { client, port, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
