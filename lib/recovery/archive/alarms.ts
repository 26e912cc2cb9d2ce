import { Construct } from 'constructs';
import { METRIC_NAMESPACE, METRICS } from '../../../lambda/wal-archive/contract';
import type { ManagedDatabase, Platform } from '../../config/platform';
import { SLOT_SHARE } from '../../database/parameters';
import { type Alarm, makeAlarms } from '../../monitoring/cloudwatch/alarm';
import { makeSymptom, type Symptom } from '../../monitoring/cloudwatch/symptom';

export interface ArchiveAlarmsProps {
  readonly platform: Platform;
  readonly database: ManagedDatabase;
  /** Topic of the region. */
  readonly topicArn: string;
  /** Name of the archiver's function, as a reference. */
  readonly functionName: string;
}

const MINUTE = 60;
/** Five minutes are what RDS itself promises: an archive that is further behind adds nothing. */
const LAG_SECONDS = 5 * MINUTE;
const FAR_LAG_SECONDS = 15 * MINUTE;
/** Of what the slot may keep before PostgreSQL drops it. */
const SLOT_WARNING = 0.3;
const GIB = 1024 ** 3;

/** @returns the alarms on the archive; both regions have them, and only the one that is written reports more than its runs */
export function archiveAlarms({
  platform,
  database,
  functionName,
}: Omit<ArchiveAlarmsProps, 'topicArn'>): Alarm[] {
  const own = { namespace: METRIC_NAMESPACE, dimensions: { Platform: platform.name } };
  const told = { silence: 'told-elsewhere', urgency: 'cause' } as const;
  const held = { ...told, statistic: 'Maximum', periodSeconds: MINUTE, periods: 3, of: 5 } as const;
  const once = {
    ...told,
    statistic: 'Maximum',
    periodSeconds: MINUTE,
    periods: 1,
    of: 1,
    threshold: 1,
  } as const;
  return [
    {
      ...own,
      ...held,
      name: 'archive-lag',
      says: 'The archive is more than five minutes behind the database. Look in the log of the archiver for the call that fails or is slow; if the write rate is what one function cannot follow, set backup.archive.mode to service.',
      runbook: 'archive-gap',
      metric: METRICS.lagSeconds,
      threshold: LAG_SECONDS,
    },
    {
      ...own,
      ...held,
      name: 'archive-far-lag',
      says: 'The archive of the other region is more than a quarter of an hour behind: what was written since is durable in this region only. Look whether the other region answers; the archiver repairs it by itself.',
      runbook: 'copies-lost',
      metric: METRICS.farLagSeconds,
      threshold: FAR_LAG_SECONDS,
    },
    {
      ...own,
      ...once,
      name: 'archive-gap',
      says: 'The archive has a gap: what the database wrote in it is in no segment, and a restore across it needs a base from behind it. Look in the log of the archiver where it begins and ends, and take a base now.',
      runbook: 'archive-gap',
      metric: METRICS.gaps,
    },
    {
      ...own,
      name: 'archive-silent',
      says: 'No archiver of this region has come to an end or reported progress for five minutes. Look whether its schedule is enabled, then at the log of its last run.',
      runbook: 'archive-gap',
      metric: METRICS.runs,
      statistic: 'Sum',
      periodSeconds: MINUTE,
      periods: 5,
      of: 5,
      threshold: 1,
      below: true,
      silence: 'trouble',
      urgency: 'cause',
    },
    {
      ...own,
      ...held,
      name: 'archive-failing',
      says: 'Runs of the archiver of this region fail. Read in its log which call fails: a segment that does not follow from the one before is named there with its key.',
      runbook: 'archive-gap',
      metric: METRICS.failures,
      threshold: 1,
    },
    {
      ...own,
      ...held,
      name: 'archive-slot-bytes',
      says: 'The slot of the archive keeps a third of the log that it may keep: the archiver does not follow, and PostgreSQL will drop the slot before the disk is full. Look why the archiver stands still before it is lost.',
      runbook: 'slot-full-disk',
      metric: METRICS.slotBytes,
      threshold: Math.floor(database.storage.gib * GIB * SLOT_SHARE * SLOT_WARNING),
    },
    {
      ...own,
      ...once,
      name: 'archive-slot-endangered',
      says: 'The slot of the archive has lost, or is about to lose, log that is not archived. Look at its wal_status in pg_replication_slots, and take a base now.',
      runbook: 'slot-lost',
      metric: METRICS.slotEndangered,
    },
    {
      ...own,
      name: 'archive-unarchivable',
      says: 'The database holds something that the archive cannot keep: a table without a key, an unlogged table, a large object or a prepared transaction. Read in the log of the archiver which, and give the table a key.',
      runbook: 'archive-gap',
      metric: METRICS.unarchivable,
      statistic: 'Maximum',
      periodSeconds: 5 * MINUTE,
      periods: 3,
      of: 3,
      threshold: 1,
      silence: 'told-elsewhere',
      urgency: 'morning',
    },
    {
      name: 'archive-errors',
      says: 'Runs of the archiver of this region end with an error: it crashes, or its time is up before it ends. Read the end of its log.',
      runbook: 'archive-gap',
      namespace: 'AWS/Lambda',
      dimensions: { FunctionName: functionName },
      metric: 'Errors',
      statistic: 'Sum',
      periodSeconds: MINUTE,
      periods: 3,
      of: 5,
      threshold: 1,
      silence: 'nothing-happened',
      urgency: 'cause',
    },
  ];
}

/** What pages of them: that what is written now could not all be brought back, or soon could not. */
export const ARCHIVE_SYMPTOM: Symptom = {
  name: 'archive-at-risk',
  says: 'The archive of this region does not keep what is written: should the database be lost now, work would be lost with it. Look which alarms of the archive made this page, and begin with the one that is named first below.',
  runbook: 'archive-gap',
  anyOf: [
    'archive-slot-endangered',
    'archive-gap',
    'archive-slot-bytes',
    'archive-lag',
    'archive-silent',
    'archive-failing',
    'archive-errors',
    'archive-far-lag',
  ],
};

/** Alarms on the archive of a region. */
export class ArchiveAlarms extends Construct {
  constructor(scope: Construct, id: string, props: ArchiveAlarmsProps) {
    super(scope, id);
    makeAlarms(this, props, archiveAlarms(props));
    makeSymptom(this, props, ARCHIVE_SYMPTOM);
  }
}
