import { describe, expect, it } from '@jest/globals';
import type { Platform } from '../../lib/config/platform';
import type { SizeName } from '../../lib/config/schema/primitives';
import { SIZES } from '../../lib/config/sizes';
import { platform, type Synthesized, synthesize, synthesized, variant } from '../support/synth';
import { atMost, attributes, inService, scalingView, serviceView, zonesOf } from '../support/templates';

// The rows of jackcwf's table, in its order.
const HOME = 'eu-central-1';
const file = platform('jackcwf');
const synth = () => synthesized('jackcwf');
const app = () => serviceView(synth(), HOME, 'app');
const scaling = () => scalingView(synth(), HOME, 'app');
const service = (of: Platform = file) => {
  const [only] = of.services;
  if (!only) throw new Error('The platform has no service.');
  return only;
};
const COUNTS = [3, 4, 5, 6, 7, 8, 9, 10];

describe('health', () => {
  it('asks GET /health every 30 s, takes a replica out after three bad answers and back after two good ones', () => {
    expect(app().targetGroup).toMatchObject({
      HealthCheckEnabled: true,
      HealthCheckProtocol: 'HTTP',
      HealthCheckPath: '/health',
      HealthCheckPort: '80',
      HealthCheckIntervalSeconds: 30,
      HealthyThresholdCount: 2,
      UnhealthyThresholdCount: 3,
      Matcher: { HttpCode: '200-299' },
    });
  });

  it('answers /api/v1/health too, through the same balancer', () => {
    const [rule] = synth().resources(`${HOME}-Service-app`, 'AWS::ElasticLoadBalancingV2::ListenerRule');
    expect(rule?.[1].Properties.Conditions).toEqual([
      { Field: 'path-pattern', PathPatternConfig: { Values: ['/*'] } },
    ]);
  });

  it('keeps start, readiness and life apart: 60 s of grace, another path to be ready, no check that kills in the container', () => {
    expect(app().service.HealthCheckGracePeriodSeconds).toBe(60);
    expect(service().readiness).toMatchObject({ path: '/api/v1/health', containerPort: 80 });
    expect(app().targetGroup.HealthCheckPath).not.toBe(service().readiness?.path);
    expect(app().container).not.toHaveProperty('HealthCheck');
  });
});

describe('replicas', () => {
  it('runs at least 3 and at most 10', () => {
    expect(app().gate).toMatchObject({ Serving: '3 3 10' });
    const target = synth().only(`${HOME}-Service-app`, 'AWS::ApplicationAutoScaling::ScalableTarget');
    const [gate] = synth().resources(`${HOME}-Service-app`, 'Custom::HoldfastImageGate')[0] ?? [];
    expect(target.Properties).toMatchObject({
      MinCapacity: { 'Fn::GetAtt': [gate, 'Min'] },
      MaxCapacity: { 'Fn::GetAtt': [gate, 'Max'] },
    });
  });

  it('spreads replicas over three zones and rebalances them', () => {
    const { Subnets } = app().service.NetworkConfiguration.AwsvpcConfiguration;
    expect(zonesOf(synth(), Subnets)).toEqual(['eu-central-1a', 'eu-central-1b', 'eu-central-1c']);
    expect(app().service.AvailabilityZoneRebalancing).toBe('ENABLED');
  });

  it.each(COUNTS)('keeps at least 2 of %i replicas in service during a deployment', (desired) => {
    const { MinimumHealthyPercent } = app().service.DeploymentConfiguration;
    expect(inService(desired, MinimumHealthyPercent)).toBeGreaterThanOrEqual(2);
  });
});

describe('scaling', () => {
  it('scales out at once on CPU above 70 %, memory above 80 % or too many requests', () => {
    expect(scaling().expression('high')).toBe(`MAX([cpu/70,memory/80,FILL(requests0,0)/${400 * 60}])`);
    expect(scaling().high).toMatchObject({
      ComparisonOperator: 'GreaterThanThreshold',
      Threshold: 1,
      EvaluationPeriods: 1,
    });
  });

  it('takes the most loaded of CPU, memory and requests from the service itself', () => {
    const metrics = scaling().high.Metrics.flatMap((metric: { MetricStat?: { Metric: object } }) =>
      metric.MetricStat ? [metric.MetricStat] : [],
    );
    expect(metrics).toMatchObject([
      { Stat: 'Average', Period: 60, Metric: { Namespace: 'AWS/ECS', MetricName: 'CPUUtilization' } },
      { Stat: 'Average', Period: 60, Metric: { Namespace: 'AWS/ECS', MetricName: 'MemoryUtilization' } },
      {
        Stat: 'Sum',
        Period: 60,
        Metric: { Namespace: 'AWS/ApplicationELB', MetricName: 'RequestCountPerTarget' },
      },
    ]);
  });

  it('adds 100 % or 4 replicas in a step, whichever is more', () => {
    expect(scaling().out).toMatchObject({
      AdjustmentType: 'PercentChangeInCapacity',
      MinAdjustmentMagnitude: 4,
      StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment: 100 }],
    });
  });

  it('scales in only after five calm minutes', () => {
    const { low } = scaling();
    expect(low.EvaluationPeriods).toBe(5);
    expect(low.DatapointsToAlarm).toBe(5);
    expect(
      low.Metrics.every((m: { MetricStat?: { Period: number } }) => (m.MetricStat?.Period ?? 60) === 60),
    ).toBe(true);
    expect(low.ComparisonOperator).toBe('LessThanThreshold');
    expect(low.Threshold).toBeLessThan(1);
  });

  it.each(COUNTS)('takes at most half of %i replicas or 2 away, once a minute', (running) => {
    const { StepAdjustments, MinAdjustmentMagnitude, Cooldown } = scaling().in;
    for (const { ScalingAdjustment } of StepAdjustments) {
      expect(ScalingAdjustment).toBeLessThan(0);
      const taken = Math.max(MinAdjustmentMagnitude, Math.floor((running * -ScalingAdjustment) / 100));
      expect(taken).toBeLessThanOrEqual(Math.max(2, running / 2));
    }
    expect(Cooldown).toBeGreaterThanOrEqual(60);
  });
});

it('keeps a session on its replica by a cookie for an hour', () => {
  expect(app().targetAttributes).toMatchObject({
    'stickiness.enabled': 'true',
    'stickiness.type': 'lb_cookie',
    'stickiness.lb_cookie.duration_seconds': '3600',
  });
});

describe('edge', () => {
  const cluster = (type: string) =>
    synth()
      .resources(`${HOME}-Cluster`, type)
      .map(([, r]) => r.Properties);
  const listener = (protocol: string) => {
    const found = cluster('AWS::ElasticLoadBalancingV2::Listener').find((l) => l.Protocol === protocol);
    if (!found) throw new Error(`No listener speaks ${protocol}.`);
    return found;
  };
  const headers = () => attributes(listener('HTTPS').ListenerAttributes);
  const header = (name: string) => headers()[`routing.http.response.${name}.header_value`];

  it('ends TLS 1.2 and 1.3 with a certificate for the name of the platform and those below it', () => {
    expect(listener('HTTPS')).toMatchObject({
      Port: 443,
      SslPolicy: 'ELBSecurityPolicy-TLS13-1-2-Res-2021-06',
    });
    expect(cluster('AWS::CertificateManager::Certificate')[0]).toMatchObject({
      DomainName: 'chat.example.net',
      SubjectAlternativeNames: ['*.chat.example.net'],
      ValidationMethod: 'DNS',
    });
  });

  it('sends HTTP to HTTPS', () => {
    expect(listener('HTTP')).toMatchObject({
      Port: 80,
      DefaultActions: [
        { Type: 'redirect', RedirectConfig: { Protocol: 'HTTPS', Port: '443', StatusCode: 'HTTP_301' } },
      ],
    });
  });

  it('limits the requests of one address, more strictly on the API', () => {
    const rules = cluster('AWS::WAFv2::WebACL')[0]?.Rules;
    const limits = Object.fromEntries(
      rules
        .slice(0, 2)
        .map((r: { Name: string; Statement: { RateBasedStatement: object } }) => [
          r.Name,
          r.Statement.RateBasedStatement,
        ]),
    );
    expect(limits['rate-everyone']).toEqual({ AggregateKeyType: 'IP', Limit: 3000, EvaluationWindowSec: 60 });
    expect(limits['rate-api']).toMatchObject({
      AggregateKeyType: 'IP',
      Limit: 1200,
      EvaluationWindowSec: 60,
      ScopeDownStatement: {
        ByteMatchStatement: { SearchString: '/api/', PositionalConstraint: 'STARTS_WITH' },
      },
    });
  });

  it('lets pages of the chat origin call it with cookies, and no others', () => {
    expect(header('access_control_allow_origin')).toBe('https://chat.example.net');
    expect(header('access_control_allow_methods')).toBe('GET,POST,PUT,DELETE,OPTIONS');
    expect(header('access_control_allow_credentials')).toBe('true');
  });

  it('puts the security headers on every answer and takes the server header away', () => {
    expect(header('strict_transport_security')).toBe('max-age=31536000; includeSubDomains');
    expect(header('content_security_policy')).toBe(
      "default-src 'self'; connect-src 'self' https:; img-src 'self' data:",
    );
    expect(header('x_frame_options')).toBe('DENY');
    expect(header('x_content_type_options')).toBe('nosniff');
    expect(headers()['routing.http.response.server.enabled']).toBe('false');
  });

  it('writes access logs of the balancer to a bucket and those of the firewall as JSON', () => {
    const [balancer] = cluster('AWS::ElasticLoadBalancingV2::LoadBalancer');
    expect(attributes(balancer?.LoadBalancerAttributes)).toMatchObject({
      'access_logs.s3.enabled': 'true',
      'access_logs.s3.prefix': 'balancer',
    });
    expect(cluster('AWS::WAFv2::LoggingConfiguration')).toHaveLength(1);
  });
});

describe('roll-out', () => {
  it('starts one more and stops one of three replicas', () => {
    const { MinimumHealthyPercent, MaximumPercent } = app().service.DeploymentConfiguration;
    expect(inService(3, MinimumHealthyPercent)).toBe(2);
    expect(atMost(3, MaximumPercent)).toBe(4);
  });

  it('gives requests and processes 60 s to end', () => {
    expect(app().container.StopTimeout).toBe(60);
    expect(app().targetAttributes['deregistration_delay.timeout_seconds']).toBe('60');
  });

  it('rolls a deployment back that does not become healthy, or answers with errors', () => {
    const { DeploymentCircuitBreaker, Alarms } = app().service.DeploymentConfiguration;
    expect(DeploymentCircuitBreaker).toEqual({ Enable: true, Rollback: true });
    expect(Alarms).toMatchObject({ Enable: true, Rollback: true });
    expect(Alarms.AlarmNames).toHaveLength(1);
  });

  it('keeps every revision of an image under a tag that cannot be moved', () => {
    const { Properties } = synth().only(`${HOME}-Foundation`, 'AWS::ECR::Repository');
    expect(Properties.ImageTagMutability).toBe('IMMUTABLE');
    const { rules } = JSON.parse(Properties.LifecyclePolicy.LifecyclePolicyText);
    expect(rules.map((rule: { selection: { tagStatus: string } }) => rule.selection.tagStatus)).toEqual([
      'untagged',
    ]);
  });

  it('says the migration that is to run once before new replicas', () => {
    expect(service().migration?.command).toEqual(['alembic', 'upgrade', 'head']);
  });
});

describe('database', () => {
  it('is PostgreSQL 17 that logical replication can fill from the server of today', () => {
    const instance = synth().only(`${HOME}-Data`, 'AWS::RDS::DBInstance').Properties;
    const group = synth().only(`${HOME}-Data`, 'AWS::RDS::DBParameterGroup').Properties;
    expect(instance).toMatchObject({
      Engine: 'postgres',
      EngineVersion: '17.6',
      DBName: 'jackcwf',
      MultiAZ: true,
    });
    expect(group.Parameters['rds.logical_replication']).toBe('1');
  });

  it('can stay an external server: no instance in either region, and the file says that only traffic moves', () => {
    const external = variant('jackcwf', {
      database: {
        version: null,
        kind: 'external',
        host: 'db.example.org',
        cidr: '203.0.113.10/32',
        secret: 'db-login',
      },
      secrets: { 'db-login': { description: 'Login of the external server' } },
      services: {
        app: { secrets: { DATABASE_USER: 'db-login.username', DATABASE_PASSWORD: 'db-login.password' } },
      },
    });
    const made = synthesize(external);
    for (const template of made.templates.values())
      expect(Object.values(template.Resources).filter(({ Type }) => Type.startsWith('AWS::RDS::'))).toEqual(
        [],
      );
    expect(serviceView(made, HOME, 'app').container.Environment).toContainEqual({
      Name: 'DATABASE_HOST',
      Value: 'db.example.org',
    });
    expect(external.notes).toContainEqual(expect.stringMatching(/external.*moves traffic only/));
    expect(waysToPort(made, 5432)).toEqual(['203.0.113.10/32']);
  });
});

/** Where tasks with their own group and that of the database's clients may connect to on a port. */
function waysToPort(made: Synthesized, port: number): string[] {
  const groups = [
    ...made.resources(`${HOME}-Service-app`, 'AWS::EC2::SecurityGroup'),
    ...made
      .resources(`${HOME}-Network`, 'AWS::EC2::SecurityGroup')
      .filter(([id]) => id.startsWith('GroupsDatabaseClients')),
  ];
  return groups
    .flatMap(([, { Properties }]) => Properties.SecurityGroupEgress)
    .filter(
      ({ IpProtocol, FromPort, ToPort }) =>
        IpProtocol === '-1' || (IpProtocol === 'tcp' && FromPort <= port && port <= ToPort),
    )
    .map(({ CidrIp }) => CidrIp);
}

describe('sizes', () => {
  it.each<[SizeName, [number, number], [number, number], [number, number]]>([
    ['small', [2, 2], [0.25, 1], [256, 1024]],
    ['medium', [3, 3], [0.5, 2], [512, 2048]],
    ['large', [5, 10], [1, 4], [1024, 4096]],
  ])('gives %s its replicas, vCPU and memory', (size, replicas, cpu, memory) => {
    const preset = service(
      variant('jackcwf', { size, services: { app: { cpu: null, memory: null, replicas: null } } }),
    );
    const within = (value: number, [least, most]: [number, number]) => {
      expect(value).toBeGreaterThanOrEqual(least);
      expect(value).toBeLessThanOrEqual(most);
    };
    within(preset.replicas.home.min, replicas);
    within(preset.task.cpuUnits / 1024, cpu);
    within(preset.task.memoryMib, memory);
  });

  it('reaches ten replicas with the large size', () => {
    expect(SIZES.large.service).toMatchObject({ minReplicas: 5, maxReplicas: 10 });
  });

  it('runs the medium size of the file: 1 vCPU and 2 GiB', () => {
    expect(file.size).toBe('medium');
    expect(app().task).toMatchObject({ Cpu: '1024', Memory: '2048' });
  });
});

describe('expected', () => {
  it('adds replicas before one carries its 500 requests a second', () => {
    const [, perMinute] = /FILL\(requests0,0\)\/(\d+)/.exec(scaling().expression('high')) ?? [];
    expect(scaling().high.Threshold).toBe(1);
    expect(Number(perMinute) / 60).toBeLessThan(500);
  });

  it('promises 99.9 % availability', () => {
    expect(file.objectives.availabilityPercent).toBe(99.9);
  });
});

describe('what a later version builds stands in the file', () => {
  it('reads /metrics every 30 s, everything else every 15 s, and keeps it 15 days', () => {
    expect(service().metrics).toMatchObject({ path: '/metrics', intervalSeconds: 30, containerPort: 80 });
    expect(file.monitoring.scrapeSeconds).toBe(15);
    for (const { name } of [file.regions.home, file.regions.standby]) {
      const { WorkspaceConfiguration } = synth().only(`${name}-Cluster`, 'AWS::APS::Workspace').Properties;
      expect(WorkspaceConfiguration).toMatchObject({ RetentionPeriodInDays: 15 });
    }
  });

  it('names the seven receivers with their channels', () => {
    expect(file.alerts?.slackWebhook).toBe('slack-webhook');
    expect(file.alerts?.receivers).toMatchObject({
      default: { slack: '#alerts' },
      'critical-alerts': { pagerDuty: 'pagerduty-critical', slack: '#alerts-critical' },
      'warning-alerts': { slack: '#alerts-warning' },
      'database-team': { email: ['database@example.net'], slack: '#database' },
      'ops-team': { email: ['ops@example.net'], pagerDuty: 'pagerduty-ops' },
      'business-team': { email: ['business@example.net'] },
      webhook: { webhook: 'alert-webhook' },
    });
  });

  it('routes alerts by severity, component and team', () => {
    const routes = file.alerts?.routes ?? [];
    expect(routes.filter(({ severity }) => severity.length > 0)).toHaveLength(2);
    expect(routes.filter(({ component }) => component.includes('database'))).toHaveLength(1);
    expect(routes.flatMap(({ team }) => team).sort()).toEqual(['business', 'ops']);
  });

  it('groups alerts, waits 30 s, tells again after 5 min and repeats after 4 h', () => {
    expect(file.alerts).toMatchObject({
      groupBy: ['alertname', 'component', 'severity'],
      groupWaitSeconds: 30,
      groupIntervalSeconds: 300,
      repeatSeconds: 4 * 3600,
    });
  });
});
