import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { efsFiles } from '../../../lambda/shared-files/aws/files';
import { restOf, Unreadable } from '../../../lambda/shared-files/aws/request';
import { backupSaves } from '../../../lambda/shared-files/aws/saves';
import { ecsTasks } from '../../../lambda/shared-files/aws/tasks';
import { awsWorld } from '../../../lambda/shared-files/aws/world';
import { type AwsStub, type StubAnswer, type StubRequest, startAwsStub } from '../../support/aws-stub';
import { FakeClock } from '../../support/fake-clock';
import { HOME, STANDBY } from '../leader/records';
import { settingsOf } from './fakes';

const CREDENTIALS = { AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' } as const;
const NAMES = [...Object.keys(CREDENTIALS), 'AWS_ENDPOINT_URL'];
const before = { ...process.env };
const clock = new FakeClock();
let stub: AwsStub | undefined;

beforeEach(() => {
  Object.assign(process.env, CREDENTIALS);
});
afterEach(async () => {
  for (const name of NAMES) {
    const value = before[name];
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
  await stub?.stop();
  stub = undefined;
});

async function play(answer: (request: StubRequest) => object | StubAnswer): Promise<AwsStub> {
  stub = await startAwsStub((request) => {
    const given = answer(request);
    return 'status' in given
      ? (given as StubAnswer)
      : { status: 200, body: JSON.stringify(given), type: 'application/json' };
  });
  process.env.AWS_ENDPOINT_URL = stub.endpoint;
  return stub;
}

const refused = (status: number, ErrorCode: string): StubAnswer => ({
  status,
  body: JSON.stringify({ ErrorCode, Message: 'No.' }),
  type: 'application/json',
});
const efs = ({ endpoint }: AwsStub) =>
  efsFiles(restOf('elasticfilesystem', HOME, { clock, endpoint }), STANDBY);
const system = (protection: string, mark?: string) => ({
  FileSystems: [
    {
      FileSystemId: 'fs-1',
      FileSystemProtection: { ReplicationOverwriteProtection: protection },
      Tags: [
        { Key: 'Name', Value: 'shop-web' },
        ...(mark === undefined ? [] : [{ Key: 'holdfast:overwrite', Value: mark }]),
      ],
    },
  ],
});

describe('EFS', () => {
  it('tells of a file system its protection, its mark and what it is the copy of', async () => {
    const replication = {
      SourceFileSystemId: 'fs-9',
      Destinations: [{ FileSystemId: 'fs-1', Status: 'ENABLED', LastReplicatedTimestamp: 1767225600.5 }],
    };
    const server = await play(({ path }) =>
      path.includes('replication-configurations')
        ? { Replications: [replication] }
        : system('REPLICATING', 'saved 1 job-1'),
    );
    await expect(efs(server).look('fs-1')).resolves.toEqual({
      id: 'fs-1',
      protection: 'REPLICATING',
      mark: 'saved 1 job-1',
      copying: { source: 'fs-9', destination: 'fs-1', status: 'ENABLED', syncedMs: 1767225600500 },
    });
    expect(server.requests.map(({ path }) => path).sort()).toEqual([
      '/2015-02-01/file-systems/replication-configurations?FileSystemId=fs-1',
      '/2015-02-01/file-systems?FileSystemId=fs-1',
    ]);
    expect(server.requests[0]?.headers.authorization).toContain(`/${HOME}/elasticfilesystem/aws4_request`);
  });

  it('knows no replication where there is none, and takes every other refusal for a failure', async () => {
    let code = 'ReplicationNotFound';
    const server = await play(({ path }) =>
      path.includes('replication-configurations') ? refused(404, code) : system('ENABLED'),
    );
    await expect(efs(server).look('fs-1')).resolves.toMatchObject({ copying: undefined, mark: undefined });
    code = 'FileSystemNotFound';
    await expect(efs(server).look('fs-1')).rejects.toMatchObject({ name: 'FileSystemNotFound' });
  });

  it('is not believed where it says something new of the protection', async () => {
    const server = await play(({ path }) =>
      path.includes('replication-configurations') ? { Replications: [] } : system('UPDATING'),
    );
    await expect(efs(server).look('fs-1')).rejects.toThrow(Unreadable);
  });

  it('is told word for word what to do', async () => {
    const server = await play(() => ({}));
    const files = efs(server);
    await files.protect('fs-1', 'DISABLED');
    await files.mark('fs-1', 'given 1 5');
    await files.copy('fs-1', 'fs-2');
    await files.endCopy('fs-9');
    expect(server.requests.map(({ method, path, body }) => [method, path, body && JSON.parse(body)])).toEqual(
      [
        ['PUT', '/2015-02-01/file-systems/fs-1/protection', { ReplicationOverwriteProtection: 'DISABLED' }],
        [
          'POST',
          '/2015-02-01/resource-tags/fs-1',
          { Tags: [{ Key: 'holdfast:overwrite', Value: 'given 1 5' }] },
        ],
        [
          'POST',
          '/2015-02-01/file-systems/fs-1/replication-configuration',
          { Destinations: [{ FileSystemId: 'fs-2', Region: STANDBY }] },
        ],
        ['DELETE', '/2015-02-01/file-systems/fs-9/replication-configuration', ''],
      ],
    );
  });

  it('may have ended a copying that another run asked it to end', async () => {
    const server = await play(() => refused(404, 'ReplicationNotFound'));
    await expect(efs(server).endCopy('fs-9')).resolves.toBeUndefined();
  });
});

describe('AWS Backup', () => {
  const saves = ({ endpoint }: AwsStub) =>
    backupSaves(restOf('backup', HOME, { clock, endpoint }), settingsOf(HOME));

  it('begins a recovery point in the vault of the platform', async () => {
    const server = await play(() => ({ BackupJobId: 'job-1' }));
    await expect(saves(server).begin('fs-home', 'fs-home-1-5')).resolves.toBe('job-1');
    expect(server.requests[0]).toMatchObject({ method: 'PUT', path: '/backup-jobs' });
    expect(JSON.parse(server.requests[0]?.body ?? '')).toEqual({
      BackupVaultName: 'shop-shared-files',
      ResourceArn: `arn:aws:elasticfilesystem:${HOME}:123456789012:file-system/fs-home`,
      IamRoleArn: 'arn:aws:iam::123456789012:role/backup',
      IdempotencyToken: 'fs-home-1-5',
      Lifecycle: { DeleteAfterDays: 35 },
    });
  });

  it.each([
    ['RUNNING', 'running'],
    ['COMPLETED', 'done'],
    ['EXPIRED', 'failed'],
    ['PARTIAL', 'failed'],
  ])('takes the state %s for %s', async (State, expected) => {
    const server = await play(() => ({ State }));
    await expect(saves(server).state('job-1')).resolves.toBe(expected);
  });
});

describe('a task', () => {
  const definition = 'arn:aws:ecs:us-east-1:123456789012:task-definition/shop-web:2';
  const cluster = (runningCount: number, fileSystemId: string) =>
    play(({ headers }) =>
      String(headers['x-amz-target']).endsWith('DescribeServices')
        ? { services: [{ deployments: [{ runningCount, taskDefinition: definition }] }] }
        : { taskDefinition: { volumes: [{ name: 'x' }, { efsVolumeConfiguration: { fileSystemId } }] } },
    );

  it('has mounted the files if it runs with a definition that names them', async () => {
    await cluster(2, 'fs-home');
    await expect(ecsTasks(HOME, 'shop').mounted('web', 'fs-home')).resolves.toBe(true);
    await expect(ecsTasks(HOME, 'shop').mounted('web', 'fs-else')).resolves.toBe(false);
  });

  it('has mounted nothing while none runs', async () => {
    await cluster(0, 'fs-home');
    await expect(ecsTasks(HOME, 'shop').mounted('web', 'fs-home')).resolves.toBe(false);
  });
});

describe('the other region', () => {
  const there = (server: AwsStub) =>
    awsWorld([], settingsOf(HOME), clock, { files: server.endpoint, backup: server.endpoint }).otherFiles;

  it('says in its parameter which file system is meant', async () => {
    const server = await play(({ headers }) =>
      headers['x-amz-target'] ? { Parameter: { Value: 'fs-7' } } : system('DISABLED'),
    );
    await expect(there(server).look('/holdfast/shop/shared-files/web')).resolves.toMatchObject({
      id: 'fs-7',
      protection: 'DISABLED',
    });
    expect(server.requests.at(-1)?.headers.authorization).toContain(`/${STANDBY}/elasticfilesystem/`);
  });

  it('has no file system before it is deployed', async () => {
    const server = await play(() => ({
      status: 400,
      body: JSON.stringify({ __type: 'ParameterNotFound' }),
      type: 'application/x-amz-json-1.1',
    }));
    await expect(there(server).look('/holdfast/shop/shared-files/web')).resolves.toBeUndefined();
  });
});
