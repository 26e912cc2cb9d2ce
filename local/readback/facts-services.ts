import {
  ApplicationAutoScalingClient,
  DescribeScalableTargetsCommand,
  DescribeScalingPoliciesCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { DescribeServicesCommand, ECSClient } from '@aws-sdk/client-ecs';
import {
  DescribeListenerAttributesCommand,
  DescribeListenersCommand,
  DescribeTargetGroupAttributesCommand,
  DescribeTargetGroupsCommand,
  ElasticLoadBalancingV2Client,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { rest } from './aws';
import { type Fact, type Facts, ofType, serviceOf } from './fact';

export const services: Facts = async (region, resources) => {
  const facts: Fact[] = [];
  const scaling = new ApplicationAutoScalingClient(region.config);
  for (const { physicalId } of ofType(resources, 'AWS::ECS::Service')) {
    const [, cluster, name] = physicalId.split('/');
    const command = new DescribeServicesCommand({ cluster, services: [physicalId] });
    const service = (await new ECSClient(region.config).send(command)).services?.[0];
    const target = { ServiceNamespace: 'ecs' as const, ResourceIds: [`service/${cluster}/${name}`] };
    const limits = (await scaling.send(new DescribeScalableTargetsCommand(target))).ScalableTargets?.[0];
    const policies = await scaling.send(
      new DescribeScalingPoliciesCommand({ ServiceNamespace: 'ecs', ResourceId: target.ResourceIds[0] }),
    );
    const deployment = service?.deploymentConfiguration;
    facts.push({
      region: region.name,
      service: name ?? physicalId,
      desired: service?.desiredCount ?? 0,
      scales: limits ? `${limits.MinCapacity}-${limits.MaxCapacity}` : '-',
      policies: policies.ScalingPolicies?.length ?? 0,
      task: service?.taskDefinition?.split('/').at(-1) ?? '',
      healthyPercent: `${deployment?.minimumHealthyPercent}-${deployment?.maximumPercent}`,
      rollback: deployment?.deploymentCircuitBreaker?.rollback ?? false,
      rebalancing: service?.availabilityZoneRebalancing === 'ENABLED',
      grace: `${service?.healthCheckGracePeriodSeconds ?? 0} s`,
    });
  }
  return facts;
};

export const targetGroups: Facts = async (region, resources) => {
  const client = new ElasticLoadBalancingV2Client(region.config);
  const facts: Fact[] = [];
  for (const resource of ofType(resources, 'AWS::ElasticLoadBalancingV2::TargetGroup')) {
    const { physicalId } = resource;
    const described = await client.send(new DescribeTargetGroupsCommand({ TargetGroupArns: [physicalId] }));
    const group = described.TargetGroups?.[0];
    const { Attributes } = await client.send(
      new DescribeTargetGroupAttributesCommand({ TargetGroupArn: physicalId }),
    );
    const attribute = (key: string): string => Attributes?.find((one) => one.Key === key)?.Value ?? '-';
    facts.push({
      region: region.name,
      targetsOf: serviceOf(resource),
      port: group?.Port ?? 0,
      health: `${group?.HealthCheckProtocol} ${group?.HealthCheckPath}`,
      every: `${group?.HealthCheckIntervalSeconds} s`,
      timeout: `${group?.HealthCheckTimeoutSeconds} s`,
      upDown: `${group?.HealthyThresholdCount}/${group?.UnhealthyThresholdCount}`,
      sticky: attribute('stickiness.enabled') === 'true',
      drain: `${attribute('deregistration_delay.timeout_seconds')} s`,
    });
  }
  return facts;
};

export const listeners: Facts = async (region, resources) => {
  const client = new ElasticLoadBalancingV2Client(region.config);
  const facts: Fact[] = [];
  for (const { physicalId } of ofType(resources, 'AWS::ElasticLoadBalancingV2::Listener')) {
    const listener = (await client.send(new DescribeListenersCommand({ ListenerArns: [physicalId] })))
      .Listeners?.[0];
    const { Attributes } = await client.send(
      new DescribeListenerAttributesCommand({ ListenerArn: physicalId }),
    );
    const headers =
      Attributes?.filter((one) => one.Key?.startsWith('routing.http.response') && one.Value) ?? [];
    facts.push({
      region: region.name,
      listener: `${listener?.Protocol} ${listener?.Port}`,
      tls: (listener?.Protocol === 'HTTPS' && listener.SslPolicy) || '-',
      default: listener?.DefaultActions?.map((one) => one.Type).join(', ') ?? '',
      responseHeaders: headers.length,
    });
  }
  return facts;
};

export const functions: Facts = async (region, resources) => {
  const facts: Fact[] = [];
  for (const { physicalId } of ofType(resources, 'AWS::Lambda::Function')) {
    const command = new GetFunctionConfigurationCommand({ FunctionName: physicalId });
    const found = await new LambdaClient(region.config).send(command);
    facts.push({
      region: region.name,
      function: physicalId,
      runtime: found.Runtime ?? '',
      timeout: `${found.Timeout} s`,
      memory: `${found.MemorySize} MB`,
      code: `${Math.round((found.CodeSize ?? 0) / 1024)} KiB`,
    });
  }
  return facts;
};

interface Schedule {
  readonly ScheduleExpression: string;
  readonly State: string;
  readonly Target: { readonly Arn: string; readonly RetryPolicy: { readonly MaximumRetryAttempts: number } };
}

export const schedules: Facts = async (region, resources) => {
  const facts: Fact[] = [];
  for (const { physicalId } of ofType(resources, 'AWS::Scheduler::Schedule')) {
    const found = await rest<Schedule>(region, 'scheduler', `/schedules/${physicalId}`);
    facts.push({
      region: region.name,
      schedule: physicalId,
      fires: found.ScheduleExpression,
      runs: found.Target.Arn.split(':').at(-1) ?? '',
      retries: found.Target.RetryPolicy.MaximumRetryAttempts,
      enabled: found.State === 'ENABLED',
    });
  }
  return facts;
};
