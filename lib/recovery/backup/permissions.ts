import {
  cacheSnapshotPrefix,
  databaseSnapshotPrefix,
  MANIFESTS,
  PART,
  REPORTS,
  TAGS,
} from '../../../lambda/backup/contract';
import {
  bucketName,
  cacheIdentifier,
  clusterName,
  databaseIdentifier,
  exportsBucket,
  otherRole,
  quarantinePattern,
  stackName,
} from '../../config/names';
import type { Platform, Role } from '../../config/platform';
import type { HoldfastFunction } from '../../functions/holdfast-function';
import { leadershipTableArns } from '../../leadership/leadership-table';
import { allowPutting, allowReading, archivePlaces } from '../archive/access';
import type { Conditions } from '../step';
import { BY_ALIAS, cluster, instance, keyConditions, keys, onlyIn } from '../step-resources';

const BY_TIME = 'The name of a copy ends in its schedule and time.';
const LISTS = 'The service lists all of a kind or none; reading is all that is allowed here.';
const BY_STACK = 'CloudFormation ends the names of stacks and parameter groups in characters of its own.';
const NO_RESOURCE = 'AWS knows no resource for it; the condition names the regions.';

/** Lets the backup function look after the copies of the platform, and touch nothing else. */
export function allowBackups(backup: HoldfastFunction, platform: Platform, role: Role): void {
  const allow: Allow = (actions, arns, why, conditions) => {
    backup.allow(actions, arns, conditions);
    for (const arn of arns.filter((one) => /[*?]/.test(one))) backup.explainWildcard(arn, why ?? '');
  };
  backup.allow(['dynamodb:GetItem'], leadershipTableArns(platform));
  for (const place of archivePlaces(platform, role)) {
    allowReading(backup, platform, place, [REPORTS, MANIFESTS]);
    allowPutting(backup, platform, place, [REPORTS, MANIFESTS]);
  }
  if (platform.database?.kind === 'managed') allowDatabase(platform, role, allow);
  if (platform.cache) allowCache(backup, platform, role, allow);
  allowBuckets(backup, platform, role, allow);
  allowInventory(backup, platform, role, allow);
}

/** @param why what a reviewer asks about the wildcards among the ARNs */
type Allow = (
  actions: readonly string[],
  arns: readonly string[],
  why?: string,
  conditions?: Conditions,
) => void;

/** Only what the function has made itself: a snapshot that a person takes has the tags of its instance. */
const OWN_TAGS = ({ name }: Platform): Conditions => ({
  StringEquals: {
    [`aws:ResourceTag/${TAGS.platform}`]: name,
    [`aws:ResourceTag/${TAGS.part}`]: PART,
  },
});

const regionsFrom = (platform: Platform, role: Role): readonly [string, string] => [
  platform.regions[role].name,
  platform.regions[otherRole(role)].name,
];

/** Snapshots under names of this function are made, copied and deleted in both regions; no others, and no instance. */
function allowDatabase(platform: Platform, role: Role, allow: Allow): void {
  const regions = regionsFrom(platform, role);
  const at = (what: string) => regions.map((region) => `arn:aws:rds:${region}:${platform.account}:${what}`);
  const ours = at(`snapshot:${databaseSnapshotPrefix(databaseIdentifier(platform))}*`);
  const instances = regions.flatMap((region) => instance(platform, region));
  allow(['rds:DescribeDBInstances'], instances);
  allow(['rds:DescribeDBSnapshots'], [...instances, ...at('snapshot:*')], LISTS);
  allow(['rds:DescribeDBInstanceAutomatedBackups'], [...at('db:*'), ...at('auto-backup:*')], LISTS);
  allow(
    ['rds:DescribeDBParameters'],
    regions.map(
      (region) =>
        `arn:aws:rds:${region}:${platform.account}:pg:${stackName(platform, region, 'Data').toLowerCase()}-*`,
    ),
    BY_STACK,
  );
  allow(['rds:CreateDBSnapshot'], [...instances, ...ours], BY_TIME);
  allow(['rds:CopyDBSnapshot', 'rds:AddTagsToResource'], ours, BY_TIME);
  allow(['rds:DeleteDBSnapshot'], ours, BY_TIME, OWN_TAGS(platform));
  allow(
    ['rds:StartDBInstanceAutomatedBackupsReplication', 'rds:StopDBInstanceAutomatedBackupsReplication'],
    // What an old primary replicated before it was put away has to end too.
    [...instances, ...at(`db:${quarantinePattern(platform)}`), ...at('auto-backup:*')],
    'The id of an automated backup is made by RDS; the name of an old primary ends in its epoch.',
  );
  for (const region of regions) {
    const { StringEquals, ...aliases } = keyConditions(platform, 'data', 'rds', region);
    // Only a request for a grant carries this key, so a request that describes the key has to pass without it.
    const grant = { 'kms:GrantIsForAWSResource': 'true' };
    allow(['kms:CreateGrant', 'kms:DescribeKey'], keys(platform, region), BY_ALIAS, {
      ...(StringEquals ? { StringEquals } : {}),
      ...aliases,
      BoolIfExists: grant,
    });
  }
}

/** The cache of the own region: its contents never cross, only what it exports does. */
function allowCache(backup: HoldfastFunction, platform: Platform, role: Role, allow: Allow): void {
  const regions = regionsFrom(platform, role);
  const [own] = regions;
  const at = (region: string, what: string) => `arn:aws:elasticache:${region}:${platform.account}:${what}`;
  const group = cacheIdentifier(platform);
  const nodes = at(own, `cluster:${group}-*`);
  const ours = at(own, `snapshot:${cacheSnapshotPrefix(platform.name)}*`);
  const groups = regions.map((region) => at(region, `replicationgroup:${group}`));
  const NODES = 'ElastiCache ends the name of a node in its number.';
  allow(['elasticache:DescribeReplicationGroups'], groups);
  allow(
    ['elasticache:DescribeSnapshots'],
    [at(own, 'snapshot:*'), at(own, `replicationgroup:${group}`)],
    LISTS,
  );
  allow(
    ['elasticache:DescribeCacheClusters'],
    regions.map((region) => at(region, `cluster:${group}-*`)),
    NODES,
  );
  allow(
    ['elasticache:DescribeCacheParameters'],
    regions.map((region) => at(region, 'parametergroup:*')),
    BY_STACK,
  );
  allow(
    ['elasticache:CreateSnapshot'],
    [nodes, ours, at(own, `replicationgroup:${group}`)],
    `${NODES} ${BY_TIME}`,
  );
  allow(
    ['elasticache:CopySnapshot', 'elasticache:AddTagsToResource', 'elasticache:ListTagsForResource'],
    [ours],
    BY_TIME,
  );
  allow(['elasticache:DeleteSnapshot'], [ours], BY_TIME, OWN_TAGS(platform));
  // ElastiCache looks for the bucket of an export with the rights of whoever asks for the export.
  backup.allowOnAnyResource(['s3:ListAllMyBuckets'], 'AWS knows no resource for it; it tells names only.');
  const exports = exportsBucket(platform, own);
  allow(['s3:ListBucket', 's3:GetBucketLocation'], [`arn:aws:s3:::${exports}`]);
  allow(['s3:DeleteObject'], [`arn:aws:s3:::${exports}/${cacheSnapshotPrefix(platform.name)}*`], BY_TIME);
}

/** How the buckets of the file are replicated, and how far S3 is behind. */
function allowBuckets(backup: HoldfastFunction, platform: Platform, role: Role, allow: Allow): void {
  if (platform.buckets.length === 0) return;
  const arns = regionsFrom(platform, role).flatMap((region) =>
    platform.buckets.map(({ name }) => `arn:aws:s3:::${bucketName(platform, name, region)}`),
  );
  allow(['s3:GetBucketVersioning', 's3:GetReplicationConfiguration'], arns);
  backup.allowOnAnyResource(
    ['cloudwatch:GetMetricData'],
    'CloudWatch checks the reading of metrics against no resource.',
    onlyIn(platform.regions[role].name),
  );
}

/** What is where: names and versions, never the value of a secret. */
function allowInventory(backup: HoldfastFunction, platform: Platform, role: Role, allow: Allow): void {
  const regions = regionsFrom(platform, role);
  const here = { StringEquals: { 'aws:RequestedRegion': [...regions] } };
  backup.allowOnAnyResource(['secretsmanager:ListSecrets', 'cloudformation:ListStacks'], NO_RESOURCE, here);
  allow(
    ['cloudformation:GetTemplate'],
    regions.map(
      (region) =>
        `arn:aws:cloudformation:${region}:${platform.account}:stack/${stackPrefix(platform, region)}*`,
    ),
    BY_STACK,
  );
  backup.allowOnAnyResource(
    ['ecs:ListTasks'],
    'AWS knows no resource for it; the condition names the clusters.',
    {
      ArnEquals: { 'ecs:cluster': regions.map((region) => cluster(platform, region)) },
    },
  );
  allow(
    ['ecs:DescribeTasks'],
    regions.map((region) => `arn:aws:ecs:${region}:${platform.account}:task/${clusterName(platform)}/*`),
    'The id of a task is made by ECS; the cluster is named.',
  );
}

/** Beginning of the names of the stacks of a region. */
export const stackPrefix = (platform: Platform, region: string): string =>
  stackName(platform, region, 'Data').slice(0, -'Data'.length);
