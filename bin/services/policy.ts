/** Actions of the commands on services: `rollback`, `scale`, `health`, `logs`, `exec`, and `start`. */

/** What only reads. */
export const READ_ACTIONS = [
  'application-autoscaling:DescribeScalableTargets',
  'cloudwatch:DescribeAlarms',
  'cloudwatch:GetMetricData',
  'ecs:DescribeServices',
  'ecs:DescribeTaskDefinition',
  'ecs:DescribeTasks',
  'ecs:ListServiceDeployments',
  'ecs:ListTaskDefinitions',
  'ecs:ListTasks',
  'elasticache:DescribeReplicationGroups',
  'elasticloadbalancing:DescribeTargetHealth',
  'logs:FilterLogEvents',
] as const;

/** What changes a service that runs. None of them can make one, delete one, or change what is deployed. */
export const CHANGE_ACTIONS = [
  'application-autoscaling:RegisterScalableTarget',
  'ecs:ExecuteCommand',
  'ecs:StopServiceDeployment',
  'ecs:UpdateService',
] as const;

export type ServicesAction = (typeof READ_ACTIONS)[number] | (typeof CHANGE_ACTIONS)[number];

/** For the region that leads, which the record, the agents' logs and RDS tell; and for `start`. */
const BESIDE = ['dynamodb:GetItem', 'lambda:InvokeFunction', 'rds:DescribeDBInstances'] as const;

/** Actions that AWS can restrict; all others know no resource, or list. */
const RESOURCES: Readonly<Record<string, string | readonly string[]>> = {
  'application-autoscaling:RegisterScalableTarget': 'arn:aws:application-autoscaling:*:*:scalable-target/*',
  'dynamodb:GetItem': 'arn:aws:dynamodb:*:*:table/*-leadership',
  'ecs:DescribeServices': 'arn:aws:ecs:*:*:service/*',
  'ecs:DescribeTasks': 'arn:aws:ecs:*:*:task/*',
  'ecs:ExecuteCommand': ['arn:aws:ecs:*:*:cluster/*', 'arn:aws:ecs:*:*:task/*'],
  'ecs:ListServiceDeployments': 'arn:aws:ecs:*:*:service/*',
  'ecs:StopServiceDeployment': 'arn:aws:ecs:*:*:service-deployment/*',
  'ecs:UpdateService': 'arn:aws:ecs:*:*:service/*',
  'lambda:InvokeFunction': 'arn:aws:lambda:*:*:function:*-image-gate',
  'logs:FilterLogEvents': 'arn:aws:logs:*:*:log-group:/holdfast/*',
};

/** The smallest IAM policy with which the commands on services do all they can, as `docs/iam-services-policy.json` has it. */
export function servicesPolicy(): string {
  const actions = [...READ_ACTIONS, ...CHANGE_ACTIONS, ...BESIDE].sort();
  const resources = [...new Map(actions.map((action) => [key(action), resourceOf(action)])).values()];
  const Statement = resources.map((Resource) => ({
    Effect: 'Allow',
    Action: actions.filter((action) => key(action) === JSON.stringify(Resource)),
    Resource,
  }));
  return `${JSON.stringify({ Version: '2012-10-17', Statement }, null, 2)}\n`;
}

const resourceOf = (action: string): string | readonly string[] => RESOURCES[action] ?? '*';
const key = (action: string): string => JSON.stringify(resourceOf(action));
