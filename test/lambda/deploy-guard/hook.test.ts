import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { signedPayloads } from '../../../lambda/deploy-guard/aws';
import { answerHook, type HookRequest } from '../../../lambda/deploy-guard/hook';
import type { Leadership } from '../../../lambda/deploy-guard/ports';
import { firstRecord } from '../../../lambda/leader/record';
import { systemClock } from '../../../lambda/runtime/clock';

/** What CloudFormation put aside, by path. */
const PAYLOADS: Record<string, unknown> = {};
let server: Server;
let url = '';

beforeAll(async () => {
  server = createServer((request, response) => {
    const payload = PAYLOADS[request.url ?? ''];
    response.writeHead(payload === undefined ? 403 : 200).end(JSON.stringify(payload));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((done) => server.close(done)));

const template = (key: string): string =>
  JSON.stringify({
    Resources: {
      Db: { Type: 'AWS::RDS::DBInstance', Properties: { DBInstanceIdentifier: 'shop-db', KmsKeyId: key } },
    },
  });
const request = (
  changes: Partial<HookRequest>,
  part = 'Data',
  targetType = 'STACK',
  payload: string | null = `${url}/payload`,
): HookRequest => ({
  clientRequestToken: 'token',
  stackId: `arn:aws:cloudformation:us-east-1:123456789012:stack/Shop-us-east-1-${part}/1a2b`,
  actionInvocationPoint: 'UPDATE_PRE_PROVISION',
  requestData: { targetType, payload },
  ...changes,
});
const leads: Leadership = { read: async () => firstRecord('us-east-1', 60, 5) };
const silent: Leadership = {
  read: async () => {
    throw new Error('The leadership table could not be read in any region.');
  },
};
const answer = (asked: HookRequest, leadership = leads) =>
  answerHook(asked, leadership, signedPayloads(systemClock));

describe('the hook', () => {
  it('refuses a stack update that replaces the writer', async () => {
    PAYLOADS['/payload'] = { template: template('new'), previousTemplate: template('old') };
    expect(await answer(request({}))).toEqual({
      hookStatus: 'FAILED',
      errorCode: 'NonCompliant',
      message:
        "Holdfast's deploy guard refuses. It would replace the writer (Db in Shop-us-east-1-Data): KmsKeyId differs.",
      clientRequestToken: 'token',
    });
  });

  it('allows one that does not, and a first one', async () => {
    PAYLOADS['/payload'] = { template: template('old'), previousTemplate: template('old') };
    expect(await answer(request({}))).toMatchObject({ hookStatus: 'SUCCESS', clientRequestToken: 'token' });
    PAYLOADS['/payload'] = { template: template('old') };
    expect(await answer(request({ actionInvocationPoint: 'CREATE_PRE_PROVISION' }))).toMatchObject({
      hookStatus: 'SUCCESS',
    });
  });

  it('reads a change set as CloudFormation words it', async () => {
    const context = (properties: object) => JSON.stringify({ Properties: properties });
    const one = {
      logicalResourceId: 'Db',
      resourceType: 'AWS::RDS::DBInstance',
      action: 'UPDATE',
      lineNumber: 2,
    };
    PAYLOADS['/payload'] = {
      template: template('old'),
      changedResources: [
        {
          ...one,
          beforeContext: context({ KmsKeyId: 'a', MultiAZ: 'true' }),
          afterContext: context({ KmsKeyId: 'a', MultiAZ: 'false' }),
        },
      ],
    };
    expect(await answer(request({}, 'Data', 'CHANGE_SET'))).toMatchObject({ hookStatus: 'SUCCESS' });
    PAYLOADS['/payload'] = {
      changedResources: [
        { ...one, action: 'DELETE', beforeContext: context({ KmsKeyId: 'a' }), afterContext: null },
      ],
    };
    expect((await answer(request({}, 'Data', 'CHANGE_SET'))).message).toContain('It would delete the writer');
  });

  it('refuses to delete a stack that holds the database, of which no template is told, and no other', async () => {
    const deletion = { actionInvocationPoint: 'DELETE_PRE_PROVISION' };
    expect((await answer(request(deletion, 'Data', 'STACK', null))).message).toContain(
      'deleting it is refused',
    );
    expect(await answer(request(deletion, 'Service-web', 'STACK', null))).toMatchObject({
      hookStatus: 'SUCCESS',
    });
  });

  it('does not know a change whose templates it cannot read, and refuses it where the database is', async () => {
    delete PAYLOADS['/payload'];
    const { message } = await answer(request({}));
    expect(message).toContain(
      'What Shop-us-east-1-Data is changed to could not be read, and it holds the database.',
    );
    expect(message).not.toContain(url);
    expect(await answer(request({}, 'Network'))).toMatchObject({ hookStatus: 'SUCCESS' });
  });

  it('allows what touches no database while the leadership cannot be read', async () => {
    PAYLOADS['/payload'] = {
      template: JSON.stringify({ Resources: { Q: { Type: 'AWS::SQS::Queue' } } }),
      previousTemplate: '{}',
    };
    expect(await answer(request({}), silent)).toMatchObject({ hookStatus: 'SUCCESS' });
    PAYLOADS['/payload'] = {
      template: JSON.stringify({
        Resources: {
          Db: {
            Type: 'AWS::RDS::DBInstance',
            Properties: { DBInstanceIdentifier: 'shop-db', KmsKeyId: 'old', MultiAZ: true },
          },
        },
      }),
      previousTemplate: template('old'),
    };
    expect((await answer(request({}), silent)).message).toContain(
      'nobody can say now whether a failover is under way',
    );
  });
});
