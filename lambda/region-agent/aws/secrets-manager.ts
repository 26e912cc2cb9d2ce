import {
  GetSecretValueCommand,
  ListSecretsCommand,
  PutSecretValueCommand,
  ReplicateSecretToRegionsCommand,
  SecretsManagerClient,
  StopReplicationToReplicaCommand,
} from '@aws-sdk/client-secrets-manager';
import type { Clock } from '../../runtime/clock';
import { ONE_ATTEMPT, refusedWith, sender } from './request';

/** A secret without its value. */
export interface ListedSecret {
  readonly name: string;
  /** Region that it is copied from; undefined if it is no part of a replication. */
  readonly primaryRegion: string | undefined;
}

/** What a secret holds: one of the two. */
export type SecretValue = { readonly SecretString: string } | { readonly SecretBinary: Uint8Array };

/**
 * Secrets Manager of one region. Everything throws `TimedOut`, `Throttled` or `RequestFailed`; values are never in an
 * error.
 */
export interface SecretsManager {
  list(prefix: string): Promise<readonly ListedSecret[]>;
  /** @returns the current value; undefined if there is no such secret, or nobody has set it yet */
  current(name: string): Promise<SecretValue | undefined>;
  /** Makes a value the current one. */
  put(name: string, value: SecretValue): Promise<void>;
  /** Makes the region's copy of a secret a secret of its own. */
  detach(name: string): Promise<void>;
  /** Copies a secret of this region to another one, over whatever has its name there. */
  replicate(name: string, region: string, key: string): Promise<void>;
}

export function secretsManager(region: string, clock: Clock): SecretsManager {
  const client = new SecretsManagerClient({ region, ...ONE_ATTEMPT });
  const send = sender(clock);
  return {
    async list(prefix) {
      const found: ListedSecret[] = [];
      let NextToken: string | undefined;
      do {
        const command = new ListSecretsCommand({
          Filters: [{ Key: 'name', Values: [prefix] }],
          MaxResults: 100,
          NextToken,
        });
        const page = await send(`Listing the secrets in ${region}`, (abortSignal) =>
          client.send(command, { abortSignal }),
        );
        for (const { Name: name = '', PrimaryRegion: primaryRegion } of page.SecretList ?? []) {
          if (name.startsWith(prefix)) found.push({ name, primaryRegion });
        }
        NextToken = page.NextToken;
      } while (NextToken);
      return found;
    },
    async current(name) {
      const command = new GetSecretValueCommand({ SecretId: name, VersionStage: 'AWSCURRENT' });
      try {
        const { SecretString, SecretBinary } = await send(
          `Reading the secret ${name} in ${region}`,
          (abortSignal) => client.send(command, { abortSignal }),
        );
        if (SecretString !== undefined) return { SecretString };
        return SecretBinary && { SecretBinary };
      } catch (error) {
        if (refusedWith(error, 'ResourceNotFoundException')) return undefined;
        throw error;
      }
    },
    async put(name, value) {
      // The SDK gives it a token of its own, so that it becomes current even if an older version held the same.
      const command = new PutSecretValueCommand({ SecretId: name, ...value });
      await send(`Writing the secret ${name} in ${region}`, (abortSignal) =>
        client.send(command, { abortSignal }),
      );
    },
    async detach(name) {
      const command = new StopReplicationToReplicaCommand({ SecretId: name });
      await send(`Detaching the secret ${name} in ${region}`, (abortSignal) =>
        client.send(command, { abortSignal }),
      );
    },
    async replicate(name, to, KmsKeyId) {
      const command = new ReplicateSecretToRegionsCommand({
        SecretId: name,
        AddReplicaRegions: [{ Region: to, KmsKeyId }],
        ForceOverwriteReplicaSecret: true,
      });
      await send(`Copying the secret ${name} to ${to}`, (abortSignal) =>
        client.send(command, { abortSignal }),
      );
    },
  };
}
