import { Duration } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import {
  type BackupSettings,
  ENVIRONMENT,
  type Schedule,
  type StartInput,
} from '../../../lambda/backup/contract';
import {
  archiveBucket,
  bucketName,
  cacheIdentifier,
  clusterName,
  databaseIdentifier,
  exportsBucket,
  keyAlias,
  leadershipTable,
  otherRole,
  secretName,
} from '../../config/names';
import type { Platform, Role } from '../../config/platform';
import { queueLogin } from '../../config/service-queues';
import { HoldfastFunction } from '../../functions/holdfast-function';
import { tableRegionsFrom } from '../../leadership/leadership-table';
import { type Start, startOnSchedule } from '../starts';
import { allowBackups, stackPrefix } from './permissions';

export interface BackupProps {
  readonly platform: Platform;
  readonly role: Role;
  readonly logKey: IKey;
}

/**
 * Takes the copies that the file asks for, brings them to the other region, keeps them by the rule, and writes down what it
 * did. Both regions have it: the one that leads takes, each looks after what it holds. Outside of any VPC, because it talks
 * to AWS only.
 */
export class Backup extends Construct {
  /** Name of the function, as a reference. */
  readonly functionName: string;

  constructor(scope: Construct, id: string, props: BackupProps) {
    super(scope, id);
    const { platform, role } = props;
    const region = platform.regions[role].name;
    const backup = new HoldfastFunction(this, 'Function', {
      platform,
      name: 'backup',
      description: 'Takes, copies, keeps and verifies the backups',
      timeout: Duration.minutes(15),
      logKey: props.logKey,
      environment: {
        [ENVIRONMENT.table]: leadershipTable(platform),
        [ENVIRONMENT.tableRegions]: tableRegionsFrom(platform, region).join(','),
        [ENVIRONMENT.settings]: JSON.stringify(backupSettings(platform, role)),
      },
    });
    this.functionName = backup.name;
    allowBackups(backup, platform, role);
    startOnSchedule(this, {
      platform,
      target: backup,
      folder: 'backup',
      what: 'the backups',
      starts: starts(platform),
    });
  }
}

/** A start at each time of the file, and one every quarter of an hour that finds what is missing or unfinished. */
function starts({ backup }: Platform): readonly Start[] {
  const reconcile: StartInput = { start: 'reconcile' };
  return [
    { expression: 'rate(15 minutes)', input: reconcile },
    ...backup.schedules.map(({ name, at }): Start => {
      const [hours = '0', minutes = '0'] = at.split(':');
      const input: StartInput = { start: 'schedule', schedule: name };
      return { name, expression: `cron(${Number(minutes)} ${Number(hours)} * * ? *)`, input };
    }),
  ];
}

/** @returns what the function of a region is told, from the platform file */
export function backupSettings(platform: Platform, role: Role): BackupSettings {
  const { backup, cache, database, regions } = platform;
  const own = regions[role].name;
  const other = regions[otherRole(role)].name;
  return {
    platform: platform.name,
    account: platform.account,
    own,
    other,
    schedules: backup.schedules.map(({ name, at, covers }): Schedule => ({ name, at, covers })),
    keep: backup.keep,
    archive: { own: archiveBucket(platform, own), other: archiveBucket(platform, other) },
    keyAlias: keyAlias(platform, 'data'),
    ...(database?.kind === 'managed'
      ? { database: { identifier: databaseIdentifier(platform), retentionDays: database.retentionDays } }
      : {}),
    ...(cache
      ? {
          cache: {
            replicationGroup: cacheIdentifier(platform),
            everyMinutes: cache.snapshotEveryMinutes,
            retentionDays: cache.snapshotRetentionDays,
            exports: exportsBucket(platform, own),
          },
        }
      : {}),
    buckets: platform.buckets.map(({ name, replicate }) => ({
      name,
      own: bucketName(platform, name, own),
      other: bucketName(platform, name, other),
      replicate,
    })),
    configuration: {
      secretPrefix: secretName(platform, ''),
      regionalSecrets: [
        ...(cache ? ['cache'] : []),
        ...platform.queues.filter(({ engine }) => engine === 'rabbitmq').map(({ name }) => queueLogin(name)),
      ].map((name) => secretName(platform, name)),
      stackPrefixes: { own: stackPrefix(platform, own), other: stackPrefix(platform, other) },
      cluster: clusterName(platform),
    },
  };
}
