import { EXISTING_DATABASES, RDS_EXTENSIONS } from '../../config/postgres';
import type { PlatformInput } from '../../config/schema/platform';
import type { ComposeService } from '../project';
import { commonName } from './known-images';
import { slugOf } from './names';
import { type Scene, servicesOf } from './scene';

/** The container that the database stands for, and what its clients know of it. */
export interface FoundDatabase {
  readonly service: ComposeService;
  /** Name of the database in Compose and in the platform. */
  readonly composeName: string;
  readonly name: string;
  readonly user: string | undefined;
  readonly password: string | undefined;
  /** Secret of Compose that holds the password, if one does. */
  readonly passwordSecret: string | undefined;
  readonly extensions: readonly string[];
  readonly version: string | undefined;
  readonly maxConnections: number | undefined;
}

/** Newest minor of each major that RDS has for certain; data is moved logically, so the minor need not be the same. */
const MINORS: ReadonlyMap<number, string> = new Map([
  [15, '15.15'],
  [16, '16.11'],
  [17, '17.6'],
  [18, '18.1'],
]);
const DEFAULT_MAJOR = 17;

export function databaseOf(scene: Scene): FoundDatabase | undefined {
  const [service, ...others] = servicesOf(scene, 'database');
  if (!service) return undefined;
  for (const other of others) {
    scene.report.lost(
      other.path,
      `the database ${other.name}`,
      `a platform has one database, which is that of ${service.name} here.`,
      'Bring its tables in as a schema of their own, or describe it as a second platform.',
    );
  }
  const { report } = scene;
  const variable = (...names: string[]) =>
    names.flatMap((name) => service.environment.get(name)?.value ?? [])[0];
  const user = variable('POSTGRES_USER', 'POSTGRESQL_USERNAME') || 'postgres';
  const composeName = variable('POSTGRES_DB', 'POSTGRESQL_DATABASE') || user;
  const name = databaseName(scene, service, composeName);
  const passwordFile = variable('POSTGRES_PASSWORD_FILE', 'POSTGRESQL_PASSWORD_FILE');
  report.changed(
    service.path,
    'becomes the database, RDS for PostgreSQL in both regions',
    'its data, users and passwords do not come with the file.',
    'Bring the data over as docs/guides/migrating.md says.',
  );
  return {
    service,
    composeName,
    name,
    user,
    password: variable('POSTGRES_PASSWORD', 'POSTGRESQL_PASSWORD') || undefined,
    passwordSecret: passwordFile && /^\/run\/secrets\/(.+)$/.exec(passwordFile)?.[1],
    extensions: extensionsOf(scene, service),
    version: versionOf(scene, service),
    maxConnections: maxConnections(service),
  };
}

/** `postgres` and the like exist on every instance; others must be names that PostgreSQL takes without quotes. */
function databaseName({ report }: Scene, { path, environment }: ComposeService, asked: string): string {
  const plain = slugOf(asked, 60, 'app').replaceAll('-', '_');
  const name = EXISTING_DATABASES.includes(plain) ? 'app' : plain;
  if (name !== asked) {
    const at = environment.has('POSTGRES_DB') ? [...path, 'environment', 'POSTGRES_DB'] : path;
    report.changed(
      at,
      `the database is called ${name}`,
      'every instance has a postgres, and names are plain.',
    );
  }
  return name;
}

function versionOf({ report }: Scene, service: ComposeService): string | undefined {
  const at = [...service.path, 'image'];
  const { tag } = commonName(service.image ?? '');
  const [, text, minor] = /(?:^|pg)(\d+)(?:\.(\d+))?(?=$|[.-])/.exec(tag) ?? [];
  const major = Number(text);
  const known = MINORS.get(major);
  if (known === undefined) {
    const version = MINORS.get(DEFAULT_MAJOR) ?? '';
    report.guessed(
      at,
      `PostgreSQL ${version}`,
      text === undefined ? 'the tag names no version.' : `Holdfast runs ${[...MINORS.keys()].join(', ')}.`,
      'Say another one in database.version before the first deployment.',
    );
    return version;
  }
  if (minor !== undefined && `${major}.${minor}` !== known) {
    report.changed(
      at,
      `PostgreSQL ${major}.${minor} becomes ${known}`,
      'it is a minor version that RDS offers.',
    );
  }
  return known;
}

/** Extensions that come with an image. */
const OF_IMAGES: readonly (readonly [RegExp, string])[] = [
  [/pgvector/, 'vector'],
  [/postgis/, 'postgis'],
  [/timescaledb/, 'timescaledb'],
  [/citus/, 'citus'],
];

function extensionsOf(scene: Scene, service: ComposeService): string[] {
  const { name } = commonName(service.image ?? '');
  const ofImage = OF_IMAGES.filter(([pattern]) => pattern.test(name)).map(([, extension]) => extension);
  const scripts = service.mounts.filter(({ target }) => target.startsWith('/docker-entrypoint-initdb.d'));
  const told = scripts.flatMap(({ source = '' }) => createdExtensions(scene.read(source) ?? ''));
  const libraries =
    /shared_preload_libraries=['"]?([\w,\s]+)/.exec((service.command ?? []).join(' '))?.[1] ?? '';
  const all = new Set([...ofImage, ...told, ...libraries.split(/[,\s]+/).filter((one) => one !== '')]);
  for (const extension of all) {
    if (RDS_EXTENSIONS.includes(extension)) continue;
    scene.report.lost(
      [...service.path, 'image'],
      `the extension ${extension}`,
      'RDS for PostgreSQL does not have it.',
      'Move what needs it to plain PostgreSQL before the data is brought over.',
    );
  }
  if (scripts.length > 0) {
    scene.report.lost(
      [...service.path, 'volumes'],
      'scripts of the first start of the database',
      'nothing runs them; extensions that they create are taken over where they could be read.',
      'Put what they make into the migration.',
    );
  }
  return [...all].filter((extension) => RDS_EXTENSIONS.includes(extension)).sort();
}

const createdExtensions = (sql: string): string[] =>
  [...sql.matchAll(/create\s+extension\s+(?:if\s+not\s+exists\s+)?"?([a-z][\w-]*)"?/gi)].flatMap(
    ([, name]) => name?.toLowerCase() ?? [],
  );

/** What the file of a platform may say. */
const CONNECTIONS = { min: 50, max: 10_000 } as const;

function maxConnections({ command }: ComposeService): number | undefined {
  const asked = Number(/max_connections=['"]?(\d+)/.exec((command ?? []).join(' '))?.[1]);
  return asked >= CONNECTIONS.min && asked <= CONNECTIONS.max ? asked : undefined;
}

/** What the platform file says of the database. */
export function databaseInput(
  { version, name, extensions }: FoundDatabase,
  pool: Readonly<Record<string, number>>,
): NonNullable<PlatformInput['database']> {
  return {
    ...(version === undefined ? {} : { version }),
    name,
    ...(Object.keys(pool).length > 0 ? { pool } : {}),
    ...(extensions.length > 0 ? { extensions: [...extensions] } : {}),
  };
}
