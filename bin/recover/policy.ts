/** Actions of the commands of recovery, beside those of the operator's policy. */

/** What only reads. */
export const READ_ACTIONS = [
  'ec2:DescribeSecurityGroups',
  'elasticache:DescribeCacheClusters',
  'elasticache:DescribeReplicationGroups',
  'elasticache:DescribeSnapshots',
  'rds:DescribeDBInstanceAutomatedBackups',
  'rds:DescribeDBInstances',
  'rds:DescribeDBSnapshots',
  's3:GetObjectVersion',
  's3:GetObjectVersionTagging',
  's3:ListBucketVersions',
  'secretsmanager:GetSecretValue',
  'secretsmanager:ListSecretVersionIds',
  'secretsmanager:ListSecrets',
] as const;

/** What makes something new, or lets the function in the VPC work. None of them can delete or write over anything. */
export const MAKE_ACTIONS = [
  'elasticache:CreateReplicationGroup',
  'lambda:InvokeFunction',
  'rds:CopyDBSnapshot',
  'rds:RestoreDBInstanceFromDBSnapshot',
  'rds:RestoreDBInstanceToPointInTime',
  's3:AbortMultipartUpload',
  's3:CopyObject',
  's3:PutObject',
  'secretsmanager:RestoreSecret',
  'secretsmanager:UpdateSecretVersionStage',
] as const;

export type RecoveryAction = (typeof READ_ACTIONS)[number] | (typeof MAKE_ACTIONS)[number];

/**
 * What calls need beside the permissions that are named as them: of S3, of reading the archive, of the tags of what is
 * made, and of the keys of a snapshot and of its copy, that of another account among them.
 */
const BESIDE = [
  'dynamodb:GetItem',
  'kms:CreateGrant',
  'kms:Decrypt',
  'kms:DescribeKey',
  'kms:GenerateDataKey',
  'rds:AddTagsToResource',
  's3:GetObject',
  's3:ListBucket',
  's3:PutObjectTagging',
] as const;

/** Actions that AWS can restrict. The function does the rest, with rights of its own. */
const RESOURCES: Readonly<Record<string, string>> = {
  'dynamodb:GetItem': 'arn:aws:dynamodb:*:*:table/*-leadership',
  'kms:CreateGrant': 'arn:aws:kms:*:*:key/*',
  'kms:DescribeKey': 'arn:aws:kms:*:*:key/*',
  'lambda:InvokeFunction': 'arn:aws:lambda:*:*:function:*-restore',
  'rds:CopyDBSnapshot': 'arn:aws:rds:*:*:snapshot:*',
  'secretsmanager:GetSecretValue': 'arn:aws:secretsmanager:*:*:secret:*/cache-??????',
};

/** Names of calls that are no permissions. */
const NO_PERMISSIONS: ReadonlySet<string> = new Set(['s3:CopyObject']);

/** The smallest IAM policy with which the commands of recovery do all they can, as `docs/iam-recovery-policy.json` has it. */
export function recoveryPolicy(): string {
  const actions = [...READ_ACTIONS, ...MAKE_ACTIONS, ...BESIDE]
    .filter((one) => !NO_PERMISSIONS.has(one))
    .sort();
  const resources = [...new Set(actions.map(resourceOf))];
  const Statement = resources.map((Resource) => ({
    Effect: 'Allow',
    Action: actions.filter((action) => resourceOf(action) === Resource),
    Resource,
  }));
  return `${JSON.stringify({ Version: '2012-10-17', Statement }, null, 2)}\n`;
}

const resourceOf = (action: string): string => RESOURCES[action] ?? '*';
