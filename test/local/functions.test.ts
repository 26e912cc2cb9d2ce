import { CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient, ScanCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { GetHealthCheckStatusCommand, Route53Client } from '@aws-sdk/client-route-53';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ENVIRONMENT as ENDPOINT, STANDBY_LEADS_PATH } from '../../lambda/leadership-endpoint/contract';
import { RESOURCE_TYPE, ENVIRONMENT as SETUP } from '../../lambda/leadership-setup/contract';
import { bundle } from '../../lib/functions/bundle';
import { type LocalAws, startLocalAws } from '../../local/aws-api';
import { sayAtOnce, WITH_INSTALLATION_MS } from '../support/local-aws';
import { ACCOUNT, codeOf, outputs, Stacks, type Template } from './support';

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

const role = {
  Type: 'AWS::IAM::Role',
  Properties: { AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [] } },
};
const lambda = (Code: object, Variables: object = {}, Timeout = 20): object => ({
  Type: 'AWS::Lambda::Function',
  Properties: {
    Handler: 'index.handler',
    Runtime: 'nodejs24.x',
    Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
    Timeout,
    Code,
    Environment: { Variables },
  },
});

/** A provider that answers with what it was asked; it fails, dawdles or stays silent on request. */
const PROVIDER = `
exports.handler = async (event, context) => {
  const { Mode = 'succeed', Text = '' } = event.ResourceProperties;
  console.log('asked for', event.RequestType, Mode, process.env.COLOUR, context.getRemainingTimeInMillis() > 0);
  if (Mode === 'hang') await new Promise((done) => setTimeout(done, 60000));
  if (Mode === 'silent') return;
  const failed = Mode === 'fail';
  const before = (event.OldResourceProperties ?? {}).Text;
  await fetch(event.ResponseURL, { method: 'PUT', body: JSON.stringify({
    Status: failed ? 'FAILED' : 'SUCCESS', Reason: failed ? 'the provider refuses' : '',
    PhysicalResourceId: event.PhysicalResourceId ?? 'made-by-create',
    StackId: event.StackId, RequestId: event.RequestId, LogicalResourceId: event.LogicalResourceId,
    Data: { Request: event.RequestType, Text, Before: before, Colour: process.env.COLOUR, Type: typeof event.ResourceProperties.Number },
  }) });
};`;

describe('a custom resource', () => {
  const template = async (properties: object, timeout = 20): Promise<Template> => ({
    Resources: {
      Role: role,
      Function: lambda(await stacks.upload(PROVIDER), { COLOUR: 'green' }, timeout),
      Custom: {
        Type: 'Custom::HoldfastTest',
        Properties: { ServiceToken: { 'Fn::GetAtt': ['Function', 'Arn'] }, Number: 7, ...properties },
      },
    },
    Outputs: Object.fromEntries(
      ['Request', 'Text', 'Colour', 'Type'].map((name) => [
        name,
        { Value: { 'Fn::GetAtt': ['Custom', name] } },
      ]),
    ),
  });

  it('runs its deployed code with its deployed environment and gives its data to the template', async () => {
    const stack = await stacks.create('custom', await template({ Text: 'one' }));
    expect(outputs(stack)).toEqual({ Request: 'Create', Text: 'one', Colour: 'green', Type: 'string' });
    expect(await stacks.physicalId('custom', 'Custom')).toBe('made-by-create');
  });

  it('gets an update with the properties of before, and only if its properties changed', async () => {
    const updated = await stacks.update('custom', await template({ Text: 'two' }));
    expect(outputs(updated)).toMatchObject({ Request: 'Update', Text: 'two' });
    const again = await template({ Text: 'two' });
    const other = { Type: 'AWS::SSM::Parameter', Properties: { Type: 'String', Value: 'x' } };
    const untouched = await stacks.update('custom', {
      ...again,
      Resources: { ...again.Resources, Other: other },
    });
    expect(outputs(untouched)).toMatchObject({ Request: 'Update', Text: 'two' });
    expect(untouched.StackStatus).toBe('UPDATE_COMPLETE');
  });

  it('is asked to delete when its stack goes', async () => {
    expect((await stacks.delete('custom')).StackStatus).toBe('DELETE_COMPLETE');
  });

  it('fails the stack with the reason that it gives', async () => {
    const stack = await stacks.create('failing', await template({ Mode: 'fail' }));
    expect(stack.StackStatus).toBe('ROLLBACK_COMPLETE');
    expect((await stacks.failures('failing'))[0]).toMatch(/the provider refuses/);
  });

  it('fails the stack with the log of a function that gives no answer', async () => {
    const stack = await stacks.create('silent', await template({ Mode: 'silent' }));
    expect(stack.StackStatus).toBe('ROLLBACK_COMPLETE');
    expect((await stacks.failures('silent'))[0]).toMatch(
      /without an answer.*asked for Create silent green true/,
    );
  });

  it('is ended at its timeout', async () => {
    const stack = await stacks.create('hanging', await template({ Mode: 'hang' }, 2));
    expect(stack.StackStatus).toBe('ROLLBACK_COMPLETE');
    expect((await stacks.failures('hanging'))[0]).toMatch(/within its timeout of 2 s/);
  });
});

describe('health checks on the leadership endpoint', () => {
  const TABLE = 'leadership';
  const REGIONS = ['us-east-1', 'us-west-2', 'us-east-2'];
  const domain = 'leader.example.com';
  const check = (HealthCheckConfig: object): object => ({
    Type: 'AWS::Route53::HealthCheck',
    Properties: { HealthCheckConfig },
  });
  const arn = (name: string): object => ({ 'Fn::GetAtt': [name, 'Arn'] });
  const ids: Record<string, string> = {};

  beforeAll(async () => {
    const table = { [SETUP.table]: TABLE, [SETUP.tableRegions]: REGIONS.join(',') };
    const endpoint = {
      [ENDPOINT.table]: TABLE,
      [ENDPOINT.tableRegions]: REGIONS.join(','),
      [ENDPOINT.standbyRegion]: 'us-west-2',
    };
    const stack = await stacks.create('endpoint', {
      Resources: {
        Role: role,
        Table: {
          Type: 'AWS::DynamoDB::GlobalTable',
          Properties: {
            TableName: TABLE,
            BillingMode: 'PAY_PER_REQUEST',
            AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
            KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
            MultiRegionConsistency: 'STRONG',
            Replicas: REGIONS.map((Region) => ({ Region })),
          },
        },
        Setup: lambda(await stacks.upload(codeOf(bundle('leadership-setup').directory)), table),
        Record: {
          Type: RESOURCE_TYPE,
          DependsOn: 'Table',
          Properties: {
            ServiceToken: arn('Setup'),
            HomeRegion: 'us-east-1',
            LeaseSeconds: '60',
            EnforceSeconds: '5',
          },
        },
        Endpoint: lambda(await stacks.upload(codeOf(bundle('leadership-endpoint').directory)), endpoint),
        Certificate: {
          Type: 'AWS::CertificateManager::Certificate',
          Properties: {
            DomainName: domain,
            ValidationMethod: 'DNS',
            DomainValidationOptions: [{ DomainName: domain, HostedZoneId: 'ZONE1' }],
          },
        },
        Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'api', ProtocolType: 'HTTP' } },
        Integration: {
          Type: 'AWS::ApiGatewayV2::Integration',
          Properties: {
            ApiId: { Ref: 'Api' },
            IntegrationType: 'AWS_PROXY',
            IntegrationUri: arn('Endpoint'),
            PayloadFormatVersion: '2.0',
          },
        },
        Route: {
          Type: 'AWS::ApiGatewayV2::Route',
          Properties: {
            ApiId: { Ref: 'Api' },
            RouteKey: `GET ${STANDBY_LEADS_PATH}`,
            Target: { 'Fn::Join': ['/', ['integrations', { Ref: 'Integration' }]] },
          },
        },
        Stage: {
          Type: 'AWS::ApiGatewayV2::Stage',
          Properties: { ApiId: { Ref: 'Api' }, StageName: '$default', AutoDeploy: true },
        },
        Domain: {
          Type: 'AWS::ApiGatewayV2::DomainName',
          Properties: {
            DomainName: domain,
            DomainNameConfigurations: [{ CertificateArn: { Ref: 'Certificate' }, EndpointType: 'REGIONAL' }],
          },
        },
        Mapping: {
          Type: 'AWS::ApiGatewayV2::ApiMapping',
          Properties: { ApiId: { Ref: 'Api' }, DomainName: { Ref: 'Domain' }, Stage: { Ref: 'Stage' } },
        },
        Answers: check({
          Type: 'HTTPS',
          FullyQualifiedDomainName: domain,
          ResourcePath: STANDBY_LEADS_PATH,
          RequestInterval: 10,
          FailureThreshold: 2,
        }),
        Elsewhere: check({
          Type: 'HTTPS',
          FullyQualifiedDomainName: 'balancer.example.com',
          ResourcePath: '/health',
          RequestInterval: 10,
          FailureThreshold: 2,
        }),
        StandbyLeads: check({
          Type: 'CALCULATED',
          ChildHealthChecks: [{ Ref: 'Answers' }],
          HealthThreshold: 1,
        }),
        HomeLeads: check({
          Type: 'CALCULATED',
          ChildHealthChecks: [{ Ref: 'StandbyLeads' }],
          HealthThreshold: 1,
          Inverted: true,
        }),
      },
      Outputs: Object.fromEntries(
        ['Answers', 'Elsewhere', 'StandbyLeads', 'HomeLeads'].map((name) => [name, { Value: { Ref: name } }]),
      ),
    });
    expect(await stacks.failures('endpoint')).toEqual([]);
    Object.assign(ids, outputs(stack));
  });

  const observed = async (name: string): Promise<string[]> => {
    const command = new GetHealthCheckStatusCommand({ HealthCheckId: ids[name] });
    const { HealthCheckObservations } = await new Route53Client(stacks.config).send(command);
    return (HealthCheckObservations ?? []).map((one) => one.StatusReport?.Status ?? '');
  };
  const metric = async (name: string): Promise<number | undefined> => {
    const now = Date.now();
    const { Datapoints } = await new CloudWatchClient(stacks.config).send(
      new GetMetricStatisticsCommand({
        Namespace: 'AWS/Route53',
        MetricName: 'HealthCheckStatus',
        Dimensions: [{ Name: 'HealthCheckId', Value: ids[name] ?? '' }],
        StartTime: new Date(now - 120_000),
        EndTime: new Date(now + 60_000),
        Period: 60,
        Statistics: ['Minimum'],
      }),
    );
    return Datapoints?.sort((a, b) => Number(b.Timestamp) - Number(a.Timestamp))[0]?.Minimum;
  };
  const until = async (holds: () => Promise<boolean>): Promise<void> => {
    while (!(await holds())) await new Promise((done) => setTimeout(done, 200));
  };

  it('see 503 from the deployed function while home leads', async () => {
    await until(async () => (await metric('HomeLeads')) === 1);
    const reports = await observed('Answers');
    expect(reports.length).toBeGreaterThanOrEqual(3);
    expect(new Set(reports)).toEqual(new Set(['Failure: HTTP Status Code 503, Service Unavailable']));
    expect([await metric('Answers'), await metric('StandbyLeads')]).toEqual([0, 0]);
  });

  it('see 200 as soon as the record names the standby, written through any replica', async () => {
    const there = new DynamoDBClient({ ...stacks.config, region: 'us-east-2' });
    await there.send(
      new UpdateItemCommand({
        TableName: TABLE,
        Key: { pk: { S: 'leadership' } },
        UpdateExpression: 'SET holder = :standby',
        ExpressionAttributeValues: { ':standby': { S: 'us-west-2' } },
      }),
    );
    const { Items } = await new DynamoDBClient(stacks.config).send(new ScanCommand({ TableName: TABLE }));
    expect(Items?.[0]?.holder).toEqual({ S: 'us-west-2' });
    await until(async () => (await metric('StandbyLeads')) === 1);
    expect(new Set(await observed('Answers'))).toEqual(new Set(['Success: HTTP Status Code 200, OK']));
    expect(await metric('HomeLeads')).toBe(0);
  });

  it('say nothing of a target that cannot run here', async () => {
    expect(await observed('Elsewhere')).toEqual([]);
    expect(await metric('Elsewhere')).toBeUndefined();
  });
});
