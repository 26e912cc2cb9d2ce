import type { Client } from 'pg';
import { startAwsApi } from '../../test/support/aws-api';
import {
  ARCHIVER,
  AUTHORITY,
  DATABASE,
  type FencedServer,
  LOGICAL,
  startFenced,
} from '../../test/support/fence';
import type { ArchiverSettings } from './archiver';
import { type Child, startChild } from './child';

/** A fenced and archived PostgreSQL, two buckets of the local AWS API, and an archiver in a process of its own. */

const ACCOUNT = '111122223333';
export const REGIONS = { near: 'us-east-1', far: 'us-west-2' } as const;
export const BUCKETS = { near: 'bench-archive-near', far: 'bench-archive-far' } as const;

const SETTINGS = {
  ...LOGICAL,
  // Decoding and both readers have what a small instance has; nothing else may run in between.
  shared_buffers: '256MB',
  autovacuum: 'off',
  max_wal_size: '8GB',
  checkpoint_timeout: '1h',
  max_replication_slots: '10',
  max_wal_senders: '10',
};

export interface Rig {
  readonly fenced: FencedServer;
  /** The owner's. */
  readonly client: Client;
  readonly endpoint: string;
  readonly archiver: Child;
  stop(): Promise<void>;
}

export async function startRig(): Promise<Rig> {
  const closing: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const close of closing.reverse()) await close();
  };
  try {
    const aws = await startAwsApi({ account: ACCOUNT, say: (line) => process.stderr.write(`${line}\n`) });
    closing.push(() => aws.stop());
    const fenced = await startFenced(SETTINGS);
    closing.push(() => fenced.stop());
    await fenced.setup({ Archive: 'true' });
    await fenced.open(1, 3_500);
    const client = await fenced.as();
    closing.push(() => client.end());
    const settings: ArchiverSettings = {
      address: { host: fenced.server.host, port: fenced.server.port, database: DATABASE },
      credential: ARCHIVER,
      authority: AUTHORITY,
      buckets: BUCKETS,
      regions: REGIONS,
    };
    const archiver = await startChild(aws.endpoint, settings);
    closing.push(() => archiver.stop());
    return { fenced, client, endpoint: aws.endpoint, archiver, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
