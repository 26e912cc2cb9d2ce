import type { ManagedDatabase, Platform, Role } from '../../lib/config/platform';
import { oneOf } from '../../lib/config/suggest';
import type { Check } from './check';
import { type Finding, ok, todo } from './line';
import { ROLES } from './places';
import type { DatabaseOffers, DatabaseOption } from './ports';

const STORAGE = 'gp3';

/** Does RDS sell the version and the class in both regions, in the zones of the file? */
export const database: Check = {
  name: 'database',
  asksAws: true,
  tasks: (platform, ports) => {
    const config = platform.database;
    if (config?.kind !== 'managed') return [];
    return ROLES.map((role) => ({
      place: platform.regions[role].name,
      run: async () => [await offered(platform, config, role, ports.databases)],
    }));
  },
};

async function offered(
  platform: Platform,
  { version, major, instanceClass, multiAz }: ManagedDatabase,
  role: Role,
  port: DatabaseOffers,
): Promise<Finding> {
  const { name: region, zones } = platform.regions[role];
  const versions = await port.versions(region, major);
  if (!versions.includes(version)) {
    const others =
      versions.length > 0 ? `it has ${oneOf(versions, 'and')}` : `it has no PostgreSQL ${major} at all`;
    return todo(
      `RDS has no PostgreSQL ${version} in ${region}; ${others}.`,
      'Choose a `database.version` that home and standby both have.',
    );
  }
  const wanted = instanceClass[role];
  const options = (await port.options(region, version, wanted)).filter(
    ({ storageType }) => storageType === STORAGE,
  );
  const what = `PostgreSQL ${version} on ${wanted}`;
  const another =
    role === 'home'
      ? 'Choose another `database.class`.'
      : 'Choose another `database.standby.class`; the replica must keep up with home.';
  if (options.length === 0)
    return todo(`RDS sells no ${what} with ${STORAGE} storage in ${region}.`, another);
  if (multiAz[role] && !options.some(({ canBeMultiAz }) => canBeMultiAz))
    return todo(`RDS sells ${what} in ${region}, but not Multi-AZ.`, another);
  const usable = zonesOf(options, zones);
  const least = multiAz[role] ? 2 : 1;
  if (usable.length < least) {
    return todo(
      `RDS sells ${what} in ${usable.length === 0 ? 'none' : `only ${oneOf(usable)}`} of the platform's zones in ${region}; needed: ${least}.`,
      `${another} Or choose zones among ${oneOf(zonesOf(options), 'and')}.`,
    );
  }
  return ok(`${what}${multiAz[role] ? ', Multi-AZ,' : ''} can be had in ${oneOf(usable, 'and')}.`);
}

const zonesOf = (options: readonly DatabaseOption[], among?: readonly string[]): string[] =>
  [...new Set(options.flatMap(({ zones }) => zones))].filter((zone) => among?.includes(zone) ?? true).sort();
