import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { credentialOf, MalformedSecret, parseFields } from '../runtime/secret-fields';
import type { Secrets } from './ports';

export function secretsManager(): Secrets {
  const client = new SecretsManagerClient();
  return {
    async credential(SecretId) {
      const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId }));
      if (SecretString === undefined) throw new MalformedSecret(SecretId, 'it holds no text');
      return credentialOf(SecretId, parseFields(SecretId, SecretString));
    },
  };
}
