import { Construct } from 'constructs';
import { METRIC_NAMESPACE, READ_ONLY_METRIC, UNCOPIED_METRIC } from '../../lambda/shared-files/contract';
import { functionName } from '../config/names';
import type { Platform } from '../config/platform';
import { type Alarm, makeAlarms } from '../monitoring/cloudwatch/alarm';
import { fileSystemId, SHARED_FILES, servicesWithFiles } from './shared-files';

const MINUTE = 60;
/** EFS brings most changes over in 15 minutes. https://docs.aws.amazon.com/efs/latest/ug/efs-replication.html */
const BEHIND_MINUTES = 30;

/** @returns the alarms on the shared files of a region; none without any */
export function sharedFilesAlarms(platform: Platform): Alarm[] {
  const services = servicesWithFiles(platform);
  if (services.length === 0) return [];
  return [
    ...services.map((service) => behind(platform, service)),
    {
      name: 'shared-files-uncopied',
      says: 'This region leads and the platform counts as protected, but for six hours some shared files have had no working copy in the other region. Read in the log of the function shared-files, in both regions, what it waits for: a recovery point that fails, tasks that never mounted their files, or a replication in the state ERROR.',
      runbook: 'copies-lost',
      urgency: 'morning',
      namespace: METRIC_NAMESPACE,
      metric: UNCOPIED_METRIC,
      dimensions: { Platform: platform.name },
      statistic: 'Minimum',
      periodSeconds: 60 * MINUTE,
      periods: 6,
      of: 6,
      threshold: 1,
      // Only the region that leads reports it.
      silence: 'told-elsewhere',
    },
    {
      name: 'shared-files-read-only',
      says: 'This region leads, and for 15 minutes the shared files of a service have taken no writes here: EFS does not end the copying to it, or they were never copied whole before a planned move. Look at npx holdfast status and in the log of the function shared-files.',
      runbook: 'copies-lost',
      urgency: 'page',
      namespace: METRIC_NAMESPACE,
      metric: READ_ONLY_METRIC,
      dimensions: { Platform: platform.name },
      statistic: 'Minimum',
      periodSeconds: 5 * MINUTE,
      periods: 3,
      of: 3,
      threshold: 1,
      // Only the region that leads reports it; that nobody does is told by the next one.
      silence: 'told-elsewhere',
    },
    {
      name: 'shared-files-failing',
      says: 'The function shared-files of this region fails, or is not started: after a failover nobody would make the files writable. Read the end of its log.',
      runbook: 'copies-lost',
      urgency: 'page',
      namespace: 'AWS/Lambda',
      metric: 'Errors',
      dimensions: { FunctionName: functionName(platform, SHARED_FILES) },
      statistic: 'Minimum',
      periodSeconds: 5 * MINUTE,
      periods: 6,
      of: 6,
      threshold: 1,
      silence: 'trouble',
    },
  ];
}

/** A query, because the id at the other end is a dimension too, and made by AWS in the other region. */
const behind = (platform: Platform, service: string): Alarm => ({
  name: `shared-files-behind-${service}`,
  says: `What ${service} has written into its shared files for ${BEHIND_MINUTES} minutes is not in the other region yet: so much of it would be lost with this one. Look in EFS whether the replication is enabled, and whether very many files were changed at once.`,
  runbook: 'copies-lost',
  urgency: 'morning',
  query: {
    query: `SELECT MAX(TimeSinceLastSync) FROM SCHEMA("AWS/EFS", DestinationFileSystemId, FileSystemId) WHERE FileSystemId = '${fileSystemId(platform, service)}'`,
    label: 'Seconds since the last synchronization',
  },
  periodSeconds: 5 * MINUTE,
  periods: 3,
  of: 3,
  threshold: BEHIND_MINUTES * MINUTE,
  // Only where files are copied from; that they are not is told by the function.
  silence: 'told-elsewhere',
});

/** Alarms on the shared files of a region. Not in the stack with the data, which no change of a bound should touch. */
export class SharedFilesAlarms extends Construct {
  constructor(scope: Construct, id: string, props: { readonly platform: Platform }) {
    super(scope, id);
    makeAlarms(this, props, sharedFilesAlarms(props.platform));
  }
}
