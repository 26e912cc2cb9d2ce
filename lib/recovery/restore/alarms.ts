import { Construct } from 'constructs';
import { METRIC_NAMESPACE, METRICS } from '../../../lambda/restore-drill/contract';
import type { Platform } from '../../config/platform';
import { type Alarm, makeAlarms } from '../../monitoring/cloudwatch/alarm';
import { EVERY_DAYS } from './restore-drill';

export interface RestoreAlarmsProps {
  readonly platform: Platform;
  /** Topic of the region. */
  readonly topicArn: string;
  /** Name of the restore drill's function, as a reference. */
  readonly functionName: string;
}

const HOUR = 3600;
const RUNS_SECONDS = 900;
const DAY = 24 * HOUR;
/** What the inspection of a large archive may take. */
const INSPECTION_DAYS = 7;
const ONCE = {
  statistic: 'Maximum',
  periodSeconds: HOUR,
  periods: 1,
  of: 1,
  threshold: 1,
  silence: 'told-elsewhere',
} as const;

const ownOf = ({ name }: Platform) => ({ namespace: METRIC_NAMESPACE, dimensions: { Platform: name } });

/** @returns the alarms on restore drills; both regions have them, and the one that does not lead reports that it is well */
export function restoreAlarms({ platform, functionName }: Omit<RestoreAlarmsProps, 'topicArn'>): Alarm[] {
  const own = ownOf(platform);
  return [
    {
      ...own,
      ...ONCE,
      name: 'restore-drill-failed',
      says: 'A restore drill has failed: what is kept may not bring the database back. Read its report below drill-reports/ in the bucket of the archive, which says what differs or what did not answer.',
      runbook: 'data-corruption',
      metric: METRICS.failed,
      urgency: 'page',
    },
    {
      ...own,
      name: 'restore-drill-overdue',
      says: 'The last restore drill that ended well is older than it may be, or nobody has looked for six hours. Look whether the schedule of the drill is enabled, then at the log of its last run.',
      runbook: 'copies-lost',
      metric: METRICS.overdue,
      statistic: 'Maximum',
      periodSeconds: HOUR,
      periods: 6,
      of: 6,
      threshold: 1,
      silence: 'trouble',
      urgency: 'morning',
    },
    {
      ...own,
      ...ONCE,
      name: 'restore-drill-leftovers',
      says: 'Copies that a restore drill made could not be deleted and are paid for. Read in the log of the drill why, and delete the instances whose names contain -restore-drill- by hand.',
      runbook: 'copies-lost',
      metric: METRICS.leftovers,
      urgency: 'morning',
      periods: 3,
      of: 3,
    },
    ...(platform.backup.archive.enabled ? inspectionAlarms(platform) : []),
    {
      name: 'restore-drill-errors',
      says: 'Runs of the restore drill of this region end with an error: it crashes, or its time is up before it ends. Read the end of its log.',
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
      urgency: 'morning',
    },
  ];
}

/** @returns the alarms on the inspection of the archive; without an archive there is none */
function inspectionAlarms(platform: Platform): Alarm[] {
  const own = ownOf(platform);
  return [
    {
      ...own,
      ...ONCE,
      name: 'archive-damaged',
      says: 'Objects of the archive are not as they were written: a restore from one region may end before them. Read in the log of the restore drill which (event finding), and follow the runbook while the other region still has them.',
      runbook: 'copies-lost',
      metric: METRICS.verifyFindings,
      urgency: 'page',
    },
    {
      ...own,
      name: 'archive-unverified',
      says: 'The archive was not read through as often as it should be, or nobody has looked for six hours: damage in it would not be known. Look in the log of the restore drill where its inspection stands (event inspection), and what does not answer.',
      runbook: 'copies-lost',
      metric: METRICS.verifyAgeSeconds,
      statistic: 'Maximum',
      periodSeconds: HOUR,
      periods: 6,
      of: 6,
      threshold: (EVERY_DAYS[platform.backup.restoreDrill] + INSPECTION_DAYS) * DAY,
      silence: 'trouble',
      urgency: 'morning',
    },
  ];
}

/** Alarms on restore drills. */
export class RestoreAlarms extends Construct {
  constructor(scope: Construct, id: string, props: RestoreAlarmsProps) {
    super(scope, id);
    makeAlarms(this, props, restoreAlarms(props));
  }
}
