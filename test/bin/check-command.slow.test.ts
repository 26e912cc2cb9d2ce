import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudFormationClient, CreateStackCommand } from '@aws-sdk/client-cloudformation';
import { CreateRepositoryCommand, ECRClient, PutImageCommand } from '@aws-sdk/client-ecr';
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import {
  ChangeResourceRecordSetsCommand,
  CreateHostedZoneCommand,
  Route53Client,
} from '@aws-sdk/client-route-53';
import {
  CreateSecretCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Line } from '../../bin/checks/line';
import type { Report } from '../../bin/checks/report';
import { edit, VALID } from '../config/fixture';
import { type LocalAws, startLocalAws, WITH_INSTALLATION_MS } from '../support/local-aws';
import { type CatalogueServer, startCatalogueServer } from './support/catalogue-server';
import { type DnsServer, startDnsServer } from './support/dns-server';
import { type Ended, runHoldfast } from './support/run-holdfast';

const REGIONS = ['us-east-1', 'us-west-2', 'us-east-2'];
const SERVERS = ['ns-9.awsdns-09.net'];
/** Ids of moto are random letters; with this seed the next one starts with Z, as those of AWS do. */
const SEED = 195;

// The SDK's remark on Node 20 is no finding of these tests.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

let aws: LocalAws;
let catalogue: CatalogueServer;
let dns: DnsServer;
const folder = mkdtempSync(join(tmpdir(), 'holdfast-check-'));

beforeAll(async () => {
  [aws, catalogue, dns] = await Promise.all([startLocalAws(), startCatalogueServer(), startDnsServer()]);
  // The first request to each service loads it, which a busy machine may not do within the time that a call has.
  await check(await platformFile());
}, 2 * WITH_INSTALLATION_MS);
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await Promise.all([aws?.stop(), catalogue?.stop(), dns?.stop()]);
});
beforeEach(async () => {
  await aws.reset();
  dns.records = { com: { NS: SERVERS } };
});

const client = (region: string) => ({
  region,
  endpoint: aws.endpoint,
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
});
const route53 = () => new Route53Client(client('us-east-1'));

/** Runs the real command in a folder that is not the project's. */
const check = (
  file: string,
  more: Readonly<Record<string, string>> = {},
  args: readonly string[] = ['--json'],
): Promise<Ended> =>
  runHoldfast(folder, ['check', '--platform', file, '--dns-server', dns.address, ...args], {
    AWS_ENDPOINT_URL: aws.endpoint,
    AWS_ENDPOINT_URL_LAMBDA: catalogue.url,
    AWS_ENDPOINT_URL_SERVICE_QUOTAS: catalogue.url,
    AWS_ENDPOINT_URL_RDS: catalogue.url,
    AWS_ENDPOINT_URL_ELASTICACHE: catalogue.url,
    ...more,
  });

function lines({ out, err }: Ended): readonly Line[] {
  if (out === '') throw new Error(`The command printed nothing but: ${err}`);
  return (JSON.parse(out) as Report).lines;
}
const open = (all: readonly Line[]): string[] =>
  all
    .filter(({ state }) => state !== 'ok')
    .map(({ place, check: name, state }) => `${place}: ${name}: ${state}`);

/** The platform of the fixture in a zone of the local API. */
async function platformFile(zoneId = 'Z0123456789'): Promise<string> {
  const file = join(folder, 'demo.yaml');
  writeFileSync(file, edit(VALID, ['id: Z0123456789', `id: ${zoneId}`]));
  return file;
}

/** Everything that a person does before a first deployment. */
async function prepared(): Promise<{ readonly file: string; readonly zoneId: string }> {
  for (const region of REGIONS) {
    const version = { Name: '/cdk-bootstrap/hnb659fds/version', Value: '28', Type: 'String' } as const;
    await new SSMClient(client(region)).send(new PutParameterCommand(version));
  }
  // Made by its name: moto's own CreateServiceLinkedRole spells it AWSServiceRoleForEcs.
  const role = {
    RoleName: 'AWSServiceRoleForECS',
    AssumeRolePolicyDocument: '{"Version":"2012-10-17","Statement":[]}',
  };
  await new IAMClient(client('us-east-1')).send(new CreateRoleCommand(role));
  await fetch(`${aws.endpoint}/moto-api/seed?a=${SEED}`, { method: 'POST' });
  const made = await route53().send(
    new CreateHostedZoneCommand({ Name: 'example.com', CallerReference: 'a' }),
  );
  const zoneId = (made.HostedZone?.Id ?? '').replace('/hostedzone/', '');
  dns.records = {
    com: { NS: SERVERS },
    'example.com': { NS: made.DelegationSet?.NameServers ?? [], CAA: ['0 issue "amazon.com"'] },
  };
  return { file: await platformFile(zoneId), zoneId };
}

describe('npx holdfast check, as a process', () => {
  it('finds in a fresh account what is to do, and exits with 1', async () => {
    const answer = await check(await platformFile());
    expect(open(lines(answer))).toEqual([
      'global: hosted zone: todo',
      'global: service-linked roles: todo',
      'us-east-1: bootstrap: todo',
      'us-west-2: bootstrap: todo',
      'us-east-2: bootstrap: todo',
    ]);
    expect(answer).toMatchObject({ exit: 1, err: '' });
    expect((JSON.parse(answer.out) as Report).verdict).toBe('5 things to do before `npx holdfast deploy`.');
  });

  it('is content once all of that is done, and exits with 0', async () => {
    const { file } = await prepared();
    const answer = await check(file);
    expect(open(lines(answer))).toEqual([]);
    expect(answer).toMatchObject({ exit: 0, err: '' });
    const table = await check(file, {}, []);
    expect(table.exit).toBe(0);
    expect(table.out).toMatch(/^demo in the account 123456789012\n[\s\S]*\n\nReady to deploy\.\n$/);
  });

  it('sees what DNS says: no delegation, and CAA records that forbid Amazon', async () => {
    const { file } = await prepared();
    dns.records = {
      com: { NS: SERVERS },
      'example.com': { CAA: ['0 issue "letsencrypt.org"', '0 issuewild ";"'] },
    };
    expect(open(lines(await check(file)))).toEqual(['global: delegation: todo', 'global: CAA: todo']);
    dns.records = 'failure';
    expect(open(lines(await check(file)))).toEqual(['global: delegation: unknown', 'global: CAA: unknown']);
  });

  it('sees a record of somebody else under a name of the platform', async () => {
    const { file, zoneId } = await prepared();
    const record = {
      Name: 'home.demo.example.com',
      Type: 'A',
      TTL: 60,
      ResourceRecords: [{ Value: '192.0.2.1' }],
    } as const;
    await route53().send(
      new ChangeResourceRecordSetsCommand({
        HostedZoneId: zoneId,
        ChangeBatch: {
          Changes: [
            {
              Action: 'CREATE',
              ResourceRecordSet: { ...record, ResourceRecords: [...record.ResourceRecords] },
            },
          ],
        },
      }),
    );
    const found = lines(await check(file)).filter(({ state }) => state !== 'ok');
    expect(found.map(({ sentence }) => sentence)).toEqual([
      'home.demo.example.com has a record already (A) that no stack of the platform made; the deployment would stop at it.',
    ]);
  });

  it('sees images, secrets and stacks that exist', async () => {
    const { file } = await prepared();
    const home = client('us-east-1');
    const before = lines(await check(file)).filter(({ fix }) => fix !== undefined);
    expect(before.map(({ check: name }) => name)).toEqual(['images', 'secrets', 'secrets']);

    const ecr = new ECRClient(home);
    await ecr.send(new CreateRepositoryCommand({ repositoryName: 'demo/web' }));
    const mediaType = 'application/vnd.oci.image.manifest.v1+json';
    const manifest = JSON.stringify({ schemaVersion: 2, mediaType, config: {}, layers: [] });
    await ecr.send(
      new PutImageCommand({ repositoryName: 'demo/web', imageTag: '1.0', imageManifest: manifest }),
    );
    const secrets = new SecretsManagerClient(home);
    await secrets.send(new CreateSecretCommand({ Name: 'demo/pager-key' }));
    await secrets.send(new CreateSecretCommand({ Name: 'demo/files/settings', SecretString: 'level: info' }));
    await new CloudFormationClient(home).send(
      new CreateStackCommand({
        StackName: 'Demo-us-east-1-Foundation',
        TemplateBody: JSON.stringify({ Resources: { Topic: { Type: 'AWS::SNS::Topic' } } }),
      }),
    );
    const halfway = lines(await check(file)).filter(({ place }) => place === 'us-east-1');
    expect(open(halfway)).toEqual(['us-east-1: secrets: todo']);
    const sentences = halfway.map(({ sentence }) => sentence);
    expect(sentences).toContain('web:1.0 is there for web.');
    expect(sentences).toContain('The one stack of the platform here may be deployed again.');

    await secrets.send(
      new PutSecretValueCommand({ SecretId: 'demo/pager-key', SecretString: 'not printed' }),
    );
    const answer = await check(file);
    expect(open(lines(answer))).toEqual([]);
    expect(answer.out).not.toContain('not printed');
  });

  it('sees the limits of a new account and what AWS does not sell', async () => {
    const { file } = await prepared();
    const usual = { ...catalogue.catalogue };
    Object.assign(catalogue.catalogue, {
      concurrentExecutions: 10,
      quotas: { 'L-0263D0A3': 2, 'L-3032A538': 6 },
      databaseVersions: ['17.4'],
      cacheVersions: ['7.2'],
    });
    try {
      const both = ['us-east-1', 'us-west-2'].flatMap((region) => [
        ...Array(3).fill(`${region}: quotas: todo`),
        `${region}: database: todo`,
        `${region}: cache: todo`,
      ]);
      expect(open(lines(await check(file)))).toEqual([...both, 'us-east-2: quotas: todo']);
    } finally {
      Object.assign(catalogue.catalogue, usual);
    }
  });

  it('says one sentence without credentials, and asks nothing else of AWS', async () => {
    const answer = await check(await platformFile(), { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' });
    const [first, ...rest] = lines(answer);
    expect([answer.exit, first?.sentence]).toEqual([1, 'There are no AWS credentials.']);
    expect(rest.filter(({ state }) => state === 'unknown').length).toBeGreaterThan(10);
    expect(rest.filter(({ state }) => state === 'todo')).toEqual([]);
  });

  it('says so when nothing can be reached, without a stack trace', async () => {
    const nowhere = Object.fromEntries(
      ['', '_LAMBDA', '_SERVICE_QUOTAS', '_RDS', '_ELASTICACHE'].map((service) => [
        `AWS_ENDPOINT_URL${service}`,
        'http://127.0.0.1:1',
      ]),
    );
    const answer = await check(await platformFile(), nowhere, []);
    expect(answer.exit).toBe(1);
    expect(answer.out).toContain('sts:GetCallerIdentity in us-east-1 could not be reached');
    expect(answer.out + answer.err).not.toMatch(/\n\s+at /);
  });

  it('refuses a platform that does not exist with exit code 2', async () => {
    const answer = await check('nowhere.yaml');
    expect(answer).toMatchObject({ exit: 2, out: '', err: 'nowhere.yaml: there is no such file.\n' });
  });
});
