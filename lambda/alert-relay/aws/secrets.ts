import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Clock } from '../../runtime/clock';
import { LastingFailure } from '../deliver/lasting';
import type { Secrets } from '../ports';
import { ONE_ATTEMPT, request } from './request';

/** Secrets Manager of the region that the function runs in. */
export function ownSecrets(clock: Clock): Secrets {
  const client = new SecretsManagerClient(ONE_ATTEMPT);
  return {
    async read(name) {
      const command = new GetSecretValueCommand({ SecretId: name });
      const { SecretString } = await request(clock, `Reading the secret ${name}`, (abortSignal) =>
        client.send(command, { abortSignal }),
      );
      if (!SecretString) throw new LastingFailure(`The secret ${name} has no text.`);
      return SecretString;
    },
  };
}
