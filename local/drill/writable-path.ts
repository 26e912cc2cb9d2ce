import type { Platform, Service } from '../../lib/config/platform';

/** The platform has no database that the drill has servers for, or no service that writes to it is reached by users. */
export class NothingToWrite extends Error {
  override readonly name = 'NothingToWrite';
}

const usesDatabase = ({ secrets }: Service): boolean =>
  Object.values(secrets).some((reference) => reference.startsWith('database.'));

/** `/api/*` -> `/api/drill`: something that the pattern takes. */
const within = (pattern: string): string => pattern.replaceAll('*', 'drill').replaceAll('?', 'd');

/**
 * @returns a path under the platform's own name that a service with the database answers
 * @throws NothingToWrite if there is none
 */
export function writablePath(platform: Platform): string {
  const { name, database } = platform;
  if (database?.kind !== 'managed') {
    const why =
      database === undefined
        ? 'has no database'
        : 'writes to an external database, which is in none of its regions';
    throw new NothingToWrite(
      `${name} ${why}: the drill loses regions with their databases, and needs one that Holdfast manages (database.kind: managed).`,
    );
  }
  for (const service of platform.services.filter(usesDatabase)) {
    const route = service.routes.find(({ host }) => host === undefined || host === platform.domain.name);
    const pattern = route?.paths[0];
    if (pattern !== undefined) return within(pattern);
  }
  throw new NothingToWrite(
    `${name} has no service with both a route and a credential of the database (services.*.secrets: database.username, database.password), so that the drill has nothing to write to.`,
  );
}
