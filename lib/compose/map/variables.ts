import { bucketVariable, ENVIRONMENT, isReservedVariable } from '../../config/environment';
import type { Variable } from '../project';
import { addressIn } from './addresses';
import { address } from './container-addresses';
import { looksSecret, secretValues } from './secret-names';
import type { Sorting } from './sorting';

/** What a service of the platform finds in its environment. */
export interface ServiceVariables {
  readonly environment: Readonly<Record<string, string>>;
  /** Variable -> secret or `secret.field`. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Buckets that it may use. */
  readonly usesBuckets: boolean;
}

/**
 * Sorts the variables of a container: what Holdfast sets itself, what is secret, what names another container, and plain
 * settings. No value of a secret comes out of here.
 */
export function sortVariables(
  given: Pick<Sorting, 'scene' | 'parts' | 'secrets' | 'service' | 'hosts' | 'publicAddress'>,
): ServiceVariables {
  const sorting: Sorting = { ...given, environment: new Map(), found: new Map(), uses: usedParts(given) };
  for (const [name, variable] of given.service.environment) sort(sorting, name, variable);
  mountedSecrets(sorting);
  addCredentials(sorting);
  const { environment, found } = sorting;
  const isFree = ([name]: readonly [string, string]) =>
    !isReservedVariable(name, given.parts.buckets, [...given.parts.queues.values()]);
  return {
    environment: Object.fromEntries([...environment].filter(([name]) => !found.has(name))),
    secrets: Object.fromEntries([...found].filter(isFree)),
    usesBuckets: sorting.uses.has('bucket'),
  };
}

/** The managed parts for which a service waits at its start, or whose containers its variables name. */
function usedParts({ scene, service, hosts }: Pick<Sorting, 'scene' | 'service' | 'hosts'>): Set<string> {
  const named = [...service.environment].flatMap(
    ([name, { value }]) => addressIn(name, value ?? '', hosts)?.service ?? [],
  );
  const used = [...service.dependsOn.keys(), ...named].flatMap((name) => scene.roles.get(name) ?? []);
  return new Set(used.flatMap((role) => (role === 'pooler' ? ['database'] : [role])));
}

/** What may become of a variable; the first that knows what to do with it counts. */
const STEPS: readonly ((sorting: Sorting, name: string, variable: Variable) => boolean)[] = [
  passedOn,
  secretFile,
  address,
  databaseLogin,
  cachePassword,
  objectStorage,
  reserved,
  region,
  secret,
];

function sort(sorting: Sorting, name: string, variable: Variable): void {
  if (!/^[A-Za-z_]\w*$/.test(name)) {
    sorting.scene.report.lost(
      variable.path,
      `the variable ${name}`,
      'its name is not one that ECS takes.',
      'Rename it.',
    );
  } else if (!STEPS.some((step) => step(sorting, name, variable)))
    sorting.environment.set(name, variable.value ?? '');
}

function passedOn(
  { scene, secrets, service, found }: Sorting,
  name: string,
  { value, path }: Variable,
): boolean {
  if (value !== undefined) return false;
  if (looksSecret(name, undefined)) found.set(name, secrets.of(name, undefined, service, path));
  else {
    scene.report.toDo(
      path,
      `the variable ${name}`,
      'it is passed on from the shell and not set here.',
      'Add its value to environment, or import again where it is set.',
    );
  }
  return true;
}

/** `NAME_FILE=/run/secrets/x`: the platform hands the secret itself over as `NAME`. */
function secretFile(
  { scene, parts, secrets, service, found, uses }: Sorting,
  name: string,
  { value, path }: Variable,
) {
  const source = /^\/run\/secrets\/([\w.-]+)$/.exec(value ?? '')?.[1];
  if (source === undefined) return false;
  const variable = name.replace(/_FILE$/, '');
  const isDatabase = source === parts.database?.passwordSecret;
  if (isDatabase) uses.add('database');
  found.set(variable, isDatabase ? 'database.password' : secrets.ofFile(source, service, path));
  scene.report.changed(
    path,
    `${name} becomes ${variable}`,
    'a secret comes as a variable and not as a file.',
    `Let the service read ${variable}.`,
  );
  return true;
}

/** User, password and name of the database under the names that the application has for them. */
function databaseLogin(sorting: Sorting, name: string, { value }: Variable): boolean {
  const { parts, uses, found, environment } = sorting;
  const { database } = parts;
  if (!database || !(uses.has('database') || value === database.password)) return false;
  const kind = LOGIN.exec(name)?.[1]?.toUpperCase() ?? '';
  const isName = /^(DB|NAME|DATABASE)$/.test(kind) && name !== ENVIRONMENT.databaseName;
  if (kind.startsWith('PASS') || (value === database.password && /PASS/i.test(name)))
    found.set(name, 'database.password');
  else if (kind.startsWith('USER')) found.set(name, 'database.username');
  else if (isName && value === database.composeName) environment.set(name, database.name);
  else return false;
  uses.add('database');
  return true;
}

/** What applications call the parts of a login: `PGUSER`, `DB_PASSWORD`, `POSTGRES_DB`. */
const LOGIN =
  /^(?:PG|POSTGRES(?:QL)?_?|DB_?|DATABASE_?|SQL_?|.*_(?:DB|DATABASE|POSTGRES|PG)_)(USER(?:NAME)?|PASS(?:WORD)?|DB|NAME|DATABASE)$/i;

function cachePassword({ parts, uses, found }: Sorting, name: string): boolean {
  if (!parts.cache || !/(REDIS|VALKEY|CACHE).*(PASS|AUTH)/i.test(name)) return false;
  uses.add('cache');
  found.set(name, 'cache.password');
  return true;
}

/** Keys, regions and names of buckets that lived in a container. */
function objectStorage({ scene, parts, uses }: Sorting, name: string, { value, path }: Variable): boolean {
  if (parts.buckets.length === 0) return false;
  const isKey = /^(AWS|S3|MINIO)_.*(ACCESS|SECRET)|^MINIO_ROOT_|^(S3|MINIO)_.*(KEY|PASSWORD|USER)/i.test(
    name,
  );
  const isName = /(^|_)BUCKETS?(_NAME)?$/.test(name);
  if (!isKey && !isName) return false;
  uses.add('bucket');
  const variable = bucketVariable(parts.buckets.find((one) => one === value) ?? parts.buckets[0] ?? '');
  scene.report.lost(
    path,
    name,
    isKey
      ? 'a task reaches its buckets by its role, without keys.'
      : 'a bucket has a name of its own in each region.',
    isKey ? 'Let the client find its rights by itself, as the SDKs do.' : `Read ${variable}.`,
  );
  return true;
}

function reserved({ scene, parts }: Sorting, name: string, { path }: Variable): boolean {
  if (!isReservedVariable(name, parts.buckets, [...parts.queues.values()])) return false;
  scene.report.changed(path, name, 'Holdfast sets it, for the region that the task is in.');
  return true;
}

function region({ scene }: Sorting, name: string, { path }: Variable): boolean {
  if (!/^AWS_(DEFAULT_)?REGION$/.test(name)) return false;
  scene.report.lost(
    path,
    name,
    'it would be wrong in the other region.',
    'ECS sets AWS_REGION, and HOLDFAST_REGION is the same.',
  );
  return true;
}

function secret({ secrets, service, found }: Sorting, name: string, { value, path }: Variable): boolean {
  const isInside = secretValues(service.environment).some((one) => value?.includes(one));
  if (!looksSecret(name, value) && !isInside) return false;
  found.set(name, secrets.of(name, value, service, path));
  return true;
}

/** Secrets that are mounted and that no variable points to. */
function mountedSecrets({ parts, secrets, service, found, scene, uses }: Sorting): void {
  const pointed = new Set(
    [...service.environment.values()].flatMap(
      ({ value }) => /^\/run\/secrets\/([\w.-]+)$/.exec(value ?? '')?.[1] ?? [],
    ),
  );
  for (const { source, target } of service.secrets) {
    if (pointed.has(source) || (target !== undefined && pointed.has(target.replace('/run/secrets/', ''))))
      continue;
    const path = [...service.path, 'secrets'];
    const variable = source
      .toUpperCase()
      .replace(/[^A-Z0-9]+/g, '_')
      .replace(/^(?=\d)/, '_');
    if (
      variable === '' ||
      found.has(variable) ||
      isReservedVariable(variable, parts.buckets, [...parts.queues.values()])
    )
      continue;
    const isDatabase = source === parts.database?.passwordSecret;
    if (isDatabase) uses.add('database');
    found.set(variable, isDatabase ? 'database.password' : secrets.ofFile(source, service, path));
    scene.report.changed(
      path,
      `/run/secrets/${source} becomes the variable ${variable}`,
      'a secret comes as a variable and not as a file.',
      `Let the service read ${variable}.`,
    );
  }
}

/** Who uses database or cache needs their passwords, whatever they were called. */
function addCredentials({ parts, uses, found, environment }: Sorting): void {
  const add = (variable: string, reference: string): void => {
    if ([...found.values()].includes(reference)) return;
    environment.delete(variable);
    found.set(variable, reference);
  };
  if (parts.database && uses.has('database')) {
    add('DATABASE_USER', 'database.username');
    add('DATABASE_PASSWORD', 'database.password');
  }
  if (parts.cache && uses.has('cache')) add('CACHE_PASSWORD', 'cache.password');
}
