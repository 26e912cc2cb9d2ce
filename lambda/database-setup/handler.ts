import { randomBytes } from 'node:crypto';
import { customResourceHandler } from '../runtime/custom-resource-handler';
import { required } from '../runtime/environment';
import { postgres } from '../runtime/postgres/connect';
import { secretsManager } from './aws';
import { ENVIRONMENT } from './contract';
import { setup } from './setup';

export const handler = customResourceHandler(() => {
  const found = required(process.env, ENVIRONMENT);
  const address = {
    host: found.databaseHost,
    port: Number(found.databasePort),
    database: found.databaseName,
  };
  return setup(
    {
      database: postgres(address, { name: 'holdfast-database-setup' }),
      secrets: secretsManager(),
      bytes: randomBytes,
    },
    {
      owner: found.ownerSecret,
      application: found.applicationSecret,
      agent: found.agentSecret,
      archive: found.archiveSecret,
      monitor: found.monitorSecret,
    },
  );
});
