import {
  CreateWorkspaceServiceAccountCommand,
  CreateWorkspaceServiceAccountTokenCommand,
  DeleteWorkspaceServiceAccountTokenCommand,
  GrafanaClient,
  paginateListWorkspaceServiceAccounts,
} from '@aws-sdk/client-grafana';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  DeleteParameterCommand,
  GetParameterCommand,
  PutParameterCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import type { Clock } from '../runtime/clock';
import { HoldfastError, nameOf } from '../runtime/errors';
import type { Files, Http, Parameters, Tokens, World } from './ports';

/**
 * One account for all runs, because each one that is used in a month is paid for like a person; only its tokens are new.
 */
const ACCOUNT = 'holdfast-setup';

/** AWS answered without what its API promises. */
class Incomplete extends HoldfastError {}

export function workspaceTokens(workspaceId: string, clock: Clock): Tokens {
  const client = new GrafanaClient();
  const accountId = async (): Promise<string> => {
    for await (const { serviceAccounts } of paginateListWorkspaceServiceAccounts(
      { client },
      { workspaceId },
    )) {
      const id = serviceAccounts?.find(({ name }) => name === ACCOUNT)?.id;
      if (id !== undefined) return id;
    }
    // Data sources need an administrator.
    const created = await client.send(
      new CreateWorkspaceServiceAccountCommand({ workspaceId, name: ACCOUNT, grafanaRole: 'ADMIN' }),
    );
    if (created.id === undefined) throw new Incomplete('AWS made a service account without an id.');
    return created.id;
  };
  return {
    async create(seconds) {
      const serviceAccountId = await accountId();
      const { serviceAccountToken } = await client.send(
        new CreateWorkspaceServiceAccountTokenCommand({
          workspaceId,
          serviceAccountId,
          name: `setup-${clock.now()}`,
          secondsToLive: seconds,
        }),
      );
      const { id: tokenId, key } = serviceAccountToken ?? {};
      if (tokenId === undefined || key === undefined) throw new Incomplete('AWS made a token without a key.');
      return {
        key,
        async delete() {
          const command = new DeleteWorkspaceServiceAccountTokenCommand({
            workspaceId,
            serviceAccountId,
            tokenId,
          });
          await ignoring('ResourceNotFoundException', () => client.send(command));
        },
      };
    },
  };
}

export function s3Files(): Files {
  const client = new S3Client();
  return {
    async read(bucket, key) {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      if (Body === undefined) throw new Incomplete(`s3://${bucket}/${key} has no content.`);
      return Body.transformToString();
    },
  };
}

export function ssmParameters(): Parameters {
  const here = new SSMClient();
  return {
    async read(region, name) {
      const client = new SSMClient({ region });
      const command = new GetParameterCommand({ Name: name });
      const found = await ignoring('ParameterNotFound', () => client.send(command));
      return found?.Parameter?.Value;
    },
    async write(name, value) {
      await here.send(new PutParameterCommand({ Name: name, Value: value, Type: 'String', Overwrite: true }));
    },
    async delete(name) {
      await ignoring('ParameterNotFound', () => here.send(new DeleteParameterCommand({ Name: name })));
    },
  };
}

async function ignoring<T>(name: string, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (nameOf(error) === name) return undefined;
    throw error;
  }
}

/** Without following redirections: a workspace sends a request without a valid token to its page of sign-in. */
export const fetched: Http = async ({ method, url, headers, body }, signal) => {
  const response = await fetch(url, {
    method,
    headers,
    signal,
    redirect: 'manual',
    ...(body === undefined ? {} : { body }),
  });
  return { status: response.status, body: await response.text() };
};

export const worldOf = (clock: Clock): World => ({
  tokens: (workspaceId) => workspaceTokens(workspaceId, clock),
  files: s3Files(),
  parameters: ssmParameters(),
  http: fetched,
  base: (endpoint) => `https://${endpoint}`,
});
