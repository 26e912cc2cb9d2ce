import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { s3Files, ssmParameters, workspaceTokens } from '../../../lambda/grafana-setup/aws';
import { systemClock } from '../../../lambda/runtime/clock';
import { type AwsStub, type StubAnswer, type StubRequest, startAwsStub } from '../../support/aws-stub';

const ENDPOINTS = ['GRAFANA', 'SSM', 'S3'].map((service) => `AWS_ENDPOINT_URL_${service}`);
let stub: AwsStub;
let answer: (request: StubRequest) => StubAnswer;
beforeEach(async () => {
  stub = await startAwsStub((request) => answer(request));
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_REGION: 'us-west-2',
    ...Object.fromEntries(ENDPOINTS.map((name) => [name, stub.endpoint])),
  });
});
afterEach(async () => {
  for (const name of ENDPOINTS) delete process.env[name];
  await stub.stop();
});

const json = (body: unknown, status = 200): StubAnswer => ({
  status,
  body: JSON.stringify(body),
  type: 'application/json',
});
const paths = () => stub.requests.map(({ method, path }) => `${method} ${path.split('?')[0]}`);

describe('the tokens of a workspace', () => {
  const account = { id: '7', name: 'holdfast-setup', isDisabled: 'false', grafanaRole: 'ADMIN' };
  const made = {
    serviceAccountToken: { id: '9', name: 'setup', key: 'secret' },
    serviceAccountId: '7',
    workspaceId: 'g-1',
  };
  const accounts = '/workspaces/g-1/serviceaccounts';

  it('are of one account, which is made when there is none', async () => {
    answer = ({ method, path }) => {
      if (path.endsWith('/tokens')) return json(made);
      return method === 'GET'
        ? json({ serviceAccounts: [], workspaceId: 'g-1' })
        : json({ ...account, workspaceId: 'g-1' });
    };
    const token = await workspaceTokens('g-1', systemClock).create(900);
    expect(token.key).toBe('secret');
    expect(paths()).toEqual([`GET ${accounts}`, `POST ${accounts}`, `POST ${accounts}/7/tokens`]);
    expect(JSON.parse(stub.requests[1]?.body ?? '')).toEqual({
      name: 'holdfast-setup',
      grafanaRole: 'ADMIN',
    });
    expect(JSON.parse(stub.requests[2]?.body ?? '')).toMatchObject({ secondsToLive: 900 });
  });

  it('are of the account that is there, on whatever page of the list', async () => {
    answer = ({ path }) => {
      if (path.endsWith('/tokens')) return json(made);
      return path.includes('next')
        ? json({ serviceAccounts: [account], workspaceId: 'g-1' })
        : json({
            serviceAccounts: [{ ...account, id: '1', name: 'somebody' }],
            nextToken: 'next',
            workspaceId: 'g-1',
          });
    };
    await workspaceTokens('g-1', systemClock).create(900);
    expect(paths()).toEqual([`GET ${accounts}`, `GET ${accounts}`, `POST ${accounts}/7/tokens`]);
  });

  it('can be deleted, also when they are gone', async () => {
    const gone = {
      __type: 'ResourceNotFoundException',
      message: 'no',
      resourceId: '9',
      resourceType: 'token',
    };
    answer = ({ method, path }) => {
      if (method === 'DELETE') return json(gone, 404);
      return path.endsWith('/tokens') ? json(made) : json({ serviceAccounts: [account], workspaceId: 'g-1' });
    };
    const token = await workspaceTokens('g-1', systemClock).create(900);
    await expect(token.delete()).resolves.toBeUndefined();
    expect(paths().at(-1)).toBe(`DELETE ${accounts}/7/tokens/9`);
  });
});

describe('a parameter', () => {
  it('that is not there has no value', async () => {
    answer = () => json({ __type: 'ParameterNotFound', message: 'no' }, 400);
    await expect(ssmParameters().read('us-east-1', '/holdfast/shop/x')).resolves.toBeUndefined();
    await expect(ssmParameters().delete('/holdfast/shop/x')).resolves.toBeUndefined();
  });

  it('is read and written by its name', async () => {
    answer = () => json({ Parameter: { Value: 'https://metrics' } });
    await expect(ssmParameters().read('us-east-1', '/holdfast/shop/x')).resolves.toBe('https://metrics');
    await ssmParameters().write('/holdfast/shop/y', 'done');
    expect(JSON.parse(stub.requests[1]?.body ?? '')).toEqual({
      Name: '/holdfast/shop/y',
      Value: 'done',
      Type: 'String',
      Overwrite: true,
    });
  });
});

describe('a file', () => {
  it('is read from its bucket', async () => {
    answer = () => ({ status: 200, body: '{"dashboards":[]}', type: 'application/json' });
    await expect(s3Files().read('assets', 'one.json')).resolves.toBe('{"dashboards":[]}');
  });
});
