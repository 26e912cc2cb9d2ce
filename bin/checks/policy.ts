/** Every action that the checks use; all of them only read. A test holds the list equal to what the adapters call. */
export const ACTIONS = [
  'cloudformation:DescribeStacks',
  'ec2:DescribeAddresses',
  'ec2:DescribeAvailabilityZones',
  'ec2:DescribeRegions',
  'ec2:DescribeVpcs',
  'ecr:DescribeImages',
  'elasticache:DescribeCacheEngineVersions',
  'elasticache:DescribeReservedCacheNodesOfferings',
  'elasticloadbalancing:DescribeLoadBalancers',
  'iam:GetRole',
  'lambda:GetAccountSettings',
  'rds:DescribeDBEngineVersions',
  'rds:DescribeDBInstances',
  'rds:DescribeOrderableDBInstanceOptions',
  'route53:GetHostedZone',
  'route53:ListResourceRecordSets',
  'secretsmanager:DescribeSecret',
  'servicequotas:GetAWSDefaultServiceQuota',
  'servicequotas:GetServiceQuota',
  'ssm:GetParameter',
  'sts:GetCallerIdentity',
] as const;
export type Action = (typeof ACTIONS)[number];

/** Actions that AWS can restrict to what the checks look at; all others know no resource, or list everything. */
const RESOURCES: Readonly<Partial<Record<Action, string>>> = {
  'iam:GetRole': 'arn:aws:iam::*:role/aws-service-role/*',
  'ssm:GetParameter': 'arn:aws:ssm:*:*:parameter/cdk-bootstrap/*',
};

/** The smallest IAM policy with which `holdfast check` gets every answer, as `docs/iam-check-policy.json` has it. */
export function checkPolicy(): string {
  const resources = [...new Set(ACTIONS.map(resourceOf))];
  const Statement = resources.map((Resource) => ({
    Effect: 'Allow',
    Action: ACTIONS.filter((action) => resourceOf(action) === Resource),
    Resource,
  }));
  return `${JSON.stringify({ Version: '2012-10-17', Statement }, null, 2)}\n`;
}

const resourceOf = (action: Action): string => RESOURCES[action] ?? '*';
