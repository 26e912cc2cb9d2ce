import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:tls';
import { CloudFormationClient, CreateStackCommand } from '@aws-sdk/client-cloudformation';
import {
  ChangeResourceRecordSetsCommand,
  CreateHealthCheckCommand,
  CreateHostedZoneCommand,
  type ResourceRecordSet,
  Route53Client,
} from '@aws-sdk/client-route-53';
import {
  CreateSecretCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { clients } from '../../../bin/checks/aws/call';
import { databases } from '../../../bin/operate/aws/databases';
import { deployed } from '../../../bin/operate/aws/deployed';
import { secretStatuses } from '../../../bin/operate/aws/secrets';
import { traffic } from '../../../bin/operate/aws/traffic';
import { BadCertificate, servedCertificates } from '../../../bin/operate/certificates';
import { selfSigned } from '../../support/certificate';
import { useLocalAws } from '../../support/local-aws';
import { makeDatabases } from './local-platform';
import { HOME, STANDBY } from './records';

useLocalAws(HOME);
const shared = clients();

describe('RDS', () => {
  beforeAll(makeDatabases);
  it('tells a primary from a replica, and from nothing', async () => {
    const port = databases(shared);
    expect(await port.describe(HOME, 'demo-db')).toMatchObject({
      status: 'available',
      source: null,
      engineVersion: '17.6',
    });
    expect(await port.describe(STANDBY, 'demo-db')).toMatchObject({
      source: expect.stringContaining('demo-db'),
    });
    expect(await port.describe(HOME, 'other-db')).toBeUndefined();
  });
});

describe('Secrets Manager', () => {
  it('tells the current version of a secret, that it has none, and that there is no secret', async () => {
    const port = secretStatuses(shared);
    const manager = new SecretsManagerClient({ region: HOME });
    await manager.send(new CreateSecretCommand({ Name: 'demo/empty' }));
    await manager.send(
      new CreateSecretCommand({
        Name: 'demo/full',
        AddReplicaRegions: [{ Region: STANDBY }],
        SecretString: 'a',
      }),
    );
    const { VersionId } = await manager.send(
      new PutSecretValueCommand({ SecretId: 'demo/full', SecretString: 'b' }),
    );
    const full = await port.status(HOME, 'demo/full');
    expect(full?.current).toBe(VersionId);
    expect([...(full?.copies ?? [])]).toEqual([[STANDBY, 'InSync']]);
    expect(await port.status(HOME, 'demo/empty')).toMatchObject({ current: undefined });
    expect(await port.status(HOME, 'demo/none')).toBeUndefined();
  });
});

describe('CloudFormation', () => {
  it('tells the template and the resources of a stack, and that there is no stack', async () => {
    const port = deployed(shared);
    const TemplateBody = JSON.stringify({
      Resources: { Jobs: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'jobs' } } },
    });
    await new CloudFormationClient({ region: HOME }).send(
      new CreateStackCommand({ StackName: 'Demo', TemplateBody }),
    );
    expect(JSON.parse((await port.template(HOME, 'Demo')) ?? '')).toEqual(JSON.parse(TemplateBody));
    expect(await port.resources(HOME, 'Demo', 'AWS::SQS::Queue')).toEqual([expect.stringContaining('jobs')]);
    expect(await port.resources(HOME, 'Demo', 'AWS::KMS::Alias')).toEqual([]);
    expect(await port.template(HOME, 'Other')).toBeUndefined();
    expect(await port.resources(HOME, 'Other', 'AWS::SQS::Queue')).toBeUndefined();
  });
});

describe('Route 53', () => {
  it('tells failover records and health checks', async () => {
    const route53 = new Route53Client({ region: HOME });
    const check = async (
      HealthCheckConfig: CreateHealthCheckCommand['input']['HealthCheckConfig'],
      CallerReference: string,
    ) => {
      const made = await route53.send(new CreateHealthCheckCommand({ CallerReference, HealthCheckConfig }));
      return made.HealthCheck?.Id ?? '';
    };
    const endpoint = await check(
      {
        Type: 'HTTPS',
        FullyQualifiedDomainName: 'leader.example.com',
        ResourcePath: '/standby-leads',
        Port: 443,
        RequestInterval: 10,
        FailureThreshold: 3,
      },
      'a',
    );
    const opposite = await check(
      { Type: 'CALCULATED', ChildHealthChecks: [endpoint], HealthThreshold: 1, Inverted: true },
      'b',
    );
    const { HostedZone } = await route53.send(
      new CreateHostedZoneCommand({ Name: 'example.com', CallerReference: 'c' }),
    );
    const zone = (HostedZone?.Id ?? '').replace('/hostedzone/', '');
    const record: ResourceRecordSet = {
      Name: 'demo.example.com',
      Type: 'A',
      SetIdentifier: 'home',
      Failover: 'PRIMARY',
      HealthCheckId: opposite,
      AliasTarget: { DNSName: 'home.demo.example.com', HostedZoneId: zone, EvaluateTargetHealth: false },
    };
    await route53.send(
      new ChangeResourceRecordSetsCommand({
        HostedZoneId: zone,
        ChangeBatch: { Changes: [{ Action: 'CREATE', ResourceRecordSet: record }] },
      }),
    );
    const port = traffic(shared);
    expect(await port.failoverRecords(zone, 'demo.example.com')).toEqual([
      { role: 'PRIMARY', target: 'home.demo.example.com', evaluatesTarget: false, healthCheck: opposite },
    ]);
    expect(await port.failoverRecords(zone, 'other.example.com')).toEqual([]);
    expect(await port.healthCheck(endpoint)).toEqual({
      kind: 'asked',
      host: 'leader.example.com',
      path: '/standby-leads',
      intervalSeconds: 10,
      inARow: 3,
    });
    expect(await port.healthCheck(opposite)).toEqual({
      kind: 'calculated',
      children: [endpoint],
      threshold: 1,
      inverted: true,
    });
    expect(await port.healthCheck('00000000-0000-0000-0000-000000000000')).toBeUndefined();
    expect((await port.observations(endpoint)).length).toBeGreaterThan(0);
  });
});

describe('certificates', () => {
  const { key, certificate } = selfSigned();
  let server: Server;
  let port = 0;
  beforeAll(async () => {
    server = createServer({ key, cert: certificate });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    port = (server.address() as AddressInfo).port;
  });
  afterAll(() => new Promise((done) => server.close(done)));

  it('are those that a client would take, with their end', async () => {
    const until = await servedCertificates(certificate).validUntil('127.0.0.1', port, 'localhost');
    expect(Math.round((until - Date.now()) / 3_600_000)).toBe(24);
  });

  it('are refused in a sentence for another name, from a stranger, and where nothing answers', async () => {
    const asked = [
      () => servedCertificates(certificate).validUntil('127.0.0.1', port, 'demo.example.com'),
      () => servedCertificates().validUntil('127.0.0.1', port, 'localhost'),
      () => servedCertificates().validUntil('127.0.0.1', 1, 'localhost'),
    ];
    for (const one of asked) await expect(one()).rejects.toThrow(BadCertificate);
  });
});
