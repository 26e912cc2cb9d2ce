import { Construct } from 'constructs';
import { lockedVault } from '../../config/names';
import type { Platform } from '../../config/platform';
import { type Alarm, makeAlarms } from '../../monitoring/cloudwatch/alarm';

const DAY = 86_400;

/** @returns the alarms on the copies that AWS Backup makes into the locked vault of home */
export function vaultAlarms(platform: Platform): Alarm[] {
  const own = { namespace: 'AWS/Backup', dimensions: { BackupVaultName: lockedVault(platform) } };
  return [
    {
      ...own,
      name: 'locked-copy-failed',
      says: 'AWS Backup could not copy the database into the locked vault. Read in the jobs of AWS Backup why; the other copies are not concerned.',
      runbook: 'copies-lost',
      metric: 'NumberOfBackupJobsFailed',
      statistic: 'Sum',
      periodSeconds: 3600,
      periods: 1,
      of: 1,
      threshold: 1,
      silence: 'nothing-happened',
      urgency: 'morning',
    },
    {
      ...own,
      name: 'locked-copy-silent',
      says: 'Nothing has been copied into the locked vault for two days. Look whether the plan of AWS Backup still selects the database: after a failover its instance may be away.',
      runbook: 'copies-lost',
      metric: 'NumberOfBackupJobsCompleted',
      statistic: 'Sum',
      periodSeconds: DAY,
      periods: 2,
      of: 2,
      threshold: 1,
      below: true,
      silence: 'trouble',
      urgency: 'morning',
    },
  ];
}

/** Alarms on the locked vault; only home copies into it. */
export class VaultAlarms extends Construct {
  constructor(
    scope: Construct,
    id: string,
    props: { readonly platform: Platform /** Topic of the region. */; readonly topicArn: string },
  ) {
    super(scope, id);
    makeAlarms(this, props, vaultAlarms(props.platform));
  }
}
