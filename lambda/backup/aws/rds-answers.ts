import type { DBInstance, DBInstanceAutomatedBackup, DBSnapshot } from '@aws-sdk/client-rds';
import type { Instance, Replication } from '../database/observation';
import type { DatabaseSnapshot } from '../database/snapshot';
import { dueOfDatabaseSnapshot } from '../names';
import { isOurs } from './tags';

/** What RDS says, in the words of the domain. */

export const toInstance = (instance: DBInstance): Instance => ({
  arn: instance.DBInstanceArn ?? '',
  resourceId: instance.DbiResourceId ?? '',
  status: instance.DBInstanceStatus ?? 'unknown',
  source: instance.ReadReplicaSourceDBInstanceIdentifier || null,
  retentionDays: instance.BackupRetentionPeriod ?? 0,
});

/** @returns nothing for a name that is none of ours */
export function toSnapshot(
  found: DBSnapshot,
  identifier: string,
  platform: string,
): readonly DatabaseSnapshot[] {
  const name = found.DBSnapshotIdentifier ?? '';
  const due = dueOfDatabaseSnapshot(identifier, name);
  if (!due) return [];
  // Of a copy, the time of the data is that of the original.
  const taken = found.OriginalSnapshotCreateTime ?? found.SnapshotCreateTime;
  return [
    {
      ...due,
      name,
      owned: isOurs(found.TagList ?? [], { platform }, due),
      status: found.Status ?? 'unknown',
      takenMs: taken?.getTime() ?? null,
      encrypted: found.Encrypted ?? false,
      sizeGib: found.AllocatedStorage ?? 0,
      engine: found.Engine ?? 'unknown',
      keyRegion: found.KmsKeyId?.split(':')[3] ?? null,
    },
  ];
}

/** An old primary keeps its backups under the name that the failback recipe gives it. */
const QUARANTINED = '-quarantine-e';

/** @returns nothing for what is of another instance, or of this region itself */
export function toReplication(
  { DBInstanceArn: sourceArn = '', ...found }: DBInstanceAutomatedBackup,
  identifier: string,
  region: string,
): readonly Replication[] {
  const name = found.DBInstanceIdentifier ?? '';
  const ours = name === identifier || name.startsWith(`${identifier}${QUARANTINED}`);
  if (!ours || sourceArn === '' || sourceArn.split(':')[3] === region) return [];
  return [
    {
      sourceArn,
      resourceId: found.DbiResourceId ?? '',
      status: found.Status ?? 'unknown',
      latestMs: found.RestoreWindow?.LatestTime?.getTime() ?? null,
    },
  ];
}
