import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type LocalAws, startLocalAws } from '../../local/aws-api';
import { regionAt } from '../../local/readback/aws';
import type { DeployedResource } from '../../local/readback/deployed';
import { brokers, queues } from '../../local/readback/facts-queues';
import { sayAtOnce, WITH_INSTALLATION_MS } from '../support/local-aws';
import { ACCOUNT, outputs, REGION, Stacks } from './support';

let api: LocalAws;
let stacks: Stacks;

beforeAll(async () => {
  api = await startLocalAws({ account: ACCOUNT, say: sayAtOnce });
  stacks = new Stacks(api);
}, WITH_INSTALLATION_MS);
afterAll(() => api?.stop());

const SETTINGS = {
  BrokerName: 'shop-tasks',
  EngineType: 'RABBITMQ',
  EngineVersion: '3.13',
  HostInstanceType: 'mq.m7g.large',
  DeploymentMode: 'CLUSTER_MULTI_AZ',
  PubliclyAccessible: false,
  SubnetIds: ['subnet-1', 'subnet-2', 'subnet-3'],
  AutoMinorVersionUpgrade: true,
  Logs: { General: true },
  MaintenanceWindowStartTime: { DayOfWeek: 'SUNDAY', TimeOfDay: '08:30', TimeZone: 'UTC' },
  Users: [{ Username: 'application', Password: 'of-no-importance-1' }],
};
const template = (more: object = {}) => ({
  Resources: { Broker: { Type: 'AWS::AmazonMQ::Broker', Properties: { ...SETTINGS, ...more } } },
  Outputs: { Endpoint: { Value: { 'Fn::Select': [0, { 'Fn::GetAtt': ['Broker', 'AmqpEndpoints'] }] } } },
});

describe('a broker of the local AWS API', () => {
  it('is made, changed and read back as the template says, with an endpoint of AMQP over TLS', async () => {
    const stack = await stacks.create('broker', template());
    expect(outputs(stack).Endpoint).toMatch(/^amqps:\/\/[\w.-]+:5671$/);
    await stacks.update('broker', template({ HostInstanceType: 'mq.m7g.xlarge' }));
    const region = regionAt(api.endpoint, ACCOUNT, REGION);
    expect(await brokers(region)).toMatchObject([
      { brokerName: 'shop-tasks', engineType: 'RABBITMQ', deploymentMode: 'CLUSTER_MULTI_AZ' },
    ]);
    const made: DeployedResource = {
      stack: 'broker',
      region: REGION,
      logicalId: 'Broker',
      physicalId: (await stacks.physicalId('broker', 'Broker')) ?? '',
      type: 'AWS::AmazonMQ::Broker',
      definition: { Type: 'AWS::AmazonMQ::Broker' },
      siblings: new Map(),
    };
    expect(await queues(region, [made])).toMatchObject([
      { queue: 'shop-tasks', status: 'RUNNING', class: 'mq.m7g.xlarge' },
    ]);
  });

  it('of RabbitMQ takes no key, as in AWS', async () => {
    const stack = await stacks.create(
      'broker-with-key',
      template({ EncryptionOptions: { UseAwsOwnedKey: true } }),
    );
    expect(stack.StackStatus).toBe('ROLLBACK_COMPLETE');
    expect(await stacks.failures('broker-with-key')).toEqual([
      expect.stringContaining('encryptionOptions is not supported for RabbitMQ brokers'),
    ]);
  });

  it('is made anew for another name, as in AWS', async () => {
    await stacks.create('broker-moved', template({ BrokerName: 'moved' }));
    const before = await stacks.physicalId('broker-moved', 'Broker');
    await stacks.update('broker-moved', template({ BrokerName: 'moved-again' }));
    expect(await stacks.physicalId('broker-moved', 'Broker')).not.toBe(before);
  });
});
