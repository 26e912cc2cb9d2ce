import { describe, expect, it } from '@jest/globals';
import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { SecurityGroups } from '../../lib/network/security-groups';
import { bareApp, type Synthesized, synthesized, variant } from '../support/synth';
import { statements } from '../support/templates';

/** Every strategy as CloudFormation is told it: of jackcwf (rolling), ops-center (blue/green) and prodstack (canary). */
const ROLLING = () => of('jackcwf', 'eu-central-1', 'app');
const BLUE_GREEN = () => of('ops-center', 'us-east-1', 'backend');
const CANARY = () => of('prodstack', 'us-west-2', 'backend');

const ELB = 'AWS::ElasticLoadBalancingV2';
type Tuple = { TargetGroupArn: { Ref: string }; Weight: unknown };

function of(platform: string, region: string, service: string) {
  const synth: Synthesized = synthesized(platform);
  const suffix = `${region}-Service-${service}`;
  const ids = (type: string) => synth.resources(suffix, type).map(([id]) => id);
  const ecs = synth.only(suffix, 'AWS::ECS::Service').Properties;
  const rules = new Map(
    synth.resources(suffix, `${ELB}::ListenerRule`).map(([id, { Properties }]) => [id, Properties]),
  );
  return {
    synth,
    suffix,
    template: synth.stack(suffix),
    configuration: ecs.DeploymentConfiguration,
    balancers: ecs.LoadBalancers as Record<string, unknown>[],
    groups: synth
      .resources(suffix, `${ELB}::TargetGroup`)
      .map(([id, { Properties }]) => ({ id, Properties })),
    rules,
    gate: ids('Custom::HoldfastImageGate')[0] ?? '',
    tuples: (rule: string): Tuple[] => rules.get(rule)?.Actions[0].ForwardConfig.TargetGroups,
  };
}

const refOf = (value: unknown): string => (value as { Ref: string }).Ref;
const pairOf = (balancer: Record<string, unknown> | undefined) => {
  const advanced = balancer?.AdvancedConfiguration as Record<string, unknown>;
  return {
    blue: refOf(balancer?.TargetGroupArn),
    green: refOf(advanced.AlternateTargetGroupArn),
    production: refOf(advanced.ProductionListenerRule),
    test: refOf(advanced.TestListenerRule),
    role: advanced.RoleArn,
  };
};

describe('a rolling deployment', () => {
  it('replaces tasks within one target group', () => {
    const { configuration, balancers, groups } = ROLLING();
    expect(configuration).toMatchObject({ Strategy: 'ROLLING' });
    expect(configuration).not.toHaveProperty('BakeTimeInMinutes');
    expect(balancers).toHaveLength(1);
    expect(balancers[0]).not.toHaveProperty('AdvancedConfiguration');
    expect(groups).toHaveLength(1);
  });

  it('leaves the weights of its rules to the template', () => {
    const { rules, tuples } = ROLLING();
    for (const rule of rules.keys()) expect(tuples(rule).map(({ Weight }) => Weight)).toEqual([1]);
  });
});

describe('a blue/green deployment', () => {
  it('brings up a whole second set, and keeps the old one for the bake time', () => {
    expect(BLUE_GREEN().configuration).toMatchObject({
      Strategy: 'BLUE_GREEN',
      BakeTimeInMinutes: 5,
      MinimumHealthyPercent: 100,
      MaximumPercent: 200,
    });
  });

  it('has two target groups that are alike', () => {
    const { groups } = BLUE_GREEN();
    expect(groups).toHaveLength(2);
    expect(groups[0]?.Properties).toEqual(groups[1]?.Properties);
  });

  it('shifts by a rule of the public listener, and first by one of the test listener, with the same conditions', () => {
    const { balancers, rules } = BLUE_GREEN();
    const { production, test } = pairOf(balancers[0]);
    expect(JSON.stringify(rules.get(production)?.ListenerArn)).toContain('LoadBalancerHttps');
    expect(JSON.stringify(rules.get(test)?.ListenerArn)).toContain('LoadBalancerTest');
    expect(rules.get(test)?.Conditions).toEqual(rules.get(production)?.Conditions);
  });

  it('names in each rule both groups, with the weights that the gate finds: a later update repeats them', () => {
    const { balancers, tuples, gate } = BLUE_GREEN();
    const { blue, green, production, test } = pairOf(balancers[0]);
    const weight = (attribute: string) => ({ 'Fn::GetAtt': [gate, attribute] });
    for (const rule of [production, test])
      expect(tuples(rule)).toEqual([
        { TargetGroupArn: { Ref: blue }, Weight: weight('BlueWeight') },
        { TargetGroupArn: { Ref: green }, Weight: weight('GreenWeight') },
      ]);
  });

  it('is done by a role that may change those groups and rules and no others', () => {
    const { template, balancers } = BLUE_GREEN();
    const { blue, green, production, test, role } = pairOf(balancers[0]);
    const id = (role as { 'Fn::GetAtt': [string] })['Fn::GetAtt'][0];
    const writes = statements(template).filter(
      (one) => one.id === id && !one.actions.every((action) => action.includes(':Describe')),
    );
    expect(writes.map(({ actions, resources }) => [actions, resources.map(refOf)])).toEqual([
      [
        ['elasticloadbalancing:DeregisterTargets', 'elasticloadbalancing:RegisterTargets'],
        [blue, green],
      ],
      [['elasticloadbalancing:ModifyRule'], [production, test]],
    ]);
  });
});

describe('a canary deployment', () => {
  it('gives the new set a share for a while, then all, and keeps the old one for the bake time', () => {
    expect(CANARY().configuration).toMatchObject({
      Strategy: 'CANARY',
      CanaryConfiguration: { CanaryPercent: 10, CanaryBakeTimeInMinutes: 5 },
      BakeTimeInMinutes: 5,
    });
  });

  it('has a pair of target groups for each route, because ECS moves one rule of a pair', () => {
    const { balancers, groups } = CANARY();
    const pairs = balancers.map(pairOf);
    expect(pairs).toHaveLength(2);
    expect(groups).toHaveLength(4);
    expect(new Set(pairs.flatMap(({ blue, green }) => [blue, green])).size).toBe(4);
    expect(new Set(pairs.map(({ production }) => production)).size).toBe(2);
  });
});

describe.each([
  ['rolling', ROLLING, 1],
  ['blue/green', BLUE_GREEN, 2],
  ['canary', CANARY, 4],
] as const)('a %s deployment that fails', (_, view, groups) => {
  it('is rolled back when tasks do not start, and when errors of any target group go off', () => {
    const { configuration, template } = view();
    expect(configuration.DeploymentCircuitBreaker).toEqual({ Enable: true, Rollback: true });
    expect(configuration.Alarms).toMatchObject({ Enable: true, Rollback: true });
    const watched = (configuration.Alarms.AlarmNames as unknown[]).map(
      (name) => template.Resources[refOf(name)]?.Properties.Metrics[0].MetricStat.Metric.Dimensions[0].Value,
    );
    expect(new Set(watched.map((one) => JSON.stringify(one))).size).toBe(groups);
  });
});

describe('new tasks that are not ready', () => {
  it('get no traffic where a second set comes up: ECS asks before it shifts', () => {
    const [hook, ...others] = BLUE_GREEN().configuration.LifecycleHooks;
    expect(others).toEqual([]);
    expect(hook.LifecycleStages).toEqual(['POST_SCALE_UP']);
    expect(hook.HookTargetArn).toBe(
      'arn:aws:lambda:us-east-1:123456789012:function:ops-center-readiness-gate',
    );
    expect(JSON.parse(hook.HookDetails)).toEqual({
      Cluster: 'ops-center',
      Service: 'backend',
      Port: '8084',
      Path: '/ready',
      TimeoutSeconds: '5',
      WaitSeconds: '360',
    });
  });

  it('fail a rolling deployment once ECS has replaced the old ones', () => {
    const { synth, suffix, configuration } = ROLLING();
    const gate = synth.only(suffix, 'Custom::HoldfastReadinessGate');
    expect(configuration).not.toHaveProperty('LifecycleHooks');
    expect(gate.Properties).toMatchObject({ Path: '/api/v1/health', Port: '80' });
    const [[service] = ['']] = synth.resources(suffix, 'AWS::ECS::Service');
    expect(gate.DependsOn).toContain(service);
  });

  it('can be asked by the function of their region and by the balancer, on the port of the file', () => {
    const { synth, suffix } = BLUE_GREEN();
    const [group] = synth.resources(suffix, 'AWS::EC2::SecurityGroup');
    const sources = group?.[1].Properties.SecurityGroupIngress.map(
      (rule: { Description: string }) => rule.Description,
    );
    expect(sources).toEqual(['From the balancer', 'From the readiness gate']);
  });
});

describe('tasks that nobody can reach', () => {
  it('are told only when neither group of a pair has one that answers', () => {
    const { synth, suffix } = BLUE_GREEN();
    const [alarm] = synth
      .resources(suffix, 'AWS::CloudWatch::Alarm')
      .map(([, { Properties }]) => Properties)
      .filter(({ AlarmName }) => AlarmName === 'ops-center-backend-no-target-8084');
    const formula = alarm?.Metrics.find(({ Expression }: { Expression?: string }) => Expression);
    expect(formula.Expression).toBe('FILL(blue, 0) + FILL(green, 0)');
  });
});

describe('the test listener', () => {
  const ingress = (test: object) => {
    const stack = new Stack(bareApp());
    new SecurityGroups(stack, 'Groups', {
      platform: variant('ops-center', { edge: { test } }),
      vpcId: 'vpc-1',
    });
    const groups = Template.fromStack(stack).findResources('AWS::EC2::SecurityGroup');
    return Object.values(groups).flatMap(
      ({ Properties }) => (Properties.SecurityGroupIngress ?? []) as { FromPort: number; CidrIp: string }[],
    );
  };

  it('is open to nobody unless the file names somebody', () => {
    expect(ingress({}).map(({ FromPort }) => FromPort)).toEqual([80, 443]);
  });

  it('is open to the addresses of the file and nobody else', () => {
    const rules = ingress({ port: 9443, addresses: ['203.0.113.7/32'] });
    expect(rules.filter(({ FromPort }) => FromPort === 9443).map(({ CidrIp }) => CidrIp)).toEqual([
      '203.0.113.7/32',
    ]);
  });
});
