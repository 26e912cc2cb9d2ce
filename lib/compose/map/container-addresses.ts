import { ENVIRONMENT } from '../../config/environment';
import type { Path } from '../../config/problem';
import type { Variable } from '../project';
import { type Address, addressIn } from './addresses';
import { holdsSecret } from './secret-names';
import type { Sorting } from './sorting';

/** A variable that holds the address of another container. */
export function address(sorting: Sorting, name: string, { value = '', path }: Variable): boolean {
  const found = addressIn(name, value, sorting.hosts);
  if (!found) return false;
  const { scene, uses } = sorting;
  const role = scene.roles.get(found.service) ?? 'application';
  const told = (what: string, todo: string): void => {
    scene.report.lost(path, `${name}`, `it names the container ${found.service}; ${what}`, todo);
  };
  switch (role) {
    case 'database':
    case 'pooler':
      if (sorting.parts.database?.service.name !== found.service && role === 'database')
        return lostStore(sorting, name, path, found);
      uses.add('database');
      if (name !== ENVIRONMENT.databaseHost)
        told('the address is that of the region, and the password changes.', DATABASE_TODO[found.kind]);
      return true;
    case 'cache':
      uses.add('cache');
      if (name !== ENVIRONMENT.cacheHost)
        told('the address is that of the region, and it asks for TLS and a password.', CACHE_TODO);
      return true;
    case 'queue':
      return queueAddress(sorting, name, path, found);
    case 'bucket':
      uses.add('bucket');
      told(
        'S3 needs no endpoint.',
        'Leave the endpoint out of the client; the task has its rights by its role.',
      );
      return true;
    case 'application':
    case 'balancer':
      return serviceAddress(sorting, name, path, found);
    default:
      return lostStore(sorting, name, path, found);
  }
}

const DATABASE_TODO = {
  url: 'Build it at the start from DATABASE_USER, DATABASE_PASSWORD, DATABASE_HOST, DATABASE_PORT and DATABASE_NAME.',
  host: 'Read DATABASE_HOST and DATABASE_PORT.',
} as const;
const CACHE_TODO =
  'Build it at the start from CACHE_HOST, CACHE_PORT and CACHE_PASSWORD, with TLS (rediss:).';

function queueAddress({ scene, parts, secrets, found }: Sorting, name: string, path: Path, at: Address) {
  const queue = parts.queues.get(at.service) ?? at.service;
  const secret = secrets.shared(`${queue}-url`, BROKER);
  const known = [...found].find(([, reference]) => reference === secret)?.[0];
  const own = `${queue.toUpperCase().replaceAll('-', '_')}_URL`;
  const variable = at.kind === 'url' ? name : (known ?? own);
  found.set(variable, secret);
  const set = `Set the secret ${secret} once the queue is there.`;
  if (variable === name) scene.report.toDo(path, name, 'the address of the broker holds a password.', set);
  else {
    const why = `it names the container ${at.service}; a queue is found by its whole address.`;
    scene.report.lost(path, name, why, `Read it from ${variable}. ${set}`);
  }
  return true;
}
const BROKER = 'Address of the broker with user and password';

/** Services of a platform have no private names; what is public is found by the platform's own name. */
function serviceAddress(
  { scene, environment, service, publicAddress }: Sorting,
  name: string,
  path: Path,
  at: Address,
) {
  if (at.service === service.name) return false;
  const base = publicAddress(at.service);
  if (
    base !== undefined &&
    at.kind === 'url' &&
    /^https?$/.test(at.scheme) &&
    !at.hasPassword &&
    !holdsSecret(at.rest)
  ) {
    const value = `${base}${at.rest}`;
    environment.set(name, value);
    scene.report.changed(
      path,
      `${name} becomes ${value}`,
      `services have no private names; ${at.service} is reached through the balancer.`,
      'Look whether its routes take such requests.',
    );
    return true;
  }
  scene.report.lost(
    path,
    name,
    `it names the container ${at.service}, and services of a platform have no private names.`,
    base === undefined
      ? `Give ${at.service} a route, or put both containers into one service.`
      : `Reach it at ${base}.`,
  );
  return true;
}

/** What is not part of the platform is somewhere else, or nowhere. */
function lostStore(
  { scene, secrets, service, found }: Sorting,
  name: string,
  path: Path,
  at: Address,
): boolean {
  if (at.hasPassword) found.set(name, secrets.of(name, undefined, service, path, at.text));
  scene.report.lost(
    path,
    name,
    `it names ${at.service}, which is not part of the platform.`,
    at.hasPassword
      ? 'Set the secret to its new address.'
      : 'Add it again with the address at which it runs then.',
  );
  return true;
}
