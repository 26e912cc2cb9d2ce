import { describe, expect, it } from '@jest/globals';
import { type BuiltResource, builtRegions } from '../../lib/cost/built';

const of = (region: string, ...resources: readonly BuiltResource[]) => ({
  region,
  resources: Object.fromEntries(resources.map((one, index) => [`R${index}`, one])),
});
const alarm = (Properties: object): BuiltResource => ({ Type: 'AWS::CloudWatch::Alarm', Properties });

describe('what stacks hold', () => {
  it('counts the metrics of alarms as CloudWatch bills them: each of a formula, a query by what it finds', () => {
    const [here] = builtRegions([
      of(
        'us-east-1',
        alarm({ MetricName: 'CPUUtilization' }),
        alarm({ Metrics: [{ MetricStat: {} }, { MetricStat: {} }, { Expression: 'a / b' }] }),
        alarm({ Metrics: [{ Expression: 'SELECT MAX(x) FROM y', Period: 60 }] }),
      ),
    ]);
    expect([here?.alarmMetrics, here?.queryAlarms]).toEqual([3, 1]);
  });

  it('adds up the stacks of a region', () => {
    const regions = builtRegions([
      of('us-east-1', { Type: 'AWS::EC2::NatGateway' }),
      of('us-west-2', { Type: 'AWS::EC2::NatGateway' }),
      of('us-east-1', { Type: 'AWS::EC2::NatGateway' }, { Type: 'AWS::EC2::EIP' }),
    ]);
    expect(regions.map(({ region, natGateways }) => [region, natGateways])).toEqual([
      ['us-east-1', 2],
      ['us-west-2', 1],
    ]);
  });

  it('counts a secret in each region that it is copied to', () => {
    const secret = {
      Type: 'AWS::SecretsManager::Secret',
      Properties: { ReplicaRegions: [{ Region: 'us-west-2' }] },
    };
    const regions = builtRegions([of('us-east-1', secret), of('us-west-2')]);
    expect(regions.map(({ secrets }) => secrets)).toEqual([1, 1]);
  });

  it('counts of health checks what is paid by itself', () => {
    const check = (HealthCheckConfig: object) => ({
      Type: 'AWS::Route53::HealthCheck',
      Properties: { HealthCheckConfig },
    });
    const [here] = builtRegions([
      of(
        'us-east-1',
        check({ Type: 'HTTPS', RequestInterval: 10 }),
        check({ Type: 'HTTPS', RequestInterval: 30 }),
        check({ Type: 'CALCULATED' }),
      ),
    ]);
    expect([here?.healthChecks, here?.healthCheckOptions]).toEqual([3, 3]);
  });

  it('tells gateways to S3, which are free, from interface endpoints', () => {
    const endpoint = (VpcEndpointType: string) => ({
      Type: 'AWS::EC2::VPCEndpoint',
      Properties: { VpcEndpointType },
    });
    const [here] = builtRegions([of('us-east-1', endpoint('Gateway'), endpoint('Interface'))]);
    expect(here?.interfaceEndpoints).toBe(1);
  });

  it('reads the level of Container Insights of each cluster', () => {
    const cluster = (ClusterName: string, Value?: string) => ({
      Type: 'AWS::ECS::Cluster',
      Properties: {
        ClusterName,
        ...(Value ? { ClusterSettings: [{ Name: 'containerInsights', Value }] } : {}),
      },
    });
    const [here] = builtRegions([
      of('us-east-1', cluster('a', 'enhanced'), cluster('b', 'enabled'), cluster('c')),
    ]);
    expect(here?.insights).toEqual({ a: 'enhanced', b: 'enabled', c: 'disabled' });
  });
});
