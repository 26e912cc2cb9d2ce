import type { Platform } from '../config/platform';
import { CACHE_PORT, DATABASE_PORT } from '../network/security-groups';
import type { Backing } from '../service/task-environment';
import type { DataStack } from './data-stack';

/** Where tasks of a region find its database, cache and brokers. */
export function backingOf(platform: Platform, data: DataStack): Backing {
  const { database } = platform;
  return {
    ...(database?.kind === 'external'
      ? { database: { host: database.host, port: String(database.port), name: database.name } }
      : {}),
    ...(database?.kind === 'managed' && data.database
      ? {
          database: {
            host: data.database.instance.attrEndpointAddress,
            port: String(DATABASE_PORT),
            name: database.name,
            pool: database.pool,
            ...(database.readReplicas > 0
              ? { readHost: data.database.readHost, readHosts: data.database.readHosts.join(',') }
              : {}),
          },
        }
      : {}),
    ...(data.cache
      ? { cache: { host: data.cache.group.attrPrimaryEndPointAddress, port: String(CACHE_PORT) } }
      : {}),
    brokers: new Map([...data.brokers].map(([queue, broker]) => [queue, broker.host])),
  };
}
