import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { UpdateTerminationProtectionCommand } from '@aws-sdk/client-cloudformation';
import { DescribeServicesCommand, DescribeTaskDefinitionCommand, ECSClient } from '@aws-sdk/client-ecs';
import { DescribeDBInstancesCommand, RDSClient } from '@aws-sdk/client-rds';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type LocalAws, startLocalAws } from '../../local/aws-api';
import { READABLE } from '../../local/readback/verify';
import { sayAtOnce, WITH_INSTALLATION_MS } from '../support/local-aws';
import { ACCOUNT, outputs, Stacks, type Template } from './support';

let api: LocalAws;
let stacks: Stacks;

beforeAll(async () => {
  api = await startLocalAws({
    account: ACCOUNT,
    say: sayAtOnce,
    hostedZones: [{ id: 'ZONE1', name: 'example.com' }],
  });
  stacks = new Stacks(api);
}, WITH_INSTALLATION_MS);
afterAll(() => api?.stop());

const parameter = (Value: unknown, more: object = {}): object => ({
  Type: 'AWS::SSM::Parameter',
  Properties: { Type: 'String', Value },
  ...more,
});
const stored = async (Name: string | undefined): Promise<string | undefined> =>
  (await new SSMClient(stacks.config).send(new GetParameterCommand({ Name }))).Parameter?.Value;

describe('the list of types', () => {
  it('names what is accepted without a service behind it, and nothing else', async () => {
    const { acceptedNotVerified } = await api.types();
    expect(acceptedNotVerified).toEqual([
      'AWS::Backup::BackupSelection',
      'AWS::CDK::Metadata',
      'AWS::CloudFormation::LambdaHook',
      'AWS::CloudFront::CachePolicy',
      'AWS::CloudFront::Distribution',
      'AWS::CloudFront::ResponseHeadersPolicy',
      'AWS::ECR::PullThroughCacheRule',
      'AWS::ElastiCache::ParameterGroup',
      'AWS::FIS::ExperimentTemplate',
    ]);
  });

  it('can read back every type that has a service', async () => {
    const { withBackend } = await api.types();
    const custom = 'AWS::CloudFormation::CustomResource';
    expect(withBackend.filter((type) => type !== custom && !READABLE.includes(type))).toEqual([]);
    expect(withBackend.length).toBeGreaterThan(70);
  });
});

describe('docs/local-api.md', () => {
  it('lists every type, and the accepted ones apart', async () => {
    const text = readFileSync(resolve(__dirname, '../../docs/local-api.md'), 'utf8');
    const [before = '', after = ''] = text.split('**With a service behind them**');
    const named = (part: string): string[] =>
      [...part.matchAll(/`(AWS::\w+::\w+)`/g)].map((one) => one[1] ?? '').sort();
    const { withBackend, acceptedNotVerified } = await api.types();
    expect(named(before)).toEqual(acceptedNotVerified);
    expect(named(after)).toEqual([...withBackend].sort());
  });
});

describe('what is not known', () => {
  it('refuses a template with an unknown type before anything is made', async () => {
    const template = {
      Resources: { A: parameter('a'), B: { Type: 'AWS::Athena::WorkGroup', Properties: {} } },
    };
    await expect(stacks.create('unknown-type', template)).rejects.toThrow(
      /Unrecognized resource types: \[AWS::Athena::WorkGroup\].*no catch-all/,
    );
    await expect(stacks.describe('unknown-type')).rejects.toThrow(/does not exist/);
  });

  it('fails a stack for a property that no call of the service takes, and takes back what was made', async () => {
    const template = {
      Resources: {
        First: { ...parameter('a'), Properties: { Type: 'String', Value: 'a', Name: '/taken-back' } },
        Queue: {
          Type: 'AWS::RDS::DBSubnetGroup',
          DependsOn: 'First',
          Properties: { Colour: 'red', SubnetIds: [] },
        },
      },
    };
    const stack = await stacks.create('unknown-property', template);
    expect(stack.StackStatus).toBe('ROLLBACK_COMPLETE');
    expect(await stacks.failures('unknown-property')).toEqual([
      expect.stringContaining('Colour: the API operation has no such parameter'),
    ]);
    await expect(stored('/taken-back')).rejects.toThrow(/not found/i);
  });

  it('fails a stack for an attribute that a type does not have', async () => {
    const stack = await stacks.create('unknown-attribute', {
      Resources: { A: parameter('a'), B: parameter({ 'Fn::GetAtt': ['A', 'Colour'] }) },
    });
    expect(stack.StackStatus).toBe('ROLLBACK_COMPLETE');
    expect((await stacks.failures('unknown-attribute'))[0]).toMatch(/does not support attribute type Colour/);
  });
});

describe('a stack', () => {
  it('passes values by export and import, and keeps an export that is in use', async () => {
    const exporting = await stacks.create('exporting', {
      Resources: { A: parameter('shared') },
      Outputs: { Shared: { Value: { 'Fn::GetAtt': ['A', 'Value'] }, Export: { Name: 'the-value' } } },
    });
    expect(outputs(exporting)).toEqual({ Shared: 'shared' });
    await stacks.create('importing', { Resources: { B: parameter({ 'Fn::ImportValue': 'the-value' }) } });
    expect(await stored(await stacks.physicalId('importing', 'B'))).toBe('shared');
    await expect(stacks.delete('exporting')).rejects.toThrow(/in use by importing/);
  });

  it('evaluates conditions, substitutions and parameters from the parameter store', async () => {
    await stacks.create('store', {
      Resources: {
        A: { Type: 'AWS::SSM::Parameter', Properties: { Name: '/version', Type: 'String', Value: '21' } },
      },
    });
    const stack = await stacks.create('functions', {
      Parameters: { Version: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/version' } },
      Conditions: { Old: { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'Version' }, '21'] }] } },
      Resources: {
        A: parameter({
          // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation's own placeholders
          'Fn::Sub': ['${AWS::Region} ${Version} ${X}', { X: { 'Fn::Join': ['-', ['a', 'b']] } }],
        }),
        B: parameter('never', { Condition: 'Old' }),
      },
      Outputs: { Chosen: { Value: { 'Fn::If': ['Old', 'old', { 'Fn::GetAtt': ['A', 'Value'] }] } } },
    });
    expect(outputs(stack)).toEqual({ Chosen: 'us-east-1 21 a-b' });
    expect(await stacks.physicalId('functions', 'B')).toBeUndefined();
  });

  it('puts the value of a secret where a reference to it stands, and never into its own record', async () => {
    const GenerateSecretString = {
      SecretStringTemplate: '{"username":"owner"}',
      GenerateStringKey: 'password',
    };
    const secret = {
      Type: 'AWS::SecretsManager::Secret',
      Properties: { Name: 'owner', GenerateSecretString },
    };
    const reference = {
      'Fn::Join': ['', ['{{resolve:secretsmanager:', { Ref: 'Secret' }, ':SecretString:password::}}']],
    };
    await stacks.create('secrets', { Resources: { Secret: secret, Copy: parameter(reference) } });
    const { SecretString } = await new SecretsManagerClient(stacks.config).send(
      new GetSecretValueCommand({ SecretId: 'owner' }),
    );
    const { password } = JSON.parse(SecretString ?? '{}') as { password: string };
    expect(password.length).toBeGreaterThan(20);
    expect(await stored(await stacks.physicalId('secrets', 'Copy'))).toBe(password);
  });

  it('changes nothing when the template is the same', async () => {
    const template = { Resources: { A: parameter('a') } };
    await stacks.create('same', template);
    await expect(stacks.update('same', template)).rejects.toThrow(/No updates are to be performed/);
  });

  it('replaces what cannot change in place, and updates what refers to it', async () => {
    const template = (Name: string): Template => ({
      Resources: {
        A: { Type: 'AWS::SSM::Parameter', Properties: { Name, Type: 'String', Value: 'a' } },
        B: parameter({ Ref: 'A' }),
      },
    });
    await stacks.create('replacing', template('/before'));
    const stack = await stacks.update('replacing', template('/after'));
    expect(stack.StackStatus).toBe('UPDATE_COMPLETE');
    expect(await stored(await stacks.physicalId('replacing', 'B'))).toBe('/after');
    await expect(stored('/before')).rejects.toThrow(/not found/i);
  });

  it('returns to what was when an update fails', async () => {
    await stacks.create('returning', { Resources: { A: parameter('before') } });
    const stack = await stacks.update('returning', {
      Resources: { A: parameter('after'), B: parameter({ 'Fn::GetAtt': ['A', 'Nothing'] }) },
    });
    expect(stack.StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(await stored(await stacks.physicalId('returning', 'A'))).toBe('before');
  });

  it('keeps what is retained, except on its first creation', async () => {
    const kept = (Name: string): object => ({
      Type: 'AWS::SSM::Parameter',
      DeletionPolicy: 'RetainExceptOnCreate',
      Properties: { Name, Type: 'String', Value: 'kept' },
    });
    const failing = { ...parameter({ 'Fn::GetAtt': ['A', 'Nothing'] }) };
    await stacks.create('kept-failing', { Resources: { A: kept('/kept-1'), B: failing } });
    await expect(stored('/kept-1')).rejects.toThrow(/not found/i);
    await stacks.create('kept', { Resources: { A: kept('/kept-2') } });
    expect((await stacks.delete('kept')).StackStatus).toBe('DELETE_COMPLETE');
    expect(await stored('/kept-2')).toBe('kept');
  });

  it('is not deleted while it is protected', async () => {
    await stacks.create('protected', { Resources: { A: parameter('a') } });
    const StackName = 'protected';
    await stacks.cloudFormation.send(
      new UpdateTerminationProtectionCommand({ StackName, EnableTerminationProtection: true }),
    );
    await expect(stacks.delete(StackName)).rejects.toThrow(/TerminationProtection is enabled/);
  });
});

describe('services behind the types', () => {
  it('gives a new image a new revision and the service the new revision, with its count as it runs', async () => {
    const ecs = new ECSClient(stacks.config);
    const template = (Image: string): Template => ({
      Resources: {
        Cluster: { Type: 'AWS::ECS::Cluster', Properties: { ClusterName: 'c' } },
        Task: {
          Type: 'AWS::ECS::TaskDefinition',
          Properties: {
            Family: 'f',
            Cpu: '256',
            Memory: '512',
            ContainerDefinitions: [{ Name: 'x', Image }],
          },
        },
        Service: {
          Type: 'AWS::ECS::Service',
          Properties: {
            Cluster: { Ref: 'Cluster' },
            ServiceName: 's',
            TaskDefinition: { Ref: 'Task' },
            DesiredCount: 2,
            DeploymentConfiguration: {
              MinimumHealthyPercent: 66,
              DeploymentCircuitBreaker: { Enable: true, Rollback: true },
            },
          },
        },
      },
    });
    await stacks.create('service', template('image:1'));
    await stacks.update('service', template('image:2'));
    expect(await stacks.failures('service')).toEqual([]);
    const found = await ecs.send(new DescribeServicesCommand({ cluster: 'c', services: ['s'] }));
    const service = found.services?.[0];
    const described = await ecs.send(
      new DescribeTaskDefinitionCommand({ taskDefinition: service?.taskDefinition }),
    );
    expect(service).toMatchObject({
      desiredCount: 2,
      deploymentConfiguration: { minimumHealthyPercent: 66 },
    });
    expect(described.taskDefinition).toMatchObject({
      revision: 2,
      containerDefinitions: [{ image: 'image:2' }],
    });
  });

  it('makes a replica in another region from a source that it names by ARN', async () => {
    const away = new Stacks(api, 'us-west-2');
    const database = (Properties: object): Template => ({
      Resources: {
        Db: { Type: 'AWS::RDS::DBInstance', Properties: { DBInstanceIdentifier: 'db', ...Properties } },
      },
    });
    const source = {
      Engine: 'postgres',
      DBInstanceClass: 'db.m7g.large',
      AllocatedStorage: '20',
      MasterUsername: 'o',
      MasterUserPassword: 'secret-secret',
      BackupRetentionPeriod: 7,
    };
    await stacks.create('source', database(source));
    const SourceDBInstanceIdentifier = `arn:aws:rds:us-east-1:${ACCOUNT}:db:db`;
    const replica = { SourceDBInstanceIdentifier, DBInstanceClass: 'db.m7g.large' };
    const refused = await away.create('replica-without-key', database(replica));
    expect(refused.StackStatus).toBe('ROLLBACK_COMPLETE');
    await away.create('replica', database({ ...replica, KmsKeyId: 'alias/key' }));
    const { DBInstances } = await new RDSClient(away.config).send(new DescribeDBInstancesCommand({}));
    expect(DBInstances?.[0]?.ReadReplicaSourceDBInstanceIdentifier).toBe(SourceDBInstanceIdentifier);
    // As RDS does, whatever the source has.
    expect(DBInstances?.[0]?.BackupRetentionPeriod).toBe(0);
  });
});
