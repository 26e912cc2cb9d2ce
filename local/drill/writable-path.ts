import type { Platform, Service } from '../../lib/config/platform';

/** A service of the platform writes to no database, or no user reaches it. */
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
  for (const service of platform.services.filter(usesDatabase)) {
    const route = service.routes.find(({ host }) => host === undefined || host === platform.domain.name);
    const pattern = route?.paths[0];
    if (pattern !== undefined) return within(pattern);
  }
  throw new NothingToWrite(
    `${platform.name} has no service with both a route and a credential of the database (services.*.secrets: database.username, database.password), so that the drill has nothing to write to.`,
  );
}
