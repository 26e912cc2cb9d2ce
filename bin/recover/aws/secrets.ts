import {
  paginateListSecrets,
  paginateListSecretVersionIds,
  RestoreSecretCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import { all, type Clients } from '../../checks/aws/call';
import type { SecretVersions } from '../secrets/run';
import { call } from './call';

export function secretVersions(clients: Clients): SecretVersions {
  const manager = clients((config) => new SecretsManagerClient(config));
  return {
    async list(region, prefix) {
      const wanted = { IncludePlannedDeletion: true, Filters: [{ Key: 'name' as const, Values: [prefix] }] };
      const found = await call('secretsmanager:ListSecrets', region, (options) =>
        all(paginateListSecrets({ client: manager(region) }, wanted, options), (page) => page.SecretList),
      );
      return found
        .map(({ Name = '', DeletedDate }) => ({ name: Name, deletedMs: DeletedDate?.getTime() }))
        .filter(({ name }) => name.startsWith(prefix));
    },
    async versions(region, SecretId) {
      const wanted = { SecretId, IncludeDeprecated: true };
      const found = await call('secretsmanager:ListSecretVersionIds', region, (options) =>
        all(
          paginateListSecretVersionIds({ client: manager(region) }, wanted, options),
          (page) => page.Versions,
        ),
      );
      return found.map(({ VersionId = '', CreatedDate, VersionStages }) => ({
        id: VersionId,
        createdMs: CreatedDate?.getTime() ?? 0,
        stages: VersionStages ?? [],
      }));
    },
    async undelete(region, SecretId) {
      await call('secretsmanager:RestoreSecret', region, (options) =>
        manager(region).send(new RestoreSecretCommand({ SecretId }), options),
      );
    },
    async makeCurrent(region, SecretId, MoveToVersionId, RemoveFromVersionId) {
      const change = { SecretId, VersionStage: 'AWSCURRENT', MoveToVersionId, RemoveFromVersionId };
      await call('secretsmanager:UpdateSecretVersionStage', region, (options) =>
        manager(region).send(new UpdateSecretVersionStageCommand(change), options),
      );
    },
  };
}
