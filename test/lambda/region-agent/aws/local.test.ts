import {
  ApplicationAutoScalingClient,
  DescribeScalableTargetsCommand,
  RegisterScalableTargetCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { CreateSecurityGroupCommand, CreateVpcCommand, EC2Client } from '@aws-sdk/client-ec2';
import {
  CreateClusterCommand,
  CreateServiceCommand,
  DescribeServicesCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs';
import { CreateDBInstanceCommand, DescribeDBInstancesCommand, RDSClient } from '@aws-sdk/client-rds';
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { CreateTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { type AwsWorld, awsWorld, dataKeyAlias } from '../../../../lambda/region-agent/aws/world';
import { type AgentSettings, SERVING_TAG, STANDBY_TAG } from '../../../../lambda/region-agent/contract';
import { systemClock } from '../../../../lambda/runtime/clock';
import { clusterName, keyAlias } from '../../../../lib/config/names';
import { useLocalAws } from '../../../support/local-aws';
import { platform } from '../../../support/synth';

/** The agent's world against the local AWS API: home was left, and the standby leads. */
const HOME = 'us-east-1';
const STANDBY = 'us-west-2';
const ACCOUNT = '123456789012';
useLocalAws(HOME);

const settings: AgentSettings = {
  own: HOME,
  other: STANDBY,
  home: HOME,
  leaseSeconds: 60,
  enforceSeconds: 5,
  marginSeconds: 5,
  pollSeconds: 5,
  lagGateSeconds: 60,
  databaseOutageSeconds: 150,
  minimumSecondsBetweenMoves: 3_600,
  failOverOnApplicationOutage: false,
};
const replica = {
  account: ACCOUNT,
  instanceClass: 'db.r6g.large',
  multiAz: true,
  subnetGroup: 'shop-db',
  parameterGroup: 'shop-parameters',
  securityGroup: 'sg-database',
  keyArn: `arn:aws:kms:${HOME}:${ACCOUNT}:key/1`,
  monitoringRoleArn: `arn:aws:iam::${ACCOUNT}:role/shop-rds-monitoring`,
  maxAllocatedStorageGib: 500,
  retentionDays: 7,
  backupWindow: '04:00-05:00',
  maintenanceWindow: 'sun:05:30-sun:06:30',
  readReplicas: ['shop-db-read-1'],
};

const agent = {
  table: 'shop-leadership',
  tableRegions: `${HOME},${STANDBY}`,
  settings: JSON.stringify(settings),
  ownUrl: 'none',
  otherUrl: 'none',
  prober: 'shop-prober',
  witnessRegion: 'eu-west-1',
  topic: `arn:aws:sns:${HOME}:${ACCOUNT}:shop-on-call`,
  cluster: 'shop',
  secretPrefix: 'shop/',
};
const database = {
  host: 'localhost',
  port: '5432',
  name: 'shop',
  identifier: 'shop-db',
  secret: 'shop/database-agent',
  replica: JSON.stringify(replica),
};
const world = (topic = agent.topic): AwsWorld =>
  awsWorld({ agent: { ...agent, topic }, database }, settings, systemClock);

async function makeDatabase(region: string): Promise<void> {
  await new RDSClient({ region }).send(
    new CreateDBInstanceCommand({
      DBInstanceIdentifier: 'shop-db',
      DBInstanceClass: 'db.t4g.micro',
      Engine: 'postgres',
      MasterUsername: 'owner',
      MasterUserPassword: 'first-password',
      AllocatedStorage: 20,
    }),
  );
}

/** @returns the id of the region's quarantine group */
async function makeQuarantine(region: string): Promise<string> {
  const client = new EC2Client({ region });
  const { Vpc: vpc } = await client.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
  const made = await client.send(
    new CreateSecurityGroupCommand({ GroupName: 'shop-quarantine', Description: 'None', VpcId: vpc?.VpcId }),
  );
  return made.GroupId ?? '';
}

async function groupsOf(region: string, identifier: string): Promise<(string | undefined)[]> {
  const command = new DescribeDBInstancesCommand({ DBInstanceIdentifier: identifier });
  const { DBInstances: [instance] = [] } = await new RDSClient({ region }).send(command);
  return (instance?.VpcSecurityGroups ?? []).map(({ VpcSecurityGroupId }) => VpcSecurityGroupId);
}

describe('the services', () => {
  const make = async (region: string, serviceName: string, desiredCount: number): Promise<void> => {
    await new ECSClient({ region }).send(
      new CreateServiceCommand({
        cluster: 'shop',
        serviceName,
        desiredCount,
        taskDefinition: 'app',
        tags: [
          { key: SERVING_TAG, value: '2 3 10' },
          { key: STANDBY_TAG, value: '0 1 10' },
        ],
      }),
    );
  };
  const limits = async (region: string): Promise<(number | undefined)[][]> => {
    const client = new ApplicationAutoScalingClient({ region });
    const found = await client.send(new DescribeScalableTargetsCommand({ ServiceNamespace: 'ecs' }));
    return (found.ScalableTargets ?? []).map(({ MinCapacity, MaxCapacity }) => [MinCapacity, MaxCapacity]);
  };
  const desired = async (region: string, service: string): Promise<number | undefined> => {
    const command = new DescribeServicesCommand({ cluster: 'shop', services: [service] });
    return (await new ECSClient({ region }).send(command)).services?.[0]?.desiredCount;
  };

  beforeAll(async () => {
    for (const region of [HOME, STANDBY]) {
      const client = new ECSClient({ region });
      const containerDefinitions = [{ name: 'app', image: 'shop/app:v1', memory: 128 }];
      await client.send(new RegisterTaskDefinitionCommand({ family: 'app', containerDefinitions }));
    }
  });

  it('of no cluster are none', async () => {
    await expect(world().fleet.observe()).resolves.toEqual({ services: [] });
  });

  it('are raised and lowered with the limits of their scaling, however many they are', async () => {
    await new ECSClient({ region: HOME }).send(new CreateClusterCommand({ clusterName: 'shop' }));
    for (let index = 0; index < 11; index += 1) await make(HOME, `web-${index}`, 1);
    await new ApplicationAutoScalingClient({ region: HOME }).send(
      new RegisterScalableTargetCommand({
        ServiceNamespace: 'ecs',
        ResourceId: 'service/shop/web-0',
        ScalableDimension: 'ecs:service:DesiredCount',
        MinCapacity: 0,
        MaxCapacity: 10,
      }),
    );
    const { fleet } = world();
    expect((await fleet.observe()).services).toHaveLength(11);
    await fleet.scaleUp();
    expect(new Set((await fleet.observe()).services.map((one) => one.desired))).toEqual(new Set([3]));
    await expect(limits(HOME)).resolves.toEqual([[2, 10]]);
    await fleet.scaleDown();
    expect(new Set((await fleet.observe()).services.map((one) => one.desired))).toEqual(new Set([1]));
    await expect(limits(HOME)).resolves.toEqual([[0, 10]]);
  });

  it('of the other side are stopped, and its database is moved out of reach', async () => {
    await new ECSClient({ region: STANDBY }).send(new CreateClusterCommand({ clusterName: 'shop' }));
    await make(STANDBY, 'web', 3);
    await makeDatabase(STANDBY);
    const group = await makeQuarantine(STANDBY);
    await world().otherSide.close();
    await expect(desired(STANDBY, 'web')).resolves.toBe(0);
    await expect(groupsOf(STANDBY, 'shop-db')).resolves.toEqual([group]);
    await expect(desired(HOME, 'web-0')).resolves.toBe(1);
  });

  it('of the own side are not known to do as well while nobody can ask for their health', async () => {
    await expect(world().prober.ownSide()).rejects.toThrow('no health path');
  });
});

describe('the database', () => {
  it('is taken through the recipe of the failback, each step twice', async () => {
    await makeDatabase(HOME);
    const group = await makeQuarantine(HOME);
    const { managed } = world();
    const rebuild = managed?.rebuild;
    await expect(managed?.instance.describe()).resolves.toEqual({ status: 'available', source: null });
    const twice = async (step: () => Promise<void> | undefined): Promise<void> => {
      await step();
      await step();
    };
    await twice(() => rebuild?.snapshot(1));
    await expect(rebuild?.observe(1)).resolves.toMatchObject({
      snapshot: 'available',
      quarantine: undefined,
    });
    await twice(() => rebuild?.quarantine(1));
    await expect(groupsOf(HOME, 'shop-db-quarantine-e1')).resolves.toEqual([group]);
    await expect(rebuild?.observe(1)).resolves.toMatchObject({
      instance: undefined,
      quarantine: { status: 'available', source: null },
      missingReadReplicas: ['shop-db-read-1'],
    });
  });
});

describe('the secrets', () => {
  const current = async (region: string, SecretId: string): Promise<string | undefined> =>
    (await new SecretsManagerClient({ region }).send(new GetSecretValueCommand({ SecretId }))).SecretString;

  it('get the values of the side that leads and are copied again, without that of the cache', async () => {
    for (const [region, value] of [
      [HOME, 'old'],
      [STANDBY, 'new'],
    ] as const) {
      const client = new SecretsManagerClient({ region });
      for (const Name of ['shop/database', 'shop/cache']) {
        await client.send(new CreateSecretCommand({ Name, SecretString: value }));
      }
    }
    const { secrets } = world();
    await secrets.reattach();
    await secrets.reattach();
    await expect(current(HOME, 'shop/database')).resolves.toBe('new');
    await expect(current(HOME, 'shop/cache')).resolves.toBe('old');
    const listed = await new SecretsManagerClient({ region: STANDBY }).send(new ListSecretsCommand({}));
    const primaries = listed.SecretList?.filter(({ Name }) => Name === 'shop/database');
    expect(primaries?.map(({ PrimaryRegion }) => PrimaryRegion)).toContain(HOME);
  });

  it('that are no copies need no detaching', async () => {
    await expect(world().secrets.detach()).resolves.toBeUndefined();
  });
});

describe('the person on call', () => {
  it('is paged through the topic, and an absent topic is an error', async () => {
    const { TopicArn: topic } = await new SNSClient({ region: HOME }).send(
      new CreateTopicCommand({ Name: 'shop-on-call' }),
    );
    await expect(world(topic).pager.page('Hello', 'A sentence.')).resolves.toBeUndefined();
    await expect(world(`${topic}-gone`).pager.page('Hello', 'A sentence.')).rejects.toThrow(
      'Paging the person on call ("Hello") failed',
    );
  });
});

describe('the world', () => {
  it('knows the platform by the names that the platform has', () => {
    const target = platform('prodstack');
    expect(clusterName(target)).toBe(target.name);
    expect(dataKeyAlias(target.name)).toBe(keyAlias(target, 'data'));
  });

  it('has no database to fence where none is managed, and ends without one', async () => {
    const bare = awsWorld({ agent }, settings, systemClock);
    expect(bare.managed).toBeUndefined();
    await expect(bare.end()).resolves.toBeUndefined();
  });
});
