import {
  Effect,
  Role as IamRole,
  PolicyDocument,
  PolicyStatement,
  ServicePrincipal,
} from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { Platform } from '../../config/platform';
import { acknowledge } from '../../security/acknowledge';
import type { Conditions } from '../step';
import type { Grantee } from './access';

/** A role that only tasks of this account and region may take; it may do what is granted and nothing else. */
export class TaskRole extends Construct implements Grantee {
  readonly role: IamRole;
  private readonly policy = new PolicyDocument();

  constructor(
    scope: Construct,
    id: string,
    { platform, region, description }: { platform: Platform; region: string; description: string },
  ) {
    super(scope, id);
    this.role = new IamRole(this, 'Role', {
      assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com', {
        conditions: {
          StringEquals: { 'aws:SourceAccount': platform.account },
          ArnLike: { 'aws:SourceArn': `arn:aws:ecs:${region}:${platform.account}:*` },
        },
      }),
      description: `${platform.name}: ${description}`,
      // Part of the role, so that no task ever starts before it is attached.
      inlinePolicies: { own: this.policy },
    });
  }

  allow(actions: readonly string[], resources: readonly string[], conditions?: Conditions): void {
    this.policy.addStatements(
      new PolicyStatement({
        effect: Effect.ALLOW,
        actions: [...actions],
        resources: [...resources],
        ...(conditions ? { conditions } : {}),
      }),
    );
  }

  explainWildcard(resource: string, reason: string): void {
    acknowledge(this.role, { [`AwsSolutions-IAM5[Resource::${resource}]`]: reason });
  }
}
