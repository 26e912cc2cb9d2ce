import type { Synthesized } from '../synth';
import { type Statement, statements } from '../templates';
import { ofType } from './exposure';

/** What the roles and policies of a platform allow. Each function returns one sentence per violation. */
const IDENTITY = ['AWS::IAM::Role', 'AWS::IAM::Policy'];

/**
 * Actions that AWS checks against no resource, or whose resource cannot be named before it exists. Everything else
 * names what it acts on.
 */
export const ANY_RESOURCE: Readonly<Record<string, string>> = {
  'ecr:GetAuthorizationToken': 'The login at the registry of the account; AWS knows no resource for it.',
  'elasticloadbalancing:DescribeListeners': 'AWS knows no resource for it.',
  'elasticloadbalancing:DescribeRules': 'As above.',
  'elasticloadbalancing:DescribeTargetGroups': 'As above.',
  'elasticloadbalancing:DescribeTargetHealth': 'As above.',
  'ecr:DescribeRegistry': 'Acts on the registry of the account as a whole.',
  'ecr:PutReplicationConfiguration': 'Acts on the registry of the account as a whole.',
  'application-autoscaling:DescribeScalableTargets':
    'AWS knows no resource for it; a condition names the region.',
  'ec2:DescribeSecurityGroups': 'AWS knows no resource for it; a condition names the region.',
  'ecs:DescribeTaskDefinition': 'AWS knows no resource for it; a condition names the region.',
  'secretsmanager:ListSecrets': 'AWS knows no resource for it; a condition names the region.',
  'ecs:ListServices': 'AWS knows no resource for it; a condition names the clusters.',
  'cloudformation:ListStacks': 'AWS knows no resource for it; a condition names the regions.',
  'ecs:ListTasks': 'AWS knows no resource for it; a condition names the clusters.',
  'backup:DescribeBackupJob': 'AWS knows no resource for it; a condition names the region.',
  's3:ListAllMyBuckets': 'ElastiCache looks for the bucket of an export with the rights of its caller.',
  'cloudwatch:GetMetricData': 'CloudWatch checks the reading of metrics against no resource.',
  'cloudwatch:ListMetrics': 'AWS knows no resource for it; a condition names the regions.',
  'tag:GetResources': 'AWS knows no resource for it; a condition names the regions.',
  'cloudwatch:PutMetricData': 'AWS knows no resource for it; a condition names the namespace.',
  'cloudwatch:GetMetricStatistics': 'CloudWatch checks the reading of metrics against no resource.',
  'ec2:CreateNetworkInterface': 'Lambda attaches a function to a VPC; AWS documents the resource *.',
  'ec2:DescribeNetworkInterfaces': 'As above.',
  'ec2:DescribeSubnets': 'As above.',
  'ec2:DeleteNetworkInterface': 'As above.',
  'ec2:AssignPrivateIpAddresses': 'As above.',
  'ec2:UnassignPrivateIpAddresses': 'As above.',
};

/** Policies of AWS that roles may carry, with the reason. */
const MANAGED_POLICIES = [
  'service-role/AmazonRDSEnhancedMonitoringRole',
  'service-role/AWSBackupServiceRolePolicyForBackup',
];

function all({ templates }: Synthesized): { readonly stack: string; readonly statement: Statement }[] {
  return [...templates].flatMap(([stack, template]) =>
    statements(template).map((statement) => ({ stack, statement })),
  );
}
const ofRoles = (synth: Synthesized) =>
  all(synth).filter(({ statement }) => IDENTITY.includes(statement.type) && statement.effect === 'Allow');
const ofResources = (synth: Synthesized) =>
  all(synth).filter(({ statement }) => !IDENTITY.includes(statement.type) && statement.effect === 'Allow');

/** Actions of roles with a wildcard in them. */
export const wildcardActions = (synth: Synthesized): string[] =>
  ofRoles(synth).flatMap(({ stack, statement }) =>
    statement.actions
      .filter((action) => action.includes('*'))
      .map((action) => `${stack}: ${statement.id} may ${action}.`),
  );

/** Actions that a role may do to any resource, each once. */
export const actionsOnAnything = (synth: Synthesized): string[] =>
  [
    ...new Set(
      ofRoles(synth).flatMap(({ statement }) => (statement.resources.includes('*') ? statement.actions : [])),
    ),
  ].sort();

/** ARNs that stand for everything of a service. */
export const wholeServices = (synth: Synthesized): string[] =>
  ofRoles(synth).flatMap(({ stack, statement }) =>
    statement.resources
      .filter(
        (resource) => typeof resource === 'string' && /^arn:aws:[a-z0-9-]+:[^:]*:[^:]*:\*$/.test(resource),
      )
      .map((resource) => `${stack}: ${statement.id} acts on ${resource}.`),
  );

/**
 * Grants of keys, buckets and topics: to the account itself (a key without it could never be managed again) or to an
 * AWS service under a condition, never to everybody.
 */
export const openResources = (synth: Synthesized, account: string): string[] =>
  ofResources(synth).flatMap(({ stack, statement }) => {
    const principal = statement.principal as { AWS?: unknown; Service?: unknown } | string;
    const where = `${stack}: ${statement.id}`;
    if (typeof principal === 'string') return [`${where} is open to ${principal}.`];
    if (principal.Service !== undefined) {
      const broad = statement.actions.filter((action) => /^(\*|\w+:\*)$/.test(action));
      return [
        ...(statement.condition === undefined ? [`${where} trusts a service without a condition.`] : []),
        ...broad.map((action) => `${where} allows a service ${action}.`),
      ];
    }
    return principal.AWS === `arn:aws:iam::${account}:root` && statement.type === 'AWS::KMS::Key'
      ? []
      : [`${where} is open to ${JSON.stringify(principal)}.`];
  });

/** Roles that something else than one AWS service may take, and policies of AWS that are not listed. */
export const roleProblems = (synth: Synthesized): string[] =>
  ofType(synth, 'AWS::IAM::Role').flatMap(({ stack, id, resource: { Properties } }) => [
    ...(Properties.AssumeRolePolicyDocument.Statement as { Principal: object }[]).flatMap(({ Principal }) =>
      Object.keys(Principal).join() === 'Service'
        ? []
        : [`${stack}: ${JSON.stringify(Principal)} may be ${id}.`],
    ),
    ...(Properties.ManagedPolicyArns ?? []).flatMap((arn: unknown) =>
      MANAGED_POLICIES.some((name) => JSON.stringify(arn).includes(`:iam::aws:policy/${name}"`))
        ? []
        : [`${stack}: ${id} carries ${JSON.stringify(arn)}.`],
    ),
  ]);

/** Functions that a service may call on behalf of anybody. */
export const openFunctions = (synth: Synthesized): string[] =>
  ofType(synth, 'AWS::Lambda::Permission').flatMap(({ stack, id, resource: { Properties } }) =>
    Properties.SourceArn || Properties.SourceAccount ? [] : [`${stack}: ${id} asks not who calls.`],
  );
