import { Construct } from 'constructs';
import {
  COMPONENT_METRICS,
  type Component,
  METRIC_NAMESPACE,
  METRICS,
} from '../../../lambda/backup/contract';
import type { Platform, Role } from '../../config/platform';
import { type Alarm, type Metric, makeAlarms } from '../../monitoring/cloudwatch/alarm';
import { makeSymptom, type Symptom } from '../../monitoring/cloudwatch/symptom';

export interface BackupAlarmsProps {
  readonly platform: Platform;
  readonly role: Role;
  /** Topic of the region. */
  readonly topicArn: string;
  /** Name of the backup function, as a reference. */
  readonly functionName: string;
}

const HOUR = 3600;
/** A day and what a copy may take: two hours, and four more for its way to the other region. */
const OLDEST_COPY_HOURS: Readonly<Record<Role, number>> = { home: 26, standby: 30 };
/** Exports of the cache that may be missing in a row. */
const EXPORTS_MISSED = 3;
/** S3 promises 15 minutes for nearly all objects. */
const OLDEST_OBJECT_HOURS = 1;
const RUNS_SECONDS = 900;

const WHAT: Readonly<Record<Component, string>> = {
  database: 'the database',
  cache: 'the cache',
  buckets: 'the buckets',
  configuration: 'the configuration',
};

/** What the backup function of a region looks after: whatever a schedule covers, and the cache by its own rhythm. */
export function backedUp({ backup, cache }: Platform): readonly Component[] {
  const covered = new Set<Component>(backup.schedules.flatMap(({ covers }) => covers));
  if (cache) covered.add('cache');
  return [...covered].sort();
}

/** @returns the alarms on backups; both regions have them, because each reports on the copies that it holds itself */
export function backupAlarms({ platform, role, functionName }: Omit<BackupAlarmsProps, 'topicArn'>): Alarm[] {
  const own = { namespace: METRIC_NAMESPACE, dimensions: { Platform: platform.name } };
  return [
    ...backedUp(platform).map((component) => silent(platform, role, component)),
    {
      ...own,
      name: 'backup-failed',
      says: 'Backups have failed for an hour. Read the newest report below reports/backup/ in the bucket of the archive: it says of each copy what AWS answered.',
      runbook: 'copies-lost',
      metric: METRICS.failures,
      statistic: 'Maximum',
      periodSeconds: RUNS_SECONDS,
      periods: 4,
      of: 4,
      threshold: 1,
      silence: 'told-elsewhere',
      urgency: 'cause',
    },
    {
      ...own,
      name: 'backup-quota-reached',
      says: 'A quota of AWS keeps something from being backed up. Read in the newest report below reports/backup/ which one, and ask AWS to raise it.',
      runbook: 'copies-lost',
      metric: METRICS.quota,
      statistic: 'Maximum',
      periodSeconds: HOUR,
      periods: 1,
      of: 1,
      threshold: 1,
      silence: 'told-elsewhere',
      urgency: 'morning',
    },
    {
      ...own,
      name: 'backup-function-silent',
      says: 'The backup function of this region has not come to an end for an hour and a half: nothing is copied, and nobody looks whether copies exist. Look whether its schedule is enabled, then at the log of its last run.',
      runbook: 'copies-lost',
      metric: METRICS.runs,
      statistic: 'Sum',
      periodSeconds: 2 * RUNS_SECONDS,
      periods: 3,
      of: 3,
      threshold: 1,
      below: true,
      silence: 'trouble',
      urgency: 'cause',
    },
    {
      name: 'backup-function-errors',
      says: 'Runs of the backup function of this region end with an error: it crashes, or its time is up before it ends. Read the end of its log.',
      runbook: 'copies-lost',
      namespace: 'AWS/Lambda',
      dimensions: { FunctionName: functionName },
      metric: 'Errors',
      statistic: 'Sum',
      periodSeconds: RUNS_SECONDS,
      periods: 3,
      of: 4,
      threshold: 1,
      silence: 'nothing-happened',
      urgency: 'cause',
    },
    ...(platform.database?.kind === 'managed' ? [notReplicating(own)] : []),
  ];
}

/** @returns the age from which on a copy is too old, in hours */
export function oldestHours({ cache }: Platform, role: Role, component: Component): number {
  if (component === 'buckets') return OLDEST_OBJECT_HOURS;
  if (component !== 'cache' || !cache) return OLDEST_COPY_HOURS[role];
  return Math.ceil(Math.max(3, (EXPORTS_MISSED * cache.snapshotEveryMinutes) / 60));
}

function silent(platform: Platform, role: Role, component: Component): Alarm {
  const hours = oldestHours(platform, role, component);
  return {
    name: `backup-silent-${component}`,
    says: `This region has no good copy of ${WHAT[component]} that is younger than ${hours} h, or nobody who knows of one. Read the newest report below reports/backup/ in the bucket of the archive, and take a copy by hand before anything else.`,
    runbook: 'copies-lost',
    namespace: METRIC_NAMESPACE,
    metric: COMPONENT_METRICS.age,
    dimensions: { Platform: platform.name, Component: component },
    statistic: 'Minimum',
    periodSeconds: HOUR,
    periods: 2,
    of: 2,
    threshold: hours * HOUR,
    silence: 'trouble',
    urgency: 'cause',
  };
}

/** Told by the region that leads only. */
const notReplicating = (own: Pick<Metric, 'namespace' | 'dimensions'>): Alarm => ({
  ...own,
  name: 'backup-not-replicated',
  says: 'RDS does not replicate the automated backups of the database to the other region: point-in-time restore works in this region only. Ask RDS for the automated backups of the other region, and read the newest report below reports/backup/.',
  runbook: 'copies-lost',
  metric: METRICS.replicating,
  statistic: 'Maximum',
  periodSeconds: HOUR,
  periods: 3,
  of: 3,
  threshold: 1,
  below: true,
  silence: 'told-elsewhere',
  urgency: 'cause',
});

/** @returns what pages of them: that the copies could not bring everything back */
export function backupSymptom(props: Omit<BackupAlarmsProps, 'topicArn'>): Symptom {
  const causes = backupAlarms(props).filter(({ urgency }) => urgency === 'cause');
  return {
    name: 'backups-at-risk',
    says: 'This region lacks a good copy of something, or nobody takes and counts copies. Read the newest report below reports/backup/ in the bucket of the archive, then take a copy by hand.',
    runbook: 'copies-lost',
    anyOf: causes.map(({ name }) => name),
  };
}

/** Alarms on the copies that a region holds. */
export class BackupAlarms extends Construct {
  constructor(scope: Construct, id: string, props: BackupAlarmsProps) {
    super(scope, id);
    makeAlarms(this, props, backupAlarms(props));
    makeSymptom(this, props, backupSymptom(props));
  }
}
