import type { Component } from '../../../lambda/backup/contract';
import type { Platform } from '../../config/platform';
import { SLOT_SHARE } from '../../database/parameters';
import { backedUp, oldestHours } from '../../recovery/backup/alarms';
import type { Alert, AlertContext } from './alert';
import { hasManagedDatabase, managedDatabase } from './database';
import { own, whileLeading } from './promql';
import { saidWithin, signOf } from './promql-parts';

const OF_ARCHIVE = {
  component: 'archive',
  team: 'database',
  appliesTo: (platform: Platform): boolean => hasManagedDatabase(platform) && platform.backup.archive.enabled,
} as const;
const OF_BACKUP = { component: 'backup', team: 'database' } as const;

/** Five minutes are what RDS itself promises of its own log: an archive that is further behind adds nothing. */
const LAG_SECONDS = 300;
/** The far copy may be away as long as a region is repaired for; the near one has everything. */
const FAR_LAG_SECONDS = 900;
/** Of what the slot may keep before PostgreSQL drops it: the rest is the time to mend the archiver. */
const SLOT_WARNING = 0.3;
const GIB = 1024 ** 3;

/** Where the agent is heard, the collector reads Holdfast's metrics: only then does silence say something. */
const heard = (context: AlertContext): string =>
  `max(max_over_time(aws_holdfast_agent_turns_sum${own(context)}[5m])) > 0`;

/** @returns PromQL that is there while the copies of a component in the region are older than they may be, or unknown */
function stale(context: AlertContext, component: Component): string {
  const { platform, role } = context;
  const age = `aws_holdfast_backup_age_seconds_maximum${own(context, `part="${component}"`)}`;
  const young = `min(min_over_time(${age}[2h])) <= ${oldestHours(platform, role, component) * 3600}`;
  return `label_replace(${heard(context)} unless ${young}, "part", "${component}", "", "")`;
}

/** What may be lost at most: an objective of the database counts where it asks for more than that of the platform. */
function shortestRpoSeconds({ objectives }: Platform): number {
  const { rpoSeconds = LAG_SECONDS } = objectives.components.database ?? {};
  return Math.min(LAG_SECONDS, objectives.rpoSeconds, rpoSeconds);
}

/** The archive and the backups: what would bring the data back. */
export const COPY_ALERTS: readonly Alert[] = [
  {
    ...OF_ARCHIVE,
    name: 'ArchiveLagHigh',
    severity: 'critical',
    forSeconds: 180,
    // No more than the platform may lose.
    threshold: { value: shortestRpoSeconds, unit: 's' },
    expression: (context) => {
      const lag = `max(aws_holdfast_archive_lag_seconds_maximum${own(context)})`;
      return `${lag} > ${context.threshold} or (${whileLeading(context, heard(context))} unless ${lag} >= 0)`;
    },
    summary: 'The archive is behind the database.',
    description:
      'What was written in more than {threshold} is in no segment, or the archiver of the region that leads says nothing. A restore to now would lack it, and the log grows in the database.',
    panel: 'recovery/archive-lag',
  },
  {
    ...OF_ARCHIVE,
    name: 'ArchiveFarLagHigh',
    severity: 'warning',
    forSeconds: 180,
    threshold: { value: FAR_LAG_SECONDS, unit: 's' },
    expression: (context) =>
      `max(aws_holdfast_archive_far_lag_seconds_maximum${own(context)}) > ${context.threshold}`,
    summary: 'The archive of the other region is behind.',
    description:
      'For {{ humanizeDuration $value }}, more than {threshold}, what is archived is durable in this region only. The archiver repairs it by itself as soon as the other region answers.',
    panel: 'recovery/archive-lag',
  },
  {
    ...OF_ARCHIVE,
    name: 'SlotLagHigh',
    severity: 'critical',
    forSeconds: 180,
    threshold: {
      value: (platform) => Math.round(managedDatabase(platform).storage.gib * SLOT_SHARE * SLOT_WARNING),
      unit: 'GiB',
    },
    expression: (context) =>
      `max(aws_holdfast_archive_slot_bytes_maximum${own(context)}) / ${GIB} > ${context.threshold} or ${signOf(context, 'aws_holdfast_archive_slot_endangered_maximum')}`,
    summary: 'The slot of the archive keeps much of the log in the database.',
    description:
      'It keeps more than {threshold}, or PostgreSQL is about to remove log that is not archived. It drops the slot before the disk is full, and the archive has a gap from then on.',
    panel: 'recovery/slot',
  },
  {
    ...OF_ARCHIVE,
    name: 'ArchiveGap',
    severity: 'critical',
    // It is told once, and stays true until a base is taken.
    forSeconds: 0,
    expression: (context) => saidWithin(context, 'aws_holdfast_archive_gaps_sum', '1h'),
    summary: 'The archive has a gap.',
    description:
      'Something that was committed is in no segment, and the archive went on behind it: no restore crosses the gap without a base from behind it. Take a base now.',
    panel: 'recovery/archive-lag',
  },
  {
    ...OF_BACKUP,
    name: 'BackupStale',
    appliesTo: (platform) => backedUp(platform).length > 0,
    severity: 'critical',
    // The function starts every quarter of an hour, and makes up for what it missed.
    forSeconds: 1800,
    expression: (context) =>
      backedUp(context.platform)
        .map((component) => stale(context, component))
        .join(' or '),
    summary: 'This region has no copy of the {{ $labels.part }} that is young enough.',
    description:
      'The newest good copy of the {{ $labels.part }} in this region is older than its schedule allows, or nobody knows of one. Take a copy by hand before anything else.',
    panel: 'recovery/backup-age',
  },
  {
    ...OF_BACKUP,
    name: 'RestoreDrillOverdue',
    appliesTo: hasManagedDatabase,
    severity: 'warning',
    // The schedule and its grace are in the sign.
    forSeconds: 3600,
    expression: (context) => saidWithin(context, 'aws_holdfast_drill_overdue_maximum', '2h'),
    summary: 'No restore drill has succeeded for too long.',
    description:
      'The last drill that restored a copy and verified it is longer ago than the schedule and its grace: whether the copies can be restored is not known.',
    panel: 'recovery/drill',
  },
];
