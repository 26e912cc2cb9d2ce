import {
  ApplicationAutoScalingClient,
  DescribeScalableTargetsCommand,
  DescribeScalingPoliciesCommand,
} from '@aws-sdk/client-application-auto-scaling';
import {
  DescribeClustersCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  ECSClient,
} from '@aws-sdk/client-ecs';
import {
  DescribeListenerCertificatesCommand,
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeRulesCommand,
  DescribeTargetGroupsCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { GetRolePolicyCommand, IAMClient, ListPoliciesCommand, ListRolesCommand } from '@aws-sdk/client-iam';
import {
  GetEventSourceMappingCommand,
  GetFunctionEventInvokeConfigCommand,
  GetPolicyCommand,
  LambdaClient,
  ListFunctionsCommand,
} from '@aws-sdk/client-lambda';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { pages, present, type Region, rest } from './aws';
import { referred } from './deployed';
import { each, type Lookup } from './lookup';

const ecs = (region: Region): ECSClient => new ECSClient(region.config);
const elb = (region: Region): ElasticLoadBalancingV2Client => new ElasticLoadBalancingV2Client(region.config);
const lambda = (region: Region): LambdaClient => new LambdaClient(region.config);
const iam = (region: Region): IAMClient => new IAMClient(region.config);
const scaling = (region: Region): ApplicationAutoScalingClient =>
  new ApplicationAutoScalingClient(region.config);
const ServiceNamespace = 'ecs';

/** Statement ids of the policies of the functions that the resources name. */
const permission = each(async (region, resource) => {
  const FunctionName = referred(resource, resource.definition.Properties?.FunctionName);
  const { Policy } = await lambda(region).send(new GetPolicyCommand({ FunctionName }));
  const { Statement } = JSON.parse(Policy ?? '{"Statement":[]}') as { Statement: readonly { Sid: string }[] };
  return Statement.some((one) => one.Sid === resource.physicalId);
});

/** An inline policy exists if each of its roles has it. */
const inlinePolicy = each(async (region, resource) => {
  const { PolicyName, Roles } = (resource.definition.Properties ?? {}) as {
    PolicyName?: string;
    Roles?: unknown[];
  };
  for (const role of Roles ?? []) {
    const found = await iam(region).send(
      new GetRolePolicyCommand({ RoleName: referred(resource, role), PolicyName }),
    );
    if (!found.PolicyDocument) return false;
  }
  return (Roles ?? []).length > 0;
});

export const SERVICES: Readonly<Record<string, Lookup>> = {
  'AWS::ECS::Cluster': async (region, resources) => {
    const clusters = resources.map((one) => one.physicalId);
    const found = await ecs(region).send(new DescribeClustersCommand({ clusters }));
    return present(found.clusters?.map((one) => one.clusterName) ?? []);
  },
  'AWS::ECS::ClusterCapacityProviderAssociations': each(async (region, { physicalId }) => {
    const found = await ecs(region).send(new DescribeClustersCommand({ clusters: [physicalId] }));
    return (found.clusters?.[0]?.capacityProviders?.length ?? 0) > 0;
  }),
  'AWS::ECS::TaskDefinition': each(async (region, { physicalId }) => {
    const found = await ecs(region).send(new DescribeTaskDefinitionCommand({ taskDefinition: physicalId }));
    return found.taskDefinition?.status === 'ACTIVE';
  }),
  'AWS::ECS::Service': each(async (region, { physicalId }) => {
    const cluster = physicalId.split('/')[1];
    const found = await ecs(region).send(new DescribeServicesCommand({ cluster, services: [physicalId] }));
    return found.services?.[0]?.status === 'ACTIVE';
  }),
  'AWS::ElasticLoadBalancingV2::LoadBalancer': async (region) => {
    const found = await elb(region).send(new DescribeLoadBalancersCommand());
    return present(found.LoadBalancers?.map((one) => one.LoadBalancerArn) ?? []);
  },
  'AWS::ElasticLoadBalancingV2::TargetGroup': async (region) => {
    const found = await elb(region).send(new DescribeTargetGroupsCommand());
    return present(found.TargetGroups?.map((one) => one.TargetGroupArn) ?? []);
  },
  'AWS::ElasticLoadBalancingV2::Listener': each(async (region, { physicalId }) => {
    const found = await elb(region).send(new DescribeListenersCommand({ ListenerArns: [physicalId] }));
    return found.Listeners?.length === 1;
  }),
  'AWS::ElasticLoadBalancingV2::ListenerRule': each(async (region, { physicalId }) => {
    const found = await elb(region).send(new DescribeRulesCommand({ RuleArns: [physicalId] }));
    return found.Rules?.length === 1;
  }),
  'AWS::ElasticLoadBalancingV2::ListenerCertificate': each(async (region, resource) => {
    const ListenerArn = referred(resource, resource.definition.Properties?.ListenerArn);
    const found = await elb(region).send(new DescribeListenerCertificatesCommand({ ListenerArn }));
    return (found.Certificates?.length ?? 0) > 0;
  }),
  'AWS::ApplicationAutoScaling::ScalableTarget': async (region) => {
    const found = await scaling(region).send(new DescribeScalableTargetsCommand({ ServiceNamespace }));
    return (found.ScalableTargets ?? []).map(
      (one) => `${one.ResourceId}|${one.ScalableDimension}|${one.ServiceNamespace}`,
    );
  },
  'AWS::ApplicationAutoScaling::ScalingPolicy': async (region) => {
    const found = await scaling(region).send(new DescribeScalingPoliciesCommand({ ServiceNamespace }));
    return present(found.ScalingPolicies?.map((one) => one.PolicyARN) ?? []);
  },
  'AWS::Lambda::Function': async (region) => {
    const client = lambda(region);
    const found = await pages(
      (Marker) => client.send(new ListFunctionsCommand({ Marker })),
      (page) => page.Functions,
      (page) => page.NextMarker,
    );
    return present(found.map((one) => one.FunctionName));
  },
  'AWS::Lambda::Permission': permission,
  'AWS::Lambda::EventInvokeConfig': each(async (region, resource) => {
    const FunctionName = referred(resource, resource.definition.Properties?.FunctionName);
    const found = await lambda(region).send(new GetFunctionEventInvokeConfigCommand({ FunctionName }));
    return found.FunctionArn !== undefined;
  }),
  'AWS::Lambda::EventSourceMapping': each(async (region, { physicalId }) => {
    const found = await lambda(region).send(new GetEventSourceMappingCommand({ UUID: physicalId }));
    return found.State === 'Enabled';
  }),
  'AWS::Scheduler::Schedule': async (region) => {
    const found = await pages(
      (token) => {
        const after = token === undefined ? '' : `?NextToken=${encodeURIComponent(token)}`;
        return rest<{ Schedules: readonly { Name: string }[]; NextToken?: string | null }>(
          region,
          'scheduler',
          `/schedules${after}`,
        );
      },
      (page) => page.Schedules,
      (page) => page.NextToken,
    );
    return found.map((one) => one.Name);
  },
  'AWS::IAM::Role': async (region) => {
    const client = iam(region);
    const found = await pages(
      (Marker) => client.send(new ListRolesCommand({ Marker })),
      (page) => page.Roles,
      (page) => page.Marker,
    );
    return present(found.map((one) => one.RoleName));
  },
  'AWS::IAM::Policy': inlinePolicy,
  'AWS::IAM::ManagedPolicy': async (region) => {
    const found = await iam(region).send(new ListPoliciesCommand({ Scope: 'Local' }));
    return present(found.Policies?.map((one) => one.Arn) ?? []);
  },
  'AWS::SSM::Parameter': each(async (region, { physicalId }) => {
    const found = await new SSMClient(region.config).send(new GetParameterCommand({ Name: physicalId }));
    return found.Parameter !== undefined;
  }),
};
