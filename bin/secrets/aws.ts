import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { type Clients, caller, clients, orAbsent } from '../checks/aws/call';
import type { SecretAction } from './policy';
import type { SecretStore } from './ports';

/** One request with its retries, in milliseconds. */
const CALL_MS = 15_000;
const ABSENT = 'ResourceNotFoundException';
const call = caller<SecretAction>(CALL_MS);

/** On AWS itself, with the credentials and the endpoint that the SDK finds in the environment. */
export function secretStore(shared: Clients = clients()): SecretStore {
  const manager = shared((config) => new SecretsManagerClient(config));
  return {
    async state(region, SecretId) {
      const answer = await orAbsent(
        call('secretsmanager:DescribeSecret', region, (options) =>
          manager(region).send(new DescribeSecretCommand({ SecretId }), options),
        ),
        ABSENT,
      );
      if (!answer || answer.DeletedDate) return undefined;
      const versions = Object.entries(answer.VersionIdsToStages ?? {});
      return {
        current: versions.find(([, stages]) => stages.includes('AWSCURRENT'))?.[0],
        owner: answer.PrimaryRegion,
        copies: new Map(
          (answer.ReplicationStatus ?? []).map((one) => [one.Region ?? '', String(one.Status)]),
        ),
        nextRotationMs: answer.RotationEnabled ? answer.NextRotationDate?.getTime() : undefined,
      };
    },
    async value(region, SecretId) {
      const answer = await orAbsent(
        call('secretsmanager:GetSecretValue', region, (options) =>
          manager(region).send(new GetSecretValueCommand({ SecretId }), options),
        ),
        ABSENT,
      );
      if (answer?.SecretString === undefined) return undefined;
      return { text: answer.SecretString, createdMs: answer.CreatedDate?.getTime() };
    },
    async put(region, SecretId, SecretString, ClientRequestToken) {
      await call('secretsmanager:PutSecretValue', region, (options) =>
        manager(region).send(
          new PutSecretValueCommand({ SecretId, SecretString, ClientRequestToken }),
          options,
        ),
      );
    },
  };
}
