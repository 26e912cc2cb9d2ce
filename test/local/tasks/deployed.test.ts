import { DescribeSubnetsCommand, EC2Client } from '@aws-sdk/client-ec2';
import {
  CreateClusterCommand,
  CreateServiceCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateRuleCommand,
  CreateTargetGroupCommand,
  ElasticLoadBalancingV2Client,
  ModifyTargetGroupAttributesCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { IAMClient, UploadServerCertificateCommand } from '@aws-sdk/client-iam';
import { ChangeResourceRecordSetsCommand, Route53Client } from '@aws-sdk/client-route-53';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type LocalAws, startLocalAws } from '../../../local/aws-api';
import { readBalancer } from '../../../local/balancer/deployed';
import { Zone } from '../../../local/dns/resolver';
import { internalClient } from '../../../local/internal';
import { DeployedServices } from '../../../local/tasks/deployed-services';
import { newRevision, runRevision } from '../../../local/tasks/new-revision';
import { selfSigned } from '../../support/certificate';
import { sayAtOnce, WITH_INSTALLATION_MS } from '../../support/local-aws';
import { ACCOUNT, REGION } from '../support';

const CLUSTER = 'shop';
const ZONE = { id: 'Z0DRILL', name: 'example.com' };
const SECRET = `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:shop/database`;

let api: LocalAws;
let config: ReturnType<typeof internalClient>;
let group: string;

beforeAll(async () => {
  api = await startLocalAws({ account: ACCOUNT, hostedZones: [ZONE], say: sayAtOnce });
  config = internalClient(api.endpoint, REGION);
  group = await makeBalancer();
  await makeService();
}, WITH_INSTALLATION_MS);
afterAll(() => api?.stop());

/** @returns ARN of a certificate that a listener may show */
async function certificate(): Promise<string | undefined> {
  const { certificate: CertificateBody, key: PrivateKey } = selfSigned();
  const uploaded = await new IAMClient(config).send(
    new UploadServerCertificateCommand({ ServerCertificateName: 'shop', CertificateBody, PrivateKey }),
  );
  return uploaded.ServerCertificateMetadata?.Arn;
}

/** @returns ARN of its target group */
async function makeBalancer(): Promise<string> {
  const elb = new ElasticLoadBalancingV2Client(config);
  const { Subnets = [] } = await new EC2Client(config).send(new DescribeSubnetsCommand());
  const [first, second] = Subnets;
  const { LoadBalancers: [balancer] = [] } = await elb.send(
    new CreateLoadBalancerCommand({
      Name: 'shop-home',
      Subnets: [first, second].flatMap((one) => one?.SubnetId ?? []),
    }),
  );
  const { TargetGroups: [made] = [] } = await elb.send(
    new CreateTargetGroupCommand({
      Name: 'api',
      Protocol: 'HTTP',
      Port: 8084,
      TargetType: 'ip',
      VpcId: first?.VpcId,
      HealthCheckPath: '/health',
      HealthCheckPort: '9000',
      HealthCheckIntervalSeconds: 20,
      HealthCheckTimeoutSeconds: 4,
      HealthyThresholdCount: 3,
      UnhealthyThresholdCount: 4,
      Matcher: { HttpCode: '200-204' },
    }),
  );
  const TargetGroupArn = made?.TargetGroupArn ?? '';
  const Attributes = Object.entries({
    'deregistration_delay.timeout_seconds': '40',
    'stickiness.enabled': 'true',
    'stickiness.type': 'lb_cookie',
    'stickiness.lb_cookie.duration_seconds': '3600',
  }).map(([Key, Value]) => ({ Key, Value }));
  await elb.send(new ModifyTargetGroupAttributesCommand({ TargetGroupArn, Attributes }));
  const { Listeners: [listener] = [] } = await elb.send(
    new CreateListenerCommand({
      LoadBalancerArn: balancer?.LoadBalancerArn,
      Protocol: 'HTTPS',
      Port: 443,
      Certificates: [{ CertificateArn: await certificate() }],
      DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } }],
    }),
  );
  for (const [Priority, path] of [
    [20, '/v2/*'],
    [10, '/api/*'],
  ] as const)
    await elb.send(
      new CreateRuleCommand({
        ListenerArn: listener?.ListenerArn,
        Priority,
        Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: [path] } }],
        Actions: [{ Type: 'forward', ForwardConfig: { TargetGroups: [{ TargetGroupArn, Weight: 1 }] } }],
      }),
    );
  return TargetGroupArn;
}

async function makeService(): Promise<void> {
  const secrets = new SecretsManagerClient(config);
  const SecretString = JSON.stringify({ username: 'app_a', password: 'first' });
  await secrets.send(new CreateSecretCommand({ Name: 'shop/database', SecretString }));
  const ecs = new ECSClient(config);
  await ecs.send(new CreateClusterCommand({ clusterName: CLUSTER }));
  const { taskDefinition } = await ecs.send(
    new RegisterTaskDefinitionCommand({
      family: 'api',
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      cpu: '512',
      memory: '1024',
      containerDefinitions: [
        { name: 'collector', image: 'collector:1' },
        {
          name: 'app',
          image: 'api:1',
          stopTimeout: 40,
          portMappings: [{ containerPort: 8084 }, { containerPort: 9000 }],
          environment: [{ name: 'LOG_LEVEL', value: 'info' }],
          secrets: [
            { name: 'DATABASE_USER', valueFrom: `${SECRET}:username::` },
            { name: 'DATABASE_PASSWORD', valueFrom: `${SECRET}:password::` },
          ],
        },
      ],
    }),
  );
  await ecs.send(
    new CreateServiceCommand({
      cluster: CLUSTER,
      serviceName: 'api',
      taskDefinition: taskDefinition?.taskDefinitionArn,
      desiredCount: 3,
      healthCheckGracePeriodSeconds: 60,
      deploymentConfiguration: { minimumHealthyPercent: 66, maximumPercent: 134 },
      loadBalancers: [{ targetGroupArn: group, containerName: 'app', containerPort: 8084 }],
    }),
  );
}

describe('what is deployed', () => {
  it('is a service with its number, bounds, grace and targets', async () => {
    const [service, ...more] = await new DeployedServices(CLUSTER, config).list();
    expect(more).toEqual([]);
    expect(service).toMatchObject({
      name: 'api',
      desired: 3,
      minimumHealthyPercent: 66,
      maximumPercent: 134,
      graceSeconds: 60,
      targets: [{ containerPort: 8084, group }],
    });
  });

  it.each([
    ['BLUE_GREEN', {}, [{ percent: 100, forMs: 300_000 }]],
    [
      'CANARY',
      { canaryConfiguration: { canaryPercent: 10, canaryBakeTimeInMinutes: 2 } },
      [
        { percent: 10, forMs: 120_000 },
        { percent: 100, forMs: 300_000 },
      ],
    ],
  ] as const)(
    'is a service with the steps of its strategy %s, and the other group of its pair',
    async (strategy, more, stages) => {
      const ecs = new ECSClient(config);
      const cluster = `shop-${strategy}`;
      await ecs.send(new CreateClusterCommand({ clusterName: cluster }));
      const pair = { alternateTargetGroupArn: 'arn:green', productionListenerRule: 'arn:rule' };
      await ecs.send(
        new CreateServiceCommand({
          cluster,
          serviceName: 'api',
          taskDefinition: 'api',
          deploymentConfiguration: { strategy, bakeTimeInMinutes: 5, ...more },
          loadBalancers: [
            {
              targetGroupArn: group,
              containerName: 'app',
              containerPort: 8084,
              advancedConfiguration: { ...pair, testListenerRule: 'arn:test', roleArn: 'arn:role' },
            },
          ],
        }),
      );
      const [service] = await new DeployedServices(cluster, config).list();
      expect(service?.stages).toEqual(stages);
      expect(service?.targets).toEqual([
        { containerPort: 8084, group, alternate: { group: 'arn:green', rule: 'arn:rule' } },
      ]);
    },
  );

  it('is a container with its ports, its environment, and the present values of its secrets', async () => {
    const services = new DeployedServices(CLUSTER, config);
    const [service] = await services.list();
    expect(await services.container(service?.definition ?? '')).toEqual({
      ports: [8084, 9000],
      environment: { LOG_LEVEL: 'info', DATABASE_USER: 'app_a', DATABASE_PASSWORD: 'first' },
      login: { username: 'app_a', password: 'first' },
      stopSeconds: 40,
    });
  });

  it('is a balancer with its rules in their order and its groups, whose times are divided', async () => {
    const groups = [{ group, weight: 1 }];
    expect(await readBalancer(config, 'shop-home', 443, 4)).toEqual({
      rules: [
        { arn: expect.any(String), priority: 10, hosts: [], paths: ['/api/*'], groups },
        { arn: expect.any(String), priority: 20, hosts: [], paths: ['/v2/*'], groups },
      ],
      groups: [
        {
          arn: group,
          path: '/health',
          healthPort: 9000,
          intervalMs: 5_000,
          timeoutMs: 1_000,
          healthyThreshold: 3,
          unhealthyThreshold: 4,
          codes: '200-204',
          drainMs: 10_000,
          stickyMs: 900_000,
        },
      ],
    });
  });

  it('has no balancer that was not deployed', async () => {
    await expect(readBalancer(config, 'shop-standby', 443, 1)).rejects.toThrow();
  });

  it('is a zone of many records, read page by page', async () => {
    const names = Array.from(
      { length: 130 },
      (_, number) => `n${String(number).padStart(3, '0')}.example.com`,
    );
    const Changes = names.map((Name, number) => ({
      Action: 'CREATE' as const,
      ResourceRecordSet: {
        Name,
        Type: 'A' as const,
        AliasTarget: {
          HostedZoneId: ZONE.id,
          DNSName: names[number + 1] ?? 'elsewhere.amazonaws.com',
          EvaluateTargetHealth: false,
        },
      },
    }));
    await new Route53Client(config).send(
      new ChangeResourceRecordSetsCommand({ HostedZoneId: ZONE.id, ChangeBatch: { Changes } }),
    );
    const zone = await Zone.read(config, ZONE.id);
    expect([zone.resolve('n128.example.com', {}), zone.resolve('n000.example.com', {})]).toEqual([
      'n129.example.com',
      'n005.example.com',
    ]);
  });

  it('gets a new revision that differs by its release, and the service is told to run it', async () => {
    const services = new DeployedServices(CLUSTER, config);
    const [before] = await services.list();
    const { old: ran, revision } = await newRevision(config, CLUSTER, 'api', '2', { MORE: 'yes' });
    expect(ran).toBe(before?.definition);
    const [after] = await services.list();
    expect([after?.definition, after?.desired]).toEqual([revision, before?.desired]);
    expect(revision).not.toBe(before?.definition);
    const [old, made] = [before?.definition ?? '', revision].map((one) => services.container(one));
    const { environment, ...rest } = (await made) ?? {};
    expect(environment).toEqual({ ...(await old)?.environment, MORE: 'yes', RELEASE: '2' });
    const { environment: _, ...same } = (await old) ?? {};
    expect(rest).toEqual(same);
    await runRevision(config, CLUSTER, 'api', ran);
    expect((await services.list())[0]?.definition).toBe(ran);
  });

  it('has no new revision of a service that there is not', async () => {
    await expect(newRevision(config, CLUSTER, 'web', '2')).rejects.toThrow('The cluster shop has no web.');
  });

  it('changes its number when somebody scales it', async () => {
    await new ECSClient(config).send(
      new UpdateServiceCommand({ cluster: CLUSTER, service: 'api', desiredCount: 0 }),
    );
    expect((await new DeployedServices(CLUSTER, config).list())[0]?.desired).toBe(0);
  });
});
