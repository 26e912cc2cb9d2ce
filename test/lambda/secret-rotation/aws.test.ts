import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:tls';
import {
  CreateClusterCommand,
  CreateServiceCommand,
  DeleteServiceCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
} from '@aws-sdk/client-ecs';
import { CreateDBInstanceCommand, RDSClient } from '@aws-sdk/client-rds';
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  ecsCluster,
  elastiCache,
  NoPrimary,
  rdsInstance,
  replicatedCopies,
  secretsManager,
} from '../../../lambda/secret-rotation/aws';
import { READS_TAG } from '../../../lambda/secret-rotation/contract';
import { randomValue } from '../../../lambda/secret-rotation/random';
import { systemRandomness } from '../../../lambda/secret-rotation/randomness';
import { rotate, STEPS } from '../../../lambda/secret-rotation/rotate';
import { acceptsToken, CacheUnreachable } from '../../../lambda/secret-rotation/valkey';
import { type AwsStub, startAwsStub } from '../../support/aws-stub';
import { selfSigned } from '../../support/certificate';
import { freePort } from '../../support/free-port';
import { useLocalAws } from '../../support/local-aws';

useLocalAws('us-east-1');

describe('Secrets Manager', () => {
  it('holds the new value after the four steps, and knows the old one as the previous', async () => {
    const client = new SecretsManagerClient();
    const created = new CreateSecretCommand({ Name: 'shop/token', SecretString: '{"value":"old"}' });
    const { ARN: id = '', VersionId: first = '' } = await client.send(created);
    const store = secretsManager();
    const version = randomUUID();
    await store.writePending(id, version, '{"value":"made before"}');
    const rotation = randomValue('shop/token', systemRandomness);
    for (const step of STEPS) {
      const event = { Step: step, SecretId: id, ClientRequestToken: version };
      await rotate(event, store, rotation, () => undefined);
    }
    const { SecretString } = await client.send(
      new GetSecretValueCommand({ SecretId: id, VersionStage: 'AWSCURRENT' }),
    );
    expect(SecretString).toBe('{"value":"made before"}');
    const { VersionIdsToStages: stages } = await client.send(new DescribeSecretCommand({ SecretId: id }));
    expect(stages?.[version]).toContain('AWSCURRENT');
    expect(stages?.[first]).toEqual(['AWSPREVIOUS']);
  });

  it('has no value of a version that was not written', async () => {
    const client = new SecretsManagerClient();
    await client.send(new CreateSecretCommand({ Name: 'shop/other', SecretString: '{}' }));
    const store = secretsManager();
    await expect(store.read('shop/other', 'AWSPENDING', randomUUID())).resolves.toBeUndefined();
    await expect(store.read('shop/other', 'AWSCURRENT')).resolves.toBe('{}');
  });
});

describe('the flag of the rotation', () => {
  let stub: AwsStub | undefined;
  afterEach(async () => {
    delete process.env.AWS_ENDPOINT_URL_SECRETS_MANAGER;
    await stub?.stop();
  });

  it.each([
    ['absent while Secrets Manager tests the function in RotateSecret', {}, true],
    ['null', { RotationEnabled: null }, true],
    ['true', { RotationEnabled: true }, true],
    ['false', { RotationEnabled: false }, false],
  ])('refuses a rotation only when it is false: %s', async (_, fields, enabled) => {
    stub = await startAwsStub(() => ({
      status: 200,
      body: JSON.stringify({ Name: 'shop/token', VersionIdsToStages: { v1: ['AWSPENDING'] }, ...fields }),
    }));
    process.env.AWS_ENDPOINT_URL_SECRETS_MANAGER = stub.endpoint;
    expect(await secretsManager().describe('shop/token')).toEqual({
      rotationEnabled: enabled,
      versions: { v1: ['AWSPENDING'] },
    });
  });
});

describe('the copy of a secret', () => {
  const never = new AbortController().signal;

  it('has arrived once it names the version as its current one', async () => {
    const client = new SecretsManagerClient();
    const { ARN: id = '', VersionId: first = '' } = await client.send(
      new CreateSecretCommand({
        Name: 'shop/copied',
        SecretString: '{}',
        AddReplicaRegions: [{ Region: 'us-west-2' }],
      }),
    );
    const copies = replicatedCopies();
    await expect(copies.state(id, first, 'us-west-2', never)).resolves.toBe('arrived');
    await expect(copies.state(id, randomUUID(), 'us-west-2', never)).resolves.toBe(
      'it still holds the value before',
    );
    await expect(copies.state(id, first, 'eu-west-1', never)).resolves.toBe('the secret has no copy there');
  });

  it('that failed says why', async () => {
    const stub = await startAwsStub(() => ({
      status: 200,
      body: JSON.stringify({
        ReplicationStatus: [{ Region: 'us-west-2', Status: 'Failed', StatusMessage: 'no key' }],
      }),
    }));
    process.env.AWS_ENDPOINT_URL_SECRETS_MANAGER = stub.endpoint;
    try {
      const state = replicatedCopies().state('shop/copied', 'v1', 'us-west-2', never);
      await expect(state).resolves.toBe('Failed: no key');
      expect(stub.requests).toHaveLength(1);
    } finally {
      delete process.env.AWS_ENDPOINT_URL_SECRETS_MANAGER;
      await stub.stop();
    }
  });
});

describe('a cluster', () => {
  const never = new AbortController().signal;
  const make = async (serviceName: string, desiredCount: number, secrets?: string): Promise<void> => {
    const client = new ECSClient({ region: 'us-west-2' });
    const tags = secrets === undefined ? [] : [{ key: READS_TAG, value: secrets }];
    const service = { cluster: 'shop', serviceName, desiredCount, taskDefinition: 'app', tags };
    await client.send(new CreateServiceCommand(service));
  };

  it('shows which of its services read which secrets, however many they are, and starts one anew', async () => {
    const client = new ECSClient({ region: 'us-west-2' });
    const cluster = ecsCluster('shop', 'us-west-2');
    await expect(cluster.services(never)).resolves.toEqual([]);
    await client.send(new CreateClusterCommand({ clusterName: 'shop' }));
    await expect(cluster.services(never)).resolves.toEqual([]);
    const containerDefinitions = [{ name: 'app', image: 'shop/app:v1', memory: 128 }];
    await client.send(new RegisterTaskDefinitionCommand({ family: 'app', containerDefinitions }));
    await make('backend', 2, 'database api-key');
    await make('gone', 0, 'database');
    await client.send(new DeleteServiceCommand({ cluster: 'shop', service: 'gone' }));
    for (let index = 0; index < 11; index += 1) await make(`plain-${index}`, 0);
    const found = await cluster.services(never);
    expect(found).toHaveLength(12);
    expect(found).toContainEqual({ name: 'backend', desired: 2, secrets: ['database', 'api-key'] });
    expect(found).toContainEqual({ name: 'plain-10', desired: 0, secrets: [] });
    await expect(cluster.restart('backend', never)).resolves.toBeUndefined();
    await expect(cluster.restart('nothing', never)).rejects.toThrow();
  });
});

describe('RDS', () => {
  it('takes a new master password', async () => {
    await new RDSClient().send(
      new CreateDBInstanceCommand({
        DBInstanceIdentifier: 'shop-db',
        DBInstanceClass: 'db.t4g.micro',
        Engine: 'postgres',
        MasterUsername: 'owner',
        MasterUserPassword: 'first-password',
        AllocatedStorage: 20,
      }),
    );
    await expect(rdsInstance('shop-db').setMasterPassword('second-password')).resolves.toBeUndefined();
    await expect(rdsInstance('no-db').setMasterPassword('x')).rejects.toThrow('no-db');
  });
});

describe('ElastiCache', () => {
  let server: Server | undefined;
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
    delete process.env.AWS_ENDPOINT_URL_ELASTICACHE;
  });

  /** Plays ElastiCache's query protocol, which moto knows without ModifyReplicationGroup. */
  async function play(group: string): Promise<readonly URLSearchParams[]> {
    const requests: URLSearchParams[] = [];
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (text) => {
        body += text;
      });
      request.on('end', () => {
        const parameters = new URLSearchParams(body);
        requests.push(parameters);
        const action = parameters.get('Action') ?? '';
        const result =
          action === 'DescribeReplicationGroups'
            ? `<ReplicationGroups><ReplicationGroup>${group}</ReplicationGroup></ReplicationGroups>`
            : '<ReplicationGroup/>';
        response.writeHead(200, { 'content-type': 'text/xml' });
        response.end(`<${action}Response><${action}Result>${result}</${action}Result></${action}Response>`);
      });
    });
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    process.env.AWS_ENDPOINT_URL_ELASTICACHE = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return requests;
  }

  const primary = '<PrimaryEndpoint><Address>primary.example</Address><Port>6379</Port></PrimaryEndpoint>';
  const group = `<Status>available</Status><NodeGroups><NodeGroup>${primary}</NodeGroup></NodeGroups>`;

  it('gives its status and its primary', async () => {
    const requests = await play(group);
    const state = await elastiCache('shop-cache').state();
    expect(state).toEqual({ status: 'available', address: 'primary.example', port: 6379 });
    expect(requests[0]?.get('ReplicationGroupId')).toBe('shop-cache');
  });

  it('adds a token beside the one in use, at once', async () => {
    const requests = await play(group);
    await elastiCache('shop-cache').rotateToken('token-of-sixteen-characters');
    expect(Object.fromEntries(requests[0] ?? [])).toMatchObject({
      Action: 'ModifyReplicationGroup',
      ReplicationGroupId: 'shop-cache',
      AuthToken: 'token-of-sixteen-characters',
      AuthTokenUpdateStrategy: 'ROTATE',
      ApplyImmediately: 'true',
    });
  });

  it('without a primary is refused', async () => {
    await play('<Status>creating</Status>');
    await expect(elastiCache('shop-cache').state()).rejects.toThrow(NoPrimary);
  });
});

describe('a cache over TLS', () => {
  const authority = selfSigned();
  let server: TlsServer | undefined;
  afterEach(() => {
    server?.close();
  });

  /** A cache that answers each command by the list, as Valkey words it, and hears what was sent. */
  async function listen(answers: readonly string[]): Promise<{ port: number; heard: () => string }> {
    let received = '';
    server = createTlsServer({ key: authority.key, cert: authority.certificate }, (socket) => {
      socket.on('error', () => undefined);
      socket.once('data', (text) => {
        received += text.toString();
        const whole = answers.join('');
        if (whole === '') socket.end();
        // In two parts, as a network may deliver them.
        else socket.write(whole.slice(0, 4), () => setTimeout(() => socket.write(whole.slice(4)), 20));
      });
    });
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    return { port: (server.address() as AddressInfo).port, heard: () => received };
  }

  const ask = (port: number, token = 'token', ca = authority.certificate): Promise<boolean> =>
    acceptsToken('localhost', port, token, ca);

  it('accepts a token when it takes the login and a ping', async () => {
    const { port, heard } = await listen(['+OK\r\n', '+PONG\r\n']);
    await expect(ask(port, 'tokén')).resolves.toBe(true);
    expect(heard()).toBe('*2\r\n$4\r\nAUTH\r\n$6\r\ntokén\r\n*1\r\n$4\r\nPING\r\n');
  });

  it('refuses a token with its own words', async () => {
    const wrong = '-WRONGPASS invalid username-password pair or user is disabled.\r\n';
    const { port } = await listen([wrong, '-NOAUTH Authentication required.\r\n']);
    await expect(ask(port)).resolves.toBe(false);
  });

  it('that answers something else is an error', async () => {
    const { port } = await listen(['-LOADING Valkey is loading the dataset in memory\r\n', '-LOADING\r\n']);
    await expect(ask(port)).rejects.toThrow('LOADING');
  });

  it('that closes the connection, is not there, or shows another certificate is an error', async () => {
    const { port } = await listen([]);
    await expect(ask(port)).rejects.toThrow(CacheUnreachable);
    await expect(ask(await freePort())).rejects.toThrow(CacheUnreachable);
    await expect(ask(port, 'token', selfSigned().certificate)).rejects.toThrow('the connection failed');
  });
});
