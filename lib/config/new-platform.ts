import type { PlatformInput } from './schema/platform';
import { platformHead, type Start } from './starter';
import { writePlatform } from './write-platform';

/** One service of a new platform. */
export interface NewService {
  readonly name: string;
  readonly image: string;
  /** Undefined for a worker, which nobody asks. */
  readonly port: number | undefined;
  /** Pattern of the requests that it gets; undefined if none come from outside. */
  readonly path: string | undefined;
  readonly health: string | undefined;
}

/** Everything that a new platform file is made of. */
export interface NewPlatform extends Start {
  readonly services: readonly NewService[];
  /** Name of the database; undefined without one. */
  readonly database: string | undefined;
  readonly cache: boolean;
  /** Who hears of alarms; undefined: nobody yet. */
  readonly email: string | undefined;
}

/**
 * Writes a new platform file.
 * @param schema how the file names the schema, so that editors find it
 */
export function newPlatform(asked: NewPlatform, schema: string): string {
  const { head, comments } = platformHead(asked);
  const document: PlatformInput = {
    ...head,
    services: Object.fromEntries(
      asked.services.map((service) => [service.name, serviceInput(service, asked)]),
    ),
    ...(asked.database === undefined ? {} : { database: { name: asked.database } }),
    ...(asked.cache ? { cache: {} } : {}),
    ...(asked.email === undefined ? {} : { alerts: { receivers: { default: { email: [asked.email] } } } }),
  };
  const title = [`${asked.name}: every key and its default is in docs/platform-file.md.`];
  return writePlatform({ title, document, comments, schema });
}

function serviceInput(
  { image, port, path, health }: NewService,
  { database, cache }: NewPlatform,
): PlatformInput['services'][string] {
  const secrets = {
    ...(database === undefined
      ? {}
      : { DATABASE_USER: 'database.username', DATABASE_PASSWORD: 'database.password' }),
    ...(cache ? { CACHE_PASSWORD: 'cache.password' } : {}),
  };
  return {
    image,
    ...(port === undefined ? {} : { ports: { http: port } }),
    ...(path === undefined ? {} : { routes: [{ paths: [path] }], health: { path: health ?? '/health' } }),
    ...(Object.keys(secrets).length > 0 ? { secrets } : {}),
  };
}
