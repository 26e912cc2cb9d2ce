import { Effect, PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { Platform } from '../config/platform';
import { acknowledge } from '../security/acknowledge';
import type { Target } from './target-groups';

export interface ShiftRoleProps {
  readonly platform: Platform;
  readonly region: string;
  /** Those with an alternate group. */
  readonly targets: readonly Target[];
}

/**
 * The role with which ECS registers tasks in the two groups of each pair and moves the weights of the rules between
 * them. AWS's managed policy for it covers every balancer of the account; this one covers those groups and rules.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/AmazonECSInfrastructureRolePolicyForLoadBalancers.html
 */
export class ShiftRole extends Construct {
  readonly arn: string;

  constructor(scope: Construct, id: string, { platform, region, targets }: ShiftRoleProps) {
    super(scope, id);
    const groups = targets.flatMap(({ group, alternate }) => [
      group.ref,
      ...(alternate ? [alternate.group.ref] : []),
    ]);
    const rules = targets.flatMap(({ alternate }) =>
      alternate ? [alternate.productionRule.ref, alternate.testRule.ref] : [],
    );
    const allow = (actions: string[], resources: string[]) =>
      new PolicyStatement({ effect: Effect.ALLOW, actions, resources });
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('ecs.amazonaws.com', {
        conditions: {
          StringEquals: { 'aws:SourceAccount': platform.account },
          ArnLike: { 'aws:SourceArn': `arn:aws:ecs:${region}:${platform.account}:*` },
        },
      }),
      inlinePolicies: {
        own: new PolicyDocument({
          statements: [
            allow(['elasticloadbalancing:DeregisterTargets', 'elasticloadbalancing:RegisterTargets'], groups),
            allow(['elasticloadbalancing:ModifyRule'], rules),
            allow(
              [
                'elasticloadbalancing:DescribeListeners',
                'elasticloadbalancing:DescribeRules',
                'elasticloadbalancing:DescribeTargetGroups',
                'elasticloadbalancing:DescribeTargetHealth',
              ],
              ['*'],
            ),
          ],
        }),
      },
    });
    acknowledge(role, {
      'AwsSolutions-IAM5[Resource::*]': 'Describing balancers, rules, groups and targets knows no resource.',
    });
    this.arn = role.roleArn;
  }
}
