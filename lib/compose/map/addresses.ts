/** The address of a container within a value. */
export interface Address {
  /** Name of its service in Compose. */
  readonly service: string;
  /** A whole address with a scheme, or a host with or without a port. */
  readonly kind: 'url' | 'host';
  /** Empty for a host. */
  readonly scheme: string;
  readonly hasPassword: boolean;
  /** Path and what follows; empty for a host. */
  readonly rest: string;
  /** The whole value, which may hold a password: never to be shown. */
  readonly text: string;
}

/** Variables whose value is the name of a machine; a bare word elsewhere is any word. */
const NAMES_A_HOST = /HOST|SERVER|ADDR|ENDPOINT|UR[IL]|BROKER|UPSTREAM|BACKEND$/i;
/** Lists of names that a service accepts, and not of those that it calls. */
const NAMES_OWN_HOSTS = /ALLOWED|TRUSTED|NO_PROXY|ORIGINS?$|VIRTUAL_HOST|LETSENCRYPT/i;

/**
 * @param variable name of the variable with the value
 * @returns the first container that the value names, as a host or within a URL; undefined if it names none
 */
export function addressIn(
  variable: string,
  value: string,
  hosts: ReadonlyMap<string, string>,
): Address | undefined {
  if (NAMES_OWN_HOSTS.test(variable)) return undefined;
  const parts = keyed(value, hosts);
  if (parts) return { ...parts, text: value };
  for (const part of value.split(/[,\s]+/)) {
    const found = url(part, hosts) ?? host(variable, part, hosts);
    if (found) return { ...found, text: value };
  }
  return undefined;
}

function url(text: string, hosts: ReadonlyMap<string, string>): Omit<Address, 'text'> | undefined {
  const [, scheme = '', login = '', name = '', rest = ''] =
    /^(?:jdbc:)?([a-z][a-z0-9+.-]*):\/\/(?:([^@/]*)@)?([\w.-]+)(?::\d+)?(.*)$/i.exec(text) ?? [];
  const service = hosts.get(name.toLowerCase());
  if (service === undefined) return undefined;
  return { service, kind: 'url', scheme: scheme.toLowerCase(), hasPassword: /:.+/.test(login), rest };
}

/** `host=db user=shop password=...`, as libpq and ADO.NET have it. */
function keyed(text: string, hosts: ReadonlyMap<string, string>): Omit<Address, 'text'> | undefined {
  const [, name = ''] = /(?:^|[\s;])(?:host|server|data source)\s*=\s*([\w.-]+)/i.exec(text) ?? [];
  const service = hosts.get(name.toLowerCase());
  if (service === undefined) return undefined;
  return { service, kind: 'url', scheme: '', hasPassword: /(password|pwd)\s*=/i.test(text), rest: '' };
}

function host(
  variable: string,
  text: string,
  hosts: ReadonlyMap<string, string>,
): Omit<Address, 'text'> | undefined {
  const [, name = '', port] = /^([\w.-]+)(?::(\d+))?$/.exec(text) ?? [];
  if (port === undefined && !NAMES_A_HOST.test(variable)) return undefined;
  const service = hosts.get(name.toLowerCase());
  return service === undefined
    ? undefined
    : { service, kind: 'host', scheme: '', hasPassword: false, rest: '' };
}
