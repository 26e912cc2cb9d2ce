import { describe, expect, it } from '@jest/globals';
import { platform, synthesize, synthesized, variant } from '../support/synth';
import { imported, scalingView, statements, zonesOf } from '../support/templates';

const HOME = 'us-west-2';
const STANDBY = 'us-east-2';
const REGIONS = [HOME, STANDBY] as const;
const rabbit = () => synthesized('prodstack');
const WORKER = {
  queues: { tasks: { engine: 'sqs', visibilitySeconds: 90, maxReceives: 4 } },
  services: {
    backend: { secrets: { RABBITMQ_USER: null, RABBITMQ_PASSWORD: null }, queues: ['tasks'] },
    worker: { secrets: { RABBITMQ_USER: null, RABBITMQ_PASSWORD: null } },
    clock: { image: 'backend:1.0.0', command: ['celery', 'beat'], replicas: { min: 1, max: 1 } },
  },
};
const sqsPlatform = variant('prodstack', WORKER);
const sqs = () => synthesize(sqsPlatform);
const broker = (region: string) => rabbit().only(`${region}-Data`, 'AWS::AmazonMQ::Broker').Properties;
const container = (of: ReturnType<typeof rabbit>, region: string, service: string) =>
  of.only(`${region}-Service-${service}`, 'AWS::ECS::TaskDefinition').Properties.ContainerDefinitions[0];
const names = (list: readonly { readonly Name: string }[]) => list.map(({ Name }) => Name);

describe('a broker of RabbitMQ', () => {
  it.each(REGIONS)('is a cluster over three zones that nobody reaches from outside, in %s', (region) => {
    expect(broker(region)).toMatchObject({
      BrokerName: 'prodstack-tasks',
      EngineType: 'RABBITMQ',
      DeploymentMode: 'CLUSTER_MULTI_AZ',
      PubliclyAccessible: false,
      AutoMinorVersionUpgrade: true,
      Logs: { General: true },
    });
    expect(new Set(zonesOf(rabbit(), broker(region).SubnetIds)).size).toBe(3);
  });

  it('takes its login out of the secret of its region, and no template holds it', () => {
    expect(broker(HOME).Users).toEqual([
      {
        Username: '{{resolve:secretsmanager:prodstack/tasks-queue:SecretString:username}}',
        Password: '{{resolve:secretsmanager:prodstack/tasks-queue:SecretString:password}}',
      },
    ]);
    for (const region of REGIONS) {
      const [secret] = rabbit()
        .resources(`${region}-Foundation`, 'AWS::SecretsManager::Secret')
        .filter(([, { Properties }]) => Properties.Name === 'prodstack/tasks-queue');
      expect(secret?.[1].Properties.GenerateSecretString).toMatchObject({ GenerateStringKey: 'password' });
      expect(secret?.[1].Properties).not.toHaveProperty('ReplicaRegions');
    }
  });

  it('names no key: Amazon MQ refuses one for RabbitMQ', () => {
    expect(broker(HOME)).not.toHaveProperty('EncryptionOptions');
  });

  it('is never maintained in both regions at once', () => {
    const starts = REGIONS.map((region) => broker(region).MaintenanceWindowStartTime);
    expect(starts[0]).toMatchObject({ DayOfWeek: 'SUNDAY', TimeZone: 'UTC' });
    expect(starts[0]?.TimeOfDay).not.toBe(starts[1]?.TimeOfDay);
  });

  it('admits tasks that have a queue of it, over TLS, and nobody else', () => {
    const group = imported(rabbit(), broker(HOME).SecurityGroups[0]);
    const doors = rabbit()
      .resources(`${HOME}-Network`, 'AWS::EC2::SecurityGroupIngress')
      .map(([, { Properties }]) => Properties)
      .filter(({ GroupId }) => GroupId['Fn::GetAtt']?.[0] === group.id);
    expect(doors).toMatchObject([{ FromPort: 5671, ToPort: 5671 }]);
    const clients = doors[0]?.SourceSecurityGroupId['Fn::GetAtt'][0];
    const joined = (service: string) =>
      rabbit()
        .only(`${HOME}-Service-${service}`, 'AWS::ECS::Service')
        .Properties.NetworkConfiguration.AwsvpcConfiguration.SecurityGroups.slice(1)
        .map((one: { readonly 'Fn::ImportValue': string }) => imported(rabbit(), one).id);
    expect(joined('worker')).toContain(clients);
    expect(joined('frontend')).not.toContain(clients);
  });

  it('has the class of the size unless the file names one', () => {
    const classOf = (patch: object) => variant('prodstack', { ...patch }).queues.map((queue) => queue);
    expect(classOf({ size: 'small' })).toMatchObject([{ instanceClass: 'mq.m7g.medium' }]);
    expect(classOf({ queues: { tasks: { instanceClass: 'mq.m7g.xlarge' } } })).toMatchObject([
      { instanceClass: 'mq.m7g.xlarge' },
    ]);
  });
});

describe('a queue of SQS', () => {
  const found = (region: string) =>
    Object.fromEntries(
      sqs()
        .resources(`${region}-Data`, 'AWS::SQS::Queue')
        .map(([id, { Properties }]) => [id, Properties]),
    );

  it.each(REGIONS)('hands what fails again and again to its dead letters, in %s', (region) => {
    const { QueueTasks, DeadLettersTasks } = found(region);
    expect(QueueTasks).toMatchObject({
      QueueName: 'prodstack-queue-tasks',
      VisibilityTimeout: 90,
      RedrivePolicy: { maxReceiveCount: 4 },
    });
    expect(DeadLettersTasks).toMatchObject({
      QueueName: 'prodstack-dead-tasks',
      RedriveAllowPolicy: {
        redrivePermission: 'byQueue',
        sourceQueueArns: [`arn:aws:sqs:${region}:123456789012:prodstack-queue-tasks`],
      },
    });
  });

  it('keeps messages for two weeks, with the key of the platform, over TLS only', () => {
    for (const queue of Object.values(found(HOME)))
      expect(queue).toMatchObject({
        MessageRetentionPeriod: 14 * 86_400,
        KmsMasterKeyId: { 'Fn::ImportValue': expect.stringContaining('DataKey') },
      });
    const denied = statements(sqs().stack(`${HOME}-Data`)).filter(
      ({ type }) => type === 'AWS::SQS::QueuePolicy',
    );
    expect(denied).toHaveLength(2);
    for (const one of denied)
      expect(one).toMatchObject({ effect: 'Deny', condition: { Bool: { 'aws:SecureTransport': 'false' } } });
  });

  it('is open to the services that name it, of their own region, and their address is in one variable', () => {
    for (const region of REGIONS) {
      const granted = statements(sqs().stack(`${region}-Service-backend`)).filter(({ actions }) =>
        actions.includes('sqs:SendMessage'),
      );
      expect(granted.map(({ resources }) => resources)).toEqual([
        [`arn:aws:sqs:${region}:123456789012:prodstack-queue-tasks`],
      ]);
      expect(container(sqs(), region, 'worker').Environment).toContainEqual({
        Name: 'QUEUE_TASKS_URL',
        Value: `https://sqs.${region}.amazonaws.com/123456789012/prodstack-queue-tasks`,
      });
    }
    const others = statements(sqs().stack(`${HOME}-Service-frontend`)).flatMap(({ actions }) => actions);
    expect(others.filter((action) => action.startsWith('sqs:'))).toEqual([]);
  });
});

describe('tasks with a queue', () => {
  it('find their broker by the same variables in both regions', () => {
    for (const region of REGIONS) {
      const { Environment, Secrets } = container(rabbit(), region, 'worker');
      expect(names(Environment)).toEqual(expect.arrayContaining(['QUEUE_TASKS_HOST', 'QUEUE_TASKS_PORT']));
      expect(Secrets).toContainEqual({
        Name: 'RABBITMQ_PASSWORD',
        ValueFrom: `arn:aws:secretsmanager:${region}:123456789012:secret:prodstack/tasks-queue:password::`,
      });
    }
  });

  it('without a queue know nothing of it', () => {
    const { Environment } = container(rabbit(), HOME, 'frontend');
    expect(names(Environment).filter((name) => name.startsWith('QUEUE_'))).toEqual([]);
  });
});

describe('a worker', () => {
  const size = (region: string) =>
    rabbit().only(`${region}-Service-worker`, 'Custom::HoldfastImageGate').Properties;

  it('has no task and no room for one in the region that does not lead', () => {
    for (const region of REGIONS)
      expect(size(region)).toMatchObject({ Serving: '10 10 50', Standby: '0 0 0' });
  });

  it('has none there either when the standby is full', () => {
    const full = variant('prodstack', { regions: { standby: { tier: 'full' } } });
    const of = (name: string) => full.services.find((one) => one.name === name)?.replicas.standby;
    expect(of('worker')).toMatchObject({ min: 0, desired: 0, max: 0 });
    expect(of('backend')).toMatchObject({ min: 5, max: 20 });
  });

  it('is every service without routes, with a queue or without, unless the file says that it does no harm everywhere', () => {
    const most = (patch: object) =>
      variant('prodstack', {
        services: { worker: { scaling: null, secrets: null, ...patch } },
      }).services.find(({ name }) => name === 'worker')?.replicas.standby.max;
    expect(most({})).toBe(0);
    expect(most({ queues: ['tasks'] })).toBe(0);
    expect(most({ runs: 'leader' })).toBe(0);
    expect(most({ runs: 'everywhere' })).toBe(50);
  });
});

describe('a clock that starts jobs', () => {
  const ecs = (region: string) => sqs().only(`${region}-Service-clock`, 'AWS::ECS::Service').Properties;

  it('has one task where the lead is and none elsewhere', () => {
    for (const region of REGIONS)
      expect(sqs().only(`${region}-Service-clock`, 'Custom::HoldfastImageGate').Properties).toMatchObject({
        Serving: '1 1 1',
        Standby: '0 0 0',
      });
  });

  it.each(REGIONS)('never runs twice: its old task stops before the new one starts, in %s', (region) => {
    expect(ecs(region)).toMatchObject({
      DeploymentConfiguration: { Strategy: 'ROLLING', MinimumHealthyPercent: 0, MaximumPercent: 100 },
      AvailabilityZoneRebalancing: 'DISABLED',
    });
  });
});

describe('scaling by a queue', () => {
  it('divides what waits and what is being worked on in a broker by the tasks that run and their target', () => {
    const { high, expression } = scalingView(rabbit(), HOME, 'worker');
    expect(expression('high')).toContain('(waiting+taken)/IF(FILL(tasks,0)<1,1,FILL(tasks,0))/100');
    const metrics = high.Metrics.flatMap(({ MetricStat }: { MetricStat?: { Metric: unknown } }) =>
      MetricStat ? [MetricStat.Metric] : [],
    );
    const Dimensions = [
      { Name: 'Broker', Value: 'prodstack-tasks' },
      { Name: 'VirtualHost', Value: '/' },
      { Name: 'Queue', Value: 'tasks' },
    ];
    expect(metrics).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ Namespace: 'AWS/AmazonMQ', MetricName: 'MessageReadyCount', Dimensions }),
        expect.objectContaining({ MetricName: 'MessageUnacknowledgedCount', Dimensions }),
        expect.objectContaining({ Namespace: 'ECS/ContainerInsights', MetricName: 'RunningTaskCount' }),
      ]),
    );
  });

  it('does the same with a queue of SQS', () => {
    const { high, expression } = scalingView(sqs(), HOME, 'worker');
    expect(expression('low')).toContain('(waiting+taken)/IF(FILL(tasks,0)<1,1,FILL(tasks,0))/100');
    expect(JSON.stringify(high.Metrics)).toContain('ApproximateNumberOfMessagesNotVisible');
  });

  it('goes up after a minute and down after five, in both regions by the sizes of the one that leads', () => {
    for (const region of REGIONS) {
      const { high, low } = scalingView(rabbit(), region, 'worker');
      expect([high.EvaluationPeriods, low.EvaluationPeriods]).toEqual([1, 5]);
    }
    const [home, standby] = REGIONS.map((region) => scalingView(rabbit(), region, 'worker'));
    expect(standby?.in).toEqual(home?.in);
  });
});

it('says which queue no service uses', () => {
  expect(platform('prodstack').notes.filter((note) => note.startsWith('queues.'))).toEqual([]);
  expect(variant('prodstack', { queues: { idle: { engine: 'sqs' } } }).notes).toContain(
    'queues.idle: no service uses it.',
  );
});
