import { ACTIONS as CHECK_ACTIONS } from '../checks/policy';

/** Every action of the operator's commands but those on the leadership table; all of them only read. */
export const OPERATOR_ACTIONS = [
  'cloudformation:GetTemplate',
  'cloudformation:ListStackResources',
  'logs:FilterLogEvents',
  'rds:DescribeDBInstances',
  'rds:DescribeDBParameters',
  'route53:GetHealthCheck',
  'route53:GetHealthCheckStatus',
  'route53:ListResourceRecordSets',
  'secretsmanager:DescribeSecret',
] as const;
export type OperatorAction = (typeof OPERATOR_ACTIONS)[number];

/** On the record: the only thing that an operator's command changes. */
export const TABLE_ACTIONS = ['dynamodb:GetItem', 'dynamodb:PutItem'] as const;

/** Actions that AWS can restrict; all others know no resource, or look at more than one platform's. */
const RESOURCES: Readonly<Record<string, string>> = {
  'dynamodb:GetItem': 'arn:aws:dynamodb:*:*:table/*-leadership',
  'dynamodb:PutItem': 'arn:aws:dynamodb:*:*:table/*-leadership',
  'iam:GetRole': 'arn:aws:iam::*:role/aws-service-role/*',
  'logs:FilterLogEvents': 'arn:aws:logs:*:*:log-group:/holdfast/*',
  'ssm:GetParameter': 'arn:aws:ssm:*:*:parameter/cdk-bootstrap/*',
};

/**
 * The smallest IAM policy with which `status`, the operations and `preflight` get every answer, as
 * `docs/iam-operator-policy.json` has it. It holds that of `check`, whose questions `preflight` asks again.
 */
export function operatorPolicy(): string {
  const actions = [...new Set<string>([...CHECK_ACTIONS, ...OPERATOR_ACTIONS, ...TABLE_ACTIONS])].sort();
  const resources = [...new Set(actions.map(resourceOf))];
  const Statement = resources.map((Resource) => ({
    Effect: 'Allow',
    Action: actions.filter((action) => resourceOf(action) === Resource),
    Resource,
  }));
  return `${JSON.stringify({ Version: '2012-10-17', Statement }, null, 2)}\n`;
}

const resourceOf = (action: string): string => RESOURCES[action] ?? '*';
