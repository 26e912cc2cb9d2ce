import { CfnLambdaHook, Duration } from 'aws-cdk-lib';
import { Effect, Role as IamRole, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { ENVIRONMENT, HOOK_SECONDS, TARGET_OPERATIONS } from '../../lambda/deploy-guard/contract';
import { leadershipTable, pascal, stackName } from '../config/names';
import type { Platform, Role } from '../config/platform';
import { HoldfastFunction } from '../functions/holdfast-function';
import { leadershipTableArns, tableRegionsFrom } from '../leadership/leadership-table';

/**
 * A hook of CloudFormation that asks a function before the Data stacks of the platform are changed, by whatever way. Hooks
 * belong to an account and a region, so each region has its own, and filters by name keep it away from all other stacks.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-lambdahook.html
 */
export class DeployGuard extends Construct {
  constructor(
    scope: Construct,
    id: string,
    props: { readonly platform: Platform; readonly role: Role; readonly logKey: IKey },
  ) {
    super(scope, id);
    const { platform, role } = props;
    const { account, regions } = platform;
    const region = regions[role].name;
    const guard = new HoldfastFunction(this, 'Function', {
      platform,
      name: 'deploy-guard',
      description: 'Refuses deployments that would touch the writer',
      timeout: Duration.seconds(HOOK_SECONDS),
      logKey: props.logKey,
      environment: {
        [ENVIRONMENT.table]: leadershipTable(platform),
        [ENVIRONMENT.tableRegions]: tableRegionsFrom(platform, region).join(','),
      },
    });
    guard.allow(['dynamodb:GetItem'], leadershipTableArns(platform));
    const alias = `Holdfast::DeployGuard::Platform${pascal(platform.name)}`;
    const caller = new IamRole(this, 'Caller', {
      assumedBy: new ServicePrincipal('hooks.cloudformation.amazonaws.com', {
        conditions: {
          StringEquals: { 'aws:SourceAccount': account },
          ArnLike: {
            'aws:SourceArn': `arn:aws:cloudformation:${region}:${account}:type/hook/${alias.replaceAll('::', '-')}/*`,
          },
        },
      }),
      description: `${platform.name}: asks the deploy guard`,
    });
    caller.addToPrincipalPolicy(
      new PolicyStatement({
        effect: Effect.ALLOW,
        actions: ['lambda:InvokeFunction'],
        resources: [guard.arn],
      }),
    );
    const hook = new CfnLambdaHook(this, 'Hook', {
      alias,
      hookStatus: 'ENABLED',
      failureMode: 'FAIL',
      lambdaFunction: guard.arn,
      executionRole: caller.roleArn,
      targetOperations: [...TARGET_OPERATIONS],
      stackFilters: {
        filteringCriteria: 'ALL',
        stackNames: {
          include: [regions.home.name, regions.standby.name].map((name) => stackName(platform, name, 'Data')),
        },
      },
    });
    hook.node.addDependency(caller);
  }
}
