import type { ExtensionFiles } from './binaries';

/**
 * Extensions that RDS for PostgreSQL 17 offers and the binaries lack, each with those that it needs. Here they are empty: a
 * platform that names them can be deployed, and whoever uses one of their types or functions is told that there is none.
 * https://docs.aws.amazon.com/AmazonRDS/latest/PostgreSQLReleaseNotes/postgresql-extensions.html
 */
const EMPTY: Readonly<Record<string, readonly string[]>> = {
  address_standardizer: [],
  address_standardizer_data_us: [],
  aws_commons: [],
  aws_lambda: ['aws_commons'],
  aws_s3: ['aws_commons'],
  h3: [],
  h3_postgis: ['h3', 'postgis', 'postgis_raster'],
  hll: [],
  hypopg: [],
  ip4r: [],
  log_fdw: [],
  mysql_fdw: [],
  oracle_fdw: [],
  orafce: [],
  pg_bigm: [],
  pg_hint_plan: [],
  pg_partman: [],
  pg_proctab: [],
  pg_repack: [],
  pg_similarity: [],
  pg_tle: [],
  pgactive: [],
  pgaudit: [],
  pglogical: [],
  pgrouting: ['postgis'],
  pgtap: [],
  plprofiler: [],
  plrust: [],
  plv8: [],
  postgis: [],
  postgis_raster: ['postgis'],
  postgis_tiger_geocoder: ['postgis', 'fuzzystrmatch'],
  postgis_topology: ['postgis'],
  prefix: [],
  rdkit: [],
  rds_tools: [],
  tds_fdw: [],
  vector: [],
};

/** Older than any of theirs: nobody takes it for the real one. */
const VERSION = '0.0';

const control = (name: string, requires: readonly string[]): string =>
  [
    `comment = 'empty stand-in for ${name}'`,
    `default_version = '${VERSION}'`,
    'superuser = false',
    'relocatable = true',
    ...(requires.length > 0 ? [`requires = '${requires.join(', ')}'`] : []),
    '',
  ].join('\n');

export const EMPTY_EXTENSIONS: ExtensionFiles = Object.fromEntries(
  Object.entries(EMPTY).flatMap(([name, requires]) => [
    [`${name}.control`, control(name, requires)],
    [`${name}--${VERSION}.sql`, '-- Nothing.\n'],
  ]),
);

/** @returns those of the extensions that are empty here */
export const emptyAmong = (extensions: readonly string[]): string[] =>
  extensions.filter((name) => name in EMPTY);
