import type { Environment } from '../../../lambda/runtime/environment';
import { HoldfastError } from '../../../lambda/runtime/errors';

/** Where the old server is, and as whom to connect. */
export interface Dsn {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly username: string;
  readonly password: string;
  readonly tls: Tls;
}

/** `off`: none. `on`: encrypted, whoever answers. `verified`: by a certificate that is valid for the host's name. */
export type Tls = 'off' | 'on' | 'verified';

/** What says where the old server is lacks something, or says it wrongly. It never shows a password. */
export class BadDsn extends HoldfastError {}

const PORT = 5432;
const SSL_MODES: Readonly<Record<string, Tls>> = {
  disable: 'off',
  require: 'on',
  'verify-ca': 'verified',
  'verify-full': 'verified',
};

/**
 * Reads PGHOST, PGPORT, PGDATABASE, PGUSER, PGPASSWORD and PGSSLMODE, as libpq does; without a mode it is `require`.
 * @throws {BadDsn}
 */
export function dsnFromEnvironment(environment: Environment): Dsn {
  const { PGHOST, PGPORT, PGDATABASE, PGUSER, PGPASSWORD, PGSSLMODE } = environment;
  return checked('the environment', {
    host: PGHOST,
    port: PGPORT,
    database: PGDATABASE,
    username: PGUSER,
    password: PGPASSWORD,
    sslmode: PGSSLMODE,
  });
}

/**
 * @param text `postgresql://user:password@host:5432/database?sslmode=require`, or JSON with host, port, dbname (or
 *   database), username, password, sslmode, as RDS keeps it
 * @throws {BadDsn}
 */
export function dsnFromSecret(name: string, text: string): Dsn {
  const from = `the secret ${name}`;
  return checked(from, text.trimStart().startsWith('{') ? fromJson(from, text) : fromUrl(from, text));
}

type Parts = Readonly<
  Record<'host' | 'port' | 'database' | 'username' | 'password' | 'sslmode', string | undefined>
>;

function fromJson(from: string, json: string): Parts {
  let fields: unknown;
  try {
    fields = JSON.parse(json);
  } catch {
    // The cause would show the password.
    throw new BadDsn(`What ${from} holds begins like JSON and is none.`);
  }
  const field = (name: string): string | undefined => {
    const found: unknown =
      typeof fields === 'object' && fields !== null
        ? Object.getOwnPropertyDescriptor(fields, name)?.value
        : undefined;
    return typeof found === 'string' || typeof found === 'number' ? String(found) : undefined;
  };
  return {
    host: field('host'),
    port: field('port'),
    database: field('dbname') ?? field('database'),
    username: field('username') ?? field('user'),
    password: field('password'),
    sslmode: field('sslmode'),
  };
}

function fromUrl(from: string, text: string): Parts {
  let url: URL;
  try {
    url = new URL(text.trim());
  } catch {
    // The cause would show the password.
    throw new BadDsn(
      `What ${from} holds is no address such as postgresql://user:password@host:5432/database.`,
    );
  }
  if (url.protocol !== 'postgresql:' && url.protocol !== 'postgres:') {
    throw new BadDsn(
      `The address in ${from} begins with ${url.protocol}// and must begin with postgresql://.`,
    );
  }
  const part = (encoded: string): string | undefined =>
    encoded === '' ? undefined : decodeURIComponent(encoded);
  return {
    host: part(url.hostname),
    port: part(url.port),
    database: part(url.pathname.slice(1)),
    username: part(url.username),
    password: part(url.password),
    sslmode: url.searchParams.get('sslmode') ?? undefined,
  };
}

function checked(from: string, parts: Parts): Dsn {
  const { host, database, username, password, sslmode = 'require' } = parts;
  const missing = Object.entries({ host, database, username, password }).flatMap(([name, value]) =>
    value === undefined || value === '' ? [name] : [],
  );
  if (!host || !database || !username || !password) {
    throw new BadDsn(`In ${from} there is no ${missing.join(', no ')} of the old server.`);
  }
  const port = Number(parts.port ?? PORT);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new BadDsn(`The port in ${from} is ${parts.port}; allowed: 1 to 65535.`);
  }
  const tls = SSL_MODES[sslmode];
  if (tls === undefined) {
    throw new BadDsn(`sslmode in ${from} is ${sslmode}; allowed: ${Object.keys(SSL_MODES).join(', ')}.`);
  }
  return { host, port, database, username, password, tls };
}

/**
 * As the subscription at the new server keeps it, in the form of libpq. RDS has no file with an authority of somebody
 * else's, so the most that it is asked for is encryption.
 * @param seen `host` or `host:port` by which the new server reaches the old one, where that is another way
 */
export function conninfoOf(dsn: Dsn, seen: string | undefined): string {
  const [host = dsn.host, port = String(dsn.port)] = seen === undefined ? [] : seen.split(':');
  const parts = {
    host,
    port,
    dbname: dsn.database,
    user: dsn.username,
    password: dsn.password,
    sslmode: dsn.tls === 'off' ? 'disable' : 'require',
    application_name: 'holdfast-import',
  };
  return Object.entries(parts)
    .map(([name, value]) => `${name}='${value.replace(/[\\']/g, '\\$&')}'`)
    .join(' ');
}
