import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import type { Client } from 'pg';
import { BUCKETS, REGIONS } from './rig';

export type Samples = Record<string, number[]>;

export function note(samples: Samples, name: string, value: number): void {
  samples[name] = [...(samples[name] ?? []), Math.round(value)];
}

/** @param endpoint of the local AWS API, which this process asks from now on */
export async function makeBuckets(endpoint: string): Promise<void> {
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  });
  for (const side of ['near', 'far'] as const) {
    const region = REGIONS[side];
    const client = new S3Client({ region, forcePathStyle: true });
    const elsewhere =
      region === 'us-east-1' ? {} : { CreateBucketConfiguration: { LocationConstraint: region } };
    await client.send(new CreateBucketCommand({ Bucket: BUCKETS[side], ...elsewhere }));
    client.destroy();
  }
}

/**
 * Ends what was written with a commit that waits for the disk.
 * @returns a position that everything before it has passed, and one more commit ends behind it; all of it is on disk
 */
export async function endOfLog(client: Client): Promise<string> {
  await client.query('SET synchronous_commit = on');
  const { rows } = await client.query<{ lsn: string }>('SELECT pg_current_wal_insert_lsn()::text AS lsn');
  await client.query("SELECT pg_logical_emit_message(true, 'bench', 'behind the last')");
  await client.query('RESET synchronous_commit');
  return rows[0]?.lsn ?? '0/0';
}
