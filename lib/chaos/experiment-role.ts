import {
  type Conditions,
  Effect,
  Role as IamRole,
  PolicyDocument,
  PolicyStatement,
  ServicePrincipal,
} from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { cacheIdentifier, clusterName, databaseArn } from '../config/names';
import { acknowledge } from '../security/acknowledge';
import { type Place, subnetArn, tableArn } from './experiments';
import type { ScenarioName } from './scenarios';

/** Tag that FIS itself puts on what it makes for the time of an experiment. */
const MADE_BY_FIS = 'managedByFIS';

/** What FIS may do in a region: exactly the actions of the experiments, on exactly what they name. */
export class ExperimentRole extends Construct {
  readonly arn: string;

  constructor(
    scope: Construct,
    id: string,
    props: Place & { readonly scenarios: readonly ScenarioName[]; readonly vpcId: string },
  ) {
    super(scope, id);
    const { platform, role, scenarios } = props;
    const region = platform.regions[role].name;
    const policy = new PolicyDocument();
    const iamRole = new IamRole(this, 'Role', {
      description: `${platform.name}: what experiments may do in ${region}`,
      assumedBy: new ServicePrincipal('fis.amazonaws.com', {
        conditions: {
          StringEquals: { 'aws:SourceAccount': platform.account },
          ArnLike: { 'aws:SourceArn': `arn:aws:fis:${region}:${platform.account}:experiment/*` },
        },
      }),
      inlinePolicies: { experiments: policy },
    });
    this.arn = iamRole.roleArn;
    const grant: Grant = (actions, resources, conditions) =>
      policy.addStatements(
        new PolicyStatement({
          effect: Effect.ALLOW,
          actions,
          resources,
          ...(conditions ? { conditions } : {}),
        }),
      );
    const wildcards = [
      ...readers(grant),
      ...network(props, region, grant),
      ...(scenarios.includes('replica-kill') ? tasks(props, region, grant) : []),
    ];
    data(props, region, scenarios, grant);
    acknowledge(
      iamRole,
      Object.fromEntries(
        wildcards.map((arn) => [
          `AwsSolutions-IAM5[Resource::${arn}]`,
          'FIS finds its targets by listing; what it makes for the time of an experiment has ids of its own, and its tag binds the grant to that; tasks have ids of their own too.',
        ]),
      ),
    );
  }
}

type Grant = (actions: string[], resources: string[], conditions?: Conditions) => void;

/** What only reads, and knows no resource. @returns the wildcards in it */
function readers(grant: Grant): string[] {
  grant(
    [
      'ec2:DescribeManagedPrefixLists',
      'ec2:DescribeNetworkAcls',
      'ec2:DescribeSubnets',
      'ec2:DescribeVpcs',
      'elasticache:DescribeReplicationGroups',
      'rds:DescribeDBInstances',
      'tag:GetResources',
    ],
    ['*'],
  );
  return ['*'];
}

function network(props: Place & { readonly vpcId: string }, region: string, grant: Grant): string[] {
  const { account } = props.platform;
  const acls = `arn:aws:ec2:${region}:${account}:network-acl/*`;
  const vpc = `arn:aws:ec2:${region}:${account}:vpc/${props.vpcId}`;
  const { subnets } = props;
  const own = [...subnets.public, ...subnets.private, ...subnets.isolated].map((id) => subnetArn(props, id));
  grant(['ec2:CreateNetworkAcl'], [acls], { StringEquals: { [`aws:RequestTag/${MADE_BY_FIS}`]: 'true' } });
  grant(['ec2:CreateNetworkAcl'], [vpc]);
  grant(['ec2:CreateTags'], [acls], {
    StringEquals: { 'ec2:CreateAction': 'CreateNetworkAcl', [`aws:RequestTag/${MADE_BY_FIS}`]: 'true' },
  });
  grant(['ec2:CreateNetworkAclEntry', 'ec2:DeleteNetworkAcl'], [acls], {
    StringEquals: { [`aws:ResourceTag/${MADE_BY_FIS}`]: 'true' },
  });
  // The first association is with the network's own list, which has no such tag.
  grant(['ec2:ReplaceNetworkAclAssociation'], [acls, ...own]);
  return [acls];
}

function tasks({ platform }: Place, region: string, grant: Grant): string[] {
  const cluster = clusterName(platform);
  const task = `arn:aws:ecs:${region}:${platform.account}:task/${cluster}/*`;
  grant(['ecs:DescribeTasks', 'ecs:StopTask'], [task]);
  grant(['ecs:ListTasks'], ['*'], {
    ArnEquals: { 'ecs:cluster': `arn:aws:ecs:${region}:${platform.account}:cluster/${cluster}` },
  });
  return [task];
}

function data(place: Place, region: string, scenarios: readonly ScenarioName[], grant: Grant): void {
  const { platform } = place;
  if (platform.database?.kind === 'managed') grant(['rds:RebootDBInstance'], [databaseArn(platform, region)]);
  if (platform.cache) {
    const cache = `arn:aws:elasticache:${region}:${platform.account}:replicationgroup:${cacheIdentifier(platform)}`;
    grant(['elasticache:InterruptClusterAzPower'], [cache]);
  }
  if (!scenarios.includes('table-isolation')) return;
  grant(
    [
      'dynamodb:DeleteResourcePolicy',
      'dynamodb:DescribeTable',
      'dynamodb:GetResourcePolicy',
      'dynamodb:InjectError',
      'dynamodb:PutResourcePolicy',
    ],
    [tableArn(place)],
  );
}
