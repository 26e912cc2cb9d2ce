import { describe, expect, it } from '@jest/globals';
import { type Synthesized, synthesize, synthesized, variant } from '../support/synth';
import { attributes } from '../support/templates';

const SUFFIX = 'us-east-1-Service';

/** ops-center with a service of two ports, a host, a check of its own port and a long silence. */
let made: Synthesized | undefined;
const two = (): Synthesized => {
  made ??= synthesize(
    variant('ops-center', {
      services: {
        gateway: {
          image: 'gateway:1.0.0',
          ports: { http: 8080, admin: 9090, probe: 9999 },
          routes: [
            { paths: ['/gateway/*'] },
            { host: 'admin.ops.example.com', paths: ['/*'], port: 'admin' },
            { host: 'ops.example.com', paths: ['/own/*'], port: 'admin', priority: 7 },
          ],
          health: { path: '/up', port: 'probe', statusCodes: '200,204' },
          requestTimeoutSeconds: 600,
          container: { readOnlyRoot: false },
          exec: true,
          architecture: 'arm64',
          command: ['serve'],
        },
        worker: { image: 'backend:1.0.0', command: ['work'], replicas: { min: 1, max: 2 } },
      },
    }),
  );
  return made;
};
const all = (service: string, type: string) => two().resources(`${SUFFIX}-${service}`, type);
const only = (service: string, type: string) => two().only(`${SUFFIX}-${service}`, type).Properties;
const container = (synth: Synthesized, service: string) =>
  synth.only(`${SUFFIX}-${service}`, 'AWS::ECS::TaskDefinition').Properties.ContainerDefinitions[0];

describe('target groups', () => {
  it('are one per port that routes name, each asked on the port of the health check', () => {
    const groups = all('gateway', 'AWS::ElasticLoadBalancingV2::TargetGroup').map(([, r]) => r.Properties);
    expect(groups.map(({ Port }) => Port)).toEqual([8080, 9090]);
    for (const group of groups)
      expect(group).toMatchObject({
        TargetType: 'ip',
        HealthCheckPath: '/up',
        HealthCheckPort: '9999',
        Matcher: { HttpCode: '200,204' },
      });
  });

  it('are all attached to the service, which waits for the rules that use them', () => {
    const service = two().only(`${SUFFIX}-gateway`, 'AWS::ECS::Service');
    expect(
      service.Properties.LoadBalancers.map(({ ContainerPort }: { ContainerPort: number }) => ContainerPort),
    ).toEqual([8080, 9090]);
    const rules = all('gateway', 'AWS::ElasticLoadBalancingV2::ListenerRule').map(([id]) => id);
    expect(service.DependsOn).toEqual(expect.arrayContaining(rules));
  });

  it('keep no session unless the file asks for it', () => {
    const [first] = all('gateway', 'AWS::ElasticLoadBalancingV2::TargetGroup');
    expect(attributes(first?.[1].Properties.TargetGroupAttributes)).toMatchObject({
      'stickiness.enabled': 'false',
      'load_balancing.algorithm.type': 'round_robin',
    });
  });

  it('are reached from the balancer only, on those ports and the one of the check', () => {
    const { SecurityGroupIngress } = only('gateway', 'AWS::EC2::SecurityGroup');
    const standalone = all('gateway', 'AWS::EC2::SecurityGroupIngress').map(([, r]) => r.Properties);
    const rules = [...(SecurityGroupIngress ?? []), ...standalone];
    expect(rules.map(({ FromPort }) => FromPort)).toEqual([8080, 9090, 9999]);
    for (const { SourceSecurityGroupId } of rules)
      expect(JSON.stringify(SourceSecurityGroupId)).toContain('GroupsBalancer');
  });
});

describe('rules of the listener', () => {
  const rules = () =>
    all('gateway', 'AWS::ElasticLoadBalancingV2::ListenerRule').map(([, r]) => r.Properties);
  const hosts = (
    rule: { Conditions: { Field: string; HostHeaderConfig?: { Values: string[] } }[] } | undefined,
  ) => rule?.Conditions.flatMap(({ HostHeaderConfig }) => HostHeaderConfig?.Values ?? []);
  const rule = (path: string, host: boolean) =>
    rules().find(
      ({ Conditions }) =>
        Conditions.length === (host ? 2 : 1) && JSON.stringify(Conditions).includes(`"${path}"`),
    ) as Parameters<typeof hosts>[0];

  it('without a host hold for every name', () => {
    expect(hosts(rule('/gateway/*', false))).toEqual([]);
  });

  it('for another host hold for that one', () => {
    expect(hosts(rule('/*', true))).toEqual(['admin.ops.example.com']);
  });

  it('for the name of the platform hold for the fixed name of the region too, where it is checked', () => {
    expect(hosts(rule('/own/*', true))).toEqual(['ops.example.com', 'home.ops.example.com']);
  });

  it('have the priority of the file, and a derived one of their own otherwise', () => {
    const priorities = rules().map(({ Priority }) => Priority);
    expect(priorities).toContain(7);
    expect(new Set(priorities).size).toBe(3);
  });
});

describe('a service that takes commands', () => {
  const role = (service: string) =>
    JSON.stringify(
      two()
        .resources(`${SUFFIX}-${service}`, 'AWS::IAM::Role')
        .filter(([id]) => id.includes('RolesTask')),
    );

  it('says so, and so does its role; another one has nothing of it', () => {
    expect(only('gateway', 'AWS::ECS::Service').EnableExecuteCommand).toBe(true);
    expect(role('gateway')).toContain('ssmmessages:OpenDataChannel');
    expect(role('gateway')).toContain(':log-group:/holdfast/ops-center/exec:*');
    expect(only('worker', 'AWS::ECS::Service')).not.toHaveProperty('EnableExecuteCommand');
    expect(role('worker')).not.toContain('ssmmessages');
  });

  it('leaves a log of every session, encrypted', () => {
    const { Configuration } = two().only('us-east-1-Cluster', 'AWS::ECS::Cluster').Properties;
    expect(Configuration.ExecuteCommandConfiguration).toMatchObject({
      Logging: 'OVERRIDE',
      LogConfiguration: { CloudWatchEncryptionEnabled: true },
    });
    const groups = two().resources('us-east-1-Cluster', 'AWS::Logs::LogGroup');
    const sessions = groups.find(
      ([, { Properties }]) => Properties.LogGroupName === '/holdfast/ops-center/exec',
    );
    expect(sessions?.[1].Properties).toMatchObject({ RetentionInDays: 365, KmsKeyId: expect.anything() });
    expect(
      synthesized('ops-center').only('us-east-1-Cluster', 'AWS::ECS::Cluster').Properties,
    ).not.toHaveProperty('Configuration');
  });
});

it('keeps the revisions before the present one, for a rollback', () => {
  expect(two().only(`${SUFFIX}-worker`, 'AWS::ECS::TaskDefinition')).toMatchObject({
    UpdateReplacePolicy: 'Retain',
    DeletionPolicy: 'Retain',
  });
});

describe('a container', () => {
  it('is restricted unless the file allows more', () => {
    expect(container(two(), 'worker')).toMatchObject({
      ReadonlyRootFilesystem: true,
      User: '1000:1000',
      LinuxParameters: { Tmpfs: [{ ContainerPath: '/tmp', MountOptions: ['nosuid', 'nodev'] }] },
    });
    expect(container(two(), 'gateway').ReadonlyRootFilesystem).toBe(false);
    expect(container(two(), 'frontend')).not.toHaveProperty('User');
  });

  it('runs the command of the file on the processor of the file', () => {
    expect(container(two(), 'gateway').Command).toEqual(['serve']);
    expect(only('gateway', 'AWS::ECS::TaskDefinition').RuntimePlatform.CpuArchitecture).toBe('ARM64');
    expect(only('worker', 'AWS::ECS::TaskDefinition').RuntimePlatform.CpuArchitecture).toBe('X86_64');
  });

  it('reads secrets from its own region, by names that are right on both sides', () => {
    const secret = (region: string) =>
      two()
        .only(`${region}-Service-backend`, 'AWS::ECS::TaskDefinition')
        .Properties.ContainerDefinitions[0].Secrets.find(({ Name }: { Name: string }) => Name === 'JWT_KEY')
        .ValueFrom;
    for (const region of ['us-east-1', 'us-west-2'])
      expect(secret(region)).toBe(
        `arn:aws:secretsmanager:${region}:123456789012:secret:ops-center/jwt-key:value::`,
      );
  });

  it('knows the database and the cache only with a credential for them', () => {
    const names = (service: string) =>
      container(two(), service).Environment.map(({ Name }: { Name: string }) => Name);
    expect(names('backend')).toEqual(
      expect.arrayContaining(['DATABASE_HOST', 'DATABASE_POOL_OPEN', 'CACHE_HOST', 'BUCKET_UPLOADS']),
    );
    expect(names('worker')).toEqual(['HOLDFAST_PLATFORM', 'HOLDFAST_REGION', 'HOLDFAST_ROLE']);
  });

  it('is told how many connections it may keep, and for how long', () => {
    const told = container(two(), 'backend')
      .Environment.filter(({ Name }: { Name: string }) => Name.startsWith('DATABASE_POOL_'))
      .map(({ Name, Value }: { Name: string; Value: string }) => [Name, Value]);
    expect(told).toEqual([
      ['DATABASE_POOL_IDLE', '2'],
      ['DATABASE_POOL_LIFETIME_SECONDS', '3600'],
      ['DATABASE_POOL_OPEN', '10'],
    ]);
  });

  it('never waits for the log', () => {
    expect(container(two(), 'worker').LogConfiguration.Options).toMatchObject({ mode: 'non-blocking' });
  });
});

describe('a service without routes', () => {
  it('has no target group, no alarm on answers and no open port', () => {
    expect(all('worker', 'AWS::ElasticLoadBalancingV2::TargetGroup')).toEqual([]);
    const alarms = all('worker', 'AWS::CloudWatch::Alarm').map(([, { Properties }]) => Properties);
    expect(alarms.filter((alarm) => JSON.stringify(alarm).includes('AWS/ApplicationELB'))).toEqual([]);
    // Nothing but its tasks could tell that it is away.
    expect(alarms.map(({ AlarmName }) => AlarmName)).toContain('ops-center-worker-no-task');
    expect(only('worker', 'AWS::EC2::SecurityGroup').SecurityGroupIngress ?? []).toEqual([]);
    expect(only('worker', 'AWS::ECS::Service')).not.toHaveProperty('HealthCheckGracePeriodSeconds');
  });

  it('still rolls back what does not start', () => {
    expect(only('worker', 'AWS::ECS::Service').DeploymentConfiguration.DeploymentCircuitBreaker).toEqual({
      Enable: true,
      Rollback: true,
    });
  });
});

describe('a service that nothing scales', () => {
  it('gets no alarm on a load that nothing measures', () => {
    const alarms = synthesized('ops-center').resources(
      'us-east-1-Service-frontend',
      'AWS::CloudWatch::Alarm',
    );
    expect(alarms.filter(([, { Properties }]) => /-load-/.test(Properties.AlarmName))).toEqual([]);
  });
});

describe('the balancer', () => {
  it('waits as long as the most patient service', () => {
    const { LoadBalancerAttributes } = two().only(
      'us-east-1-Cluster',
      'AWS::ElasticLoadBalancingV2::LoadBalancer',
    ).Properties;
    expect(attributes(LoadBalancerAttributes)['idle_timeout.timeout_seconds']).toBe('600');
  });

  it('answers 404 by itself to what no route wants', () => {
    const [https] = two()
      .resources('us-east-1-Cluster', 'AWS::ElasticLoadBalancingV2::Listener')
      .filter(([, { Properties }]) => Properties.Protocol === 'HTTPS');
    expect(https?.[1].Properties.DefaultActions).toMatchObject([
      { Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } },
    ]);
  });

  it('has the fixed name of its region in the hosted zone, whatever the health of its targets', () => {
    for (const [region, name] of [
      ['us-east-1', 'home.ops.example.com'],
      ['us-west-2', 'standby.ops.example.com'],
    ])
      expect(two().only(`${region}-Cluster`, 'AWS::Route53::RecordSet').Properties).toMatchObject({
        Name: name,
        Type: 'A',
        AliasTarget: { EvaluateTargetHealth: false },
      });
  });

  it('refuses malformed headers and smuggled requests', () => {
    const { LoadBalancerAttributes } = two().only(
      'us-east-1-Cluster',
      'AWS::ElasticLoadBalancingV2::LoadBalancer',
    ).Properties;
    expect(attributes(LoadBalancerAttributes)).toMatchObject({
      'routing.http.drop_invalid_header_fields.enabled': 'true',
      'routing.http.desync_mitigation_mode': 'defensive',
    });
  });
});

it('watches its containers closely, on Fargate alone', () => {
  expect(two().only('us-east-1-Cluster', 'AWS::ECS::Cluster').Properties.ClusterSettings).toEqual([
    { Name: 'containerInsights', Value: 'enabled' },
  ]);
  expect(
    two().only('us-east-1-Cluster', 'AWS::ECS::ClusterCapacityProviderAssociations').Properties
      .CapacityProviders,
  ).toEqual(['FARGATE']);
});
