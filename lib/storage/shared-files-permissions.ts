import type { CfnFileSystem } from 'aws-cdk-lib/aws-efs';
import {
  clusterName,
  otherRole,
  parameterArn,
  sharedFilesParameter,
  sharedFilesVaultArn,
} from '../config/names';
import type { Platform, Role } from '../config/platform';
import type { HoldfastFunction } from '../functions/holdfast-function';
import { leadershipTableArns } from '../leadership/leadership-table';

/** File systems of a region by the names of their services. */
export type Systems = ReadonlyMap<string, CfnFileSystem>;

export interface SharedFilesAccess {
  readonly platform: Platform;
  readonly role: Role;
  readonly backupRoleArn: string;
  readonly systems: Systems;
}

/** Grants the function of the shared files what it does, in both regions. */
export function allowSharedFiles(copier: HoldfastFunction, access: SharedFilesAccess): void {
  const { platform, role, systems } = access;
  const other = platform.regions[otherRole(role)].name;
  copier.allow(['dynamodb:GetItem'], leadershipTableArns(platform));
  copier.allow(
    ['ssm:GetParameter'],
    [...systems.keys()].map((service) =>
      parameterArn(platform, other, sharedFilesParameter(platform, service)),
    ),
  );
  allowFileSystems(copier, access, other);
  allowSaves(copier, access);
  allowTasks(copier, access);
}

/**
 * A replication has two ends, and EFS checks both: the other end, and whatever a copy here is the copy of, have ids that AWS
 * makes in the other region. Replication knows no condition on tags.
 * https://docs.aws.amazon.com/efs/latest/ug/efs-replication.html
 */
function allowFileSystems(
  copier: HoldfastFunction,
  { platform, role, systems }: SharedFilesAccess,
  other: string,
): void {
  const own = platform.regions[role].name;
  const all = (region: string) => `arn:aws:elasticfilesystem:${region}:${platform.account}:file-system/*`;
  copier.allow(
    [
      'elasticfilesystem:DescribeFileSystems',
      'elasticfilesystem:DescribeReplicationConfigurations',
      'elasticfilesystem:UpdateFileSystemProtection',
      'elasticfilesystem:TagResource',
      'elasticfilesystem:CreateReplicationConfiguration',
    ],
    [...systems.values()].map(({ attrArn }) => attrArn),
  );
  copier.allow(
    ['elasticfilesystem:DescribeFileSystems', 'elasticfilesystem:CreateReplicationConfiguration'],
    [all(other)],
  );
  copier.allow(['elasticfilesystem:DeleteReplicationConfiguration'], [all(own), all(other)]);
  for (const region of [own, other])
    copier.explainWildcard(
      all(region),
      'The id at the other end of a replication is made by AWS in the other region; EFS overwrites nothing that its own region did not give up.',
    );
}

function allowSaves(copier: HoldfastFunction, { platform, role, backupRoleArn }: SharedFilesAccess): void {
  const region = platform.regions[role].name;
  copier.allow(['backup:StartBackupJob'], [sharedFilesVaultArn(platform, region)]);
  copier.allow(['iam:PassRole'], [backupRoleArn], {
    StringEquals: { 'iam:PassedToService': 'backup.amazonaws.com' },
  });
}

function allowTasks(copier: HoldfastFunction, { platform, role, systems }: SharedFilesAccess): void {
  const region = platform.regions[role].name;
  copier.allow(
    ['ecs:DescribeServices'],
    [...systems.keys()].map(
      (service) => `arn:aws:ecs:${region}:${platform.account}:service/${clusterName(platform)}/${service}`,
    ),
  );
  copier.allowOnAnyResource(
    ['backup:DescribeBackupJob', 'ecs:DescribeTaskDefinition'],
    'AWS knows no resource for jobs of AWS Backup and for reading a task definition; the condition names the region.',
    { StringEquals: { 'aws:RequestedRegion': region } },
  );
}
