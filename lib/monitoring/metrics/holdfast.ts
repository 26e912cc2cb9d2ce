import * as backup from '../../../lambda/backup/contract';
import * as deep from '../../../lambda/deep-health/contract';
import * as agent from '../../../lambda/region-agent/contract';
import * as drill from '../../../lambda/restore-drill/contract';
import * as archive from '../../../lambda/wal-archive/contract';
import { cloudWatchName } from './cloudwatch-name';
import type { CloudWatchSeries } from './series-types';

type Statistic = 'Sum' | 'Maximum';

/** What the agents of both regions say every minute is read by both, so that each side sees who leads. */
const EVERY_MINUTE = { everySeconds: 60, peer: true } as const;
const NEAR = { everySeconds: 60, peer: false } as const;
const SLOW = { everySeconds: 300, peer: false } as const;

function own(
  metric: string,
  statistic: Statistic,
  reading: typeof EVERY_MINUTE | typeof NEAR | typeof SLOW,
  unit: string,
  meaning: string,
  dimensions: Readonly<Record<string, string>> = {},
): CloudWatchSeries {
  const namespace = agent.METRIC_NAMESPACE;
  return {
    name: cloudWatchName(namespace, metric, statistic),
    kind: 'gauge',
    source: 'holdfast',
    labels: ['job', ...Object.values(dimensions)],
    unit,
    meaning,
    cloudWatch: {
      namespace,
      metric,
      statistic,
      dimensions: { Platform: undefined, ...dimensions },
      ...reading,
    },
  };
}

const AGENT: readonly CloudWatchSeries[] = [
  own(
    agent.METRICS.turns,
    'Sum',
    EVERY_MINUTE,
    'turns',
    'Turns of the region agent in a minute; none is trouble.',
  ),
  own(agent.METRICS.leads, 'Maximum', EVERY_MINUTE, '1', '1 in the region that leads, 0 in the other.'),
  own(agent.METRICS.leaseAge, 'Maximum', NEAR, 'seconds', 'Time since the lease was renewed last.'),
  own(
    agent.METRICS.replicationLag,
    'Maximum',
    EVERY_MINUTE,
    'seconds',
    'How far the standby database is behind.',
  ),
  own(
    agent.METRICS.epoch,
    'Maximum',
    SLOW,
    'epochs',
    'Number of the term of the region that leads; it only rises.',
  ),
  own(
    agent.METRICS.leaseNotRenewed,
    'Maximum',
    NEAR,
    '1',
    '1 while the record stands still for longer than a lease.',
  ),
  own(
    agent.METRICS.fenceClosed,
    'Maximum',
    EVERY_MINUTE,
    '1',
    '1 while the region leads and its database takes no writes.',
  ),
  own(agent.METRICS.gateRefused, 'Maximum', NEAR, '1', '1 while a takeover is due and a gate forbids it.'),
  own(agent.METRICS.unsettled, 'Maximum', SLOW, '1', '1 while leadership is neither SERVING nor PROTECTED.'),
  own(
    agent.METRICS.applicationOutage,
    'Maximum',
    SLOW,
    '1',
    '1 while the application of the other side is down.',
  ),
  own(agent.METRICS.standbyUnfit, 'Maximum', NEAR, '1', '1 while this region could not take over.'),
  own(agent.METRICS.failures, 'Maximum', SLOW, '1', '1 in a turn of the agent that failed.'),
];

const ARCHIVE: readonly CloudWatchSeries[] = [
  own(archive.METRICS.runs, 'Sum', SLOW, 'runs', 'Runs of the archiver that ended well; silence is trouble.'),
  own(archive.METRICS.failures, 'Sum', SLOW, 'runs', 'Runs of the archiver that failed.'),
  own(
    archive.METRICS.lagSeconds,
    'Maximum',
    NEAR,
    'seconds',
    'Work that the near archive does not hold yet.',
  ),
  own(
    archive.METRICS.farLagSeconds,
    'Maximum',
    NEAR,
    'seconds',
    'Work that the far archive does not hold yet.',
  ),
  own(
    archive.METRICS.farBehind,
    'Maximum',
    SLOW,
    '1',
    '1 while only the near archive holds the newest work.',
  ),
  own(archive.METRICS.gaps, 'Sum', SLOW, 'gaps', 'Gaps that made the archiver begin a new chain.'),
  own(
    archive.METRICS.slotBytes,
    'Maximum',
    NEAR,
    'bytes',
    'Log that the slot of the archive keeps from being removed.',
  ),
  own(
    archive.METRICS.slotEndangered,
    'Maximum',
    NEAR,
    '1',
    '1 if the slot has lost, or may lose, what the archive needs.',
  ),
  own(
    archive.METRICS.unarchivable,
    'Maximum',
    SLOW,
    'objects',
    'Objects and transactions that cannot be archived.',
  ),
];

const BACKUP: readonly CloudWatchSeries[] = [
  own(backup.METRICS.runs, 'Sum', SLOW, 'runs', 'Runs of the backup that came to their end.'),
  own(backup.METRICS.failures, 'Maximum', SLOW, 'failures', 'Failures in the report of the last backup.'),
  own(backup.METRICS.quota, 'Maximum', SLOW, '1', '1 if a quota of AWS kept something from being backed up.'),
  own(backup.METRICS.replicating, 'Maximum', SLOW, '1', '1 while automated backups reach the other region.'),
  own(backup.COMPONENT_METRICS.age, 'Maximum', SLOW, 'seconds', 'Age of the newest good backup of a part.', {
    Component: 'part',
  }),
];

const DRILL: readonly CloudWatchSeries[] = [
  own(
    drill.METRICS.overdue,
    'Maximum',
    SLOW,
    '1',
    '1 if the last good restore drill is older than it may be.',
  ),
  own(drill.METRICS.succeeded, 'Maximum', SLOW, '1', '1 when a restore drill has ended well.'),
  own(drill.METRICS.failed, 'Maximum', SLOW, '1', '1 when a restore drill has failed.'),
  own(drill.METRICS.rtoSeconds, 'Maximum', SLOW, 'seconds', 'Time that the last restore drill took.'),
  own(
    drill.METRICS.rpoSeconds,
    'Maximum',
    SLOW,
    'seconds',
    'Work that the last restore drill could not bring back.',
  ),
  own(drill.METRICS.leftovers, 'Maximum', SLOW, 'copies', 'Copies of a drill that could not be deleted.'),
  own(
    drill.METRICS.verifyFindings,
    'Maximum',
    SLOW,
    'objects',
    'Objects of the archive that are not as they were written.',
  ),
  own(
    drill.METRICS.verifyAgeSeconds,
    'Maximum',
    SLOW,
    'seconds',
    'Time since the archive was last read through.',
  ),
];

const DEEP_HEALTH: readonly CloudWatchSeries[] = [
  own(
    deep.METRICS.failing,
    'Maximum',
    NEAR,
    'tasks',
    'Tasks of a service whose deep health path answers badly; 0 also where none runs.',
    { Service: 'service' },
  ),
];

/** What Holdfast's own functions report, most of it of themselves. */
export const HOLDFAST: readonly CloudWatchSeries[] = [
  ...AGENT,
  ...ARCHIVE,
  ...BACKUP,
  ...DRILL,
  ...DEEP_HEALTH,
];
