import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:tls';
import { CreateDBInstanceCommand, RDSClient } from '@aws-sdk/client-rds';
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { afterEach, describe, expect, it } from '@jest/globals';
import { elastiCache, NoPrimary, rdsInstance, secretsManager } from '../../../lambda/secret-rotation/aws';
import { randomValue } from '../../../lambda/secret-rotation/random';
import { systemRandomness } from '../../../lambda/secret-rotation/randomness';
import { rotate, STEPS } from '../../../lambda/secret-rotation/rotate';
import { acceptsToken, CacheUnreachable } from '../../../lambda/secret-rotation/valkey';
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
    // The local AWS API starts a rotation only through a function in a container, so its flag is given here.
    const enabled = {
      ...store,
      describe: async () => ({ ...(await store.describe(id)), rotationEnabled: true }),
    };
    const rotation = randomValue('shop/token', systemRandomness);
    for (const step of STEPS) {
      const event = { Step: step, SecretId: id, ClientRequestToken: version };
      await rotate(event, enabled, rotation, () => undefined);
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
    expect((await store.describe('shop/other')).rotationEnabled).toBe(false);
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
