import type { ComposeService } from '../project';
import type { Report } from '../report';
import type { Wish } from './routes';

/** What the labels of Traefik say of a service. */
export interface TraefikLabels {
  readonly wishes: readonly Wish[];
  readonly port: number | undefined;
  readonly healthPath: string | undefined;
  readonly isSticky: boolean;
}

const ROUTER = /^traefik\.http\.routers\.([^.]+)\.rule$/;

/** Reads the labels of a service; undefined if Traefik does not serve it. */
export function traefikLabels(service: ComposeService, report: Report): TraefikLabels | undefined {
  const { labels } = service;
  if (labels.get('traefik.enable') === 'false') return undefined;
  const rules = [...labels].filter(([key]) => ROUTER.test(key));
  if (rules.length === 0) return undefined;
  const ofService = (ending: string) =>
    [...labels].find(
      ([key]) => /^traefik\.http\.services\./.test(key) && key.endsWith(`.loadbalancer.${ending}`),
    )?.[1];
  for (const [key] of labels) tellMiddleware(service, key, report);
  return {
    wishes: rules.flatMap(([key, rule]) => wishesOf(service, key, rule, report)),
    port: Number(ofService('server.port')) || undefined,
    healthPath: ofService('healthcheck.path'),
    isSticky: ofService('sticky') === 'true' || ofService('sticky.cookie') === 'true',
  };
}

/** What the balancer cannot do, or does by itself, by the kind of the middleware. */
const MIDDLEWARES: readonly (readonly [RegExp, string, string])[] = [
  [
    /\.(stripprefix|stripprefixregex|addprefix|replacepath|replacepathregex)\b/,
    'the balancer passes paths on as they are.',
    'Let the service answer under the whole path.',
  ],
  [
    /\.(basicauth|digestauth|forwardauth)\b/,
    'the balancer asks for no password.',
    'Let the service ask for it.',
  ],
  [
    /\.(ratelimit|inflightreq)\b/,
    'limits are counted by AWS WAF, by address and time.',
    'Say them in edge.rateLimits.',
  ],
  [/\.headers\.accesscontrol/, 'CORS is said once for the platform.', 'Say it in edge.cors.'],
  [/\.headers\./, 'headers are said once for the platform.', 'Say them in edge.securityHeaders.'],
  [
    /\.(ipwhitelist|ipallowlist)\b/,
    'the balancer is open to everybody.',
    'Let the service or a rule of AWS WAF refuse others.',
  ],
  [
    /\.(compress|retry|circuitbreaker|buffering|errors|chain|plugin)\b/,
    'the balancer does no such thing.',
    'Let the service do it.',
  ],
];

function tellMiddleware(service: ComposeService, key: string, report: Report): void {
  const [, name, kind = ''] = /^traefik\.http\.middlewares\.([^.]+)(\..*)$/.exec(key) ?? [];
  const found = name === undefined ? undefined : MIDDLEWARES.find(([pattern]) => pattern.test(kind));
  if (!found) return;
  const [pattern, why, todo] = found;
  const what = pattern.exec(kind)?.[1] ?? 'headers';
  report.lost([...service.path, 'labels'], `the middleware ${name} (${what})`, why, todo);
}

/** `(Host(a) || Host(b)) && PathPrefix(/api)` as a wish for each host. */
function wishesOf(service: ComposeService, key: string, rule: string, report: Report): Wish[] {
  const path = [...service.path, 'labels', key];
  return alternatives(rule).flatMap((matchers) => {
    const unknown = matchers.find(({ name }) => !['host', 'path', 'pathprefix'].includes(name));
    if (unknown) {
      report.lost(
        path,
        `a rule with ${unknown.name}`,
        'the balancer chooses by host and path.',
        'Let the service itself look at it, or write the routes by hand.',
      );
      return [];
    }
    const values = (name: string) => matchers.filter((one) => one.name === name).flatMap((one) => one.values);
    const prefixes = values('pathprefix').flatMap(prefixPatterns);
    const paths = [...prefixes, ...values('path').map((one) => one.replace(/\{[^}]*\}/g, '*'))];
    const hosts = values('host').map((host) => host.toLowerCase());
    return (hosts.length > 0 ? hosts : [undefined]).map((host) => ({
      service: service.name,
      path,
      host,
      paths: paths.length > 0 ? paths : ['/*'],
    }));
  });
}

/** `/api` means `/api` and all below it; `/` means all. */
export const prefixPatterns = (prefix: string): string[] => {
  const plain = prefix.replace(/\/+$/, '');
  return plain === '' ? ['/*'] : [plain, `${plain}/*`];
};

interface Matcher {
  readonly name: string;
  readonly values: readonly string[];
}

/**
 * The alternatives of a rule, each as the matchers that must all fit. Alternatives within parentheses are those of hosts
 * or of paths, which a rule of the balancer holds beside one another.
 */
function alternatives(rule: string): Matcher[][] {
  const tokens = [...rule.matchAll(/!?\s*([A-Za-z]+)\(([^)]*)\)|(&&|\|\||\(|\))/g)];
  const groups: Matcher[][] = [[]];
  let depth = 0;
  for (const [whole, name, inside = '', sign] of tokens) {
    if (sign === '(') depth += 1;
    else if (sign === ')') depth -= 1;
    else if (sign === '||' && depth === 0) groups.push([]);
    else if (name !== undefined) {
      const values = [...inside.matchAll(/[`'"]([^`'"]*)[`'"]/g)].flatMap(([, value]) => value ?? []);
      const called = whole.startsWith('!') ? `not ${name}` : name.toLowerCase();
      groups.at(-1)?.push({ name: called, values });
    }
  }
  return groups.filter((group) => group.length > 0);
}

/** Hosts that the labels of all services name, for the choice of the domain. */
export const traefikHosts = (services: Iterable<ComposeService>): string[] =>
  [...services].flatMap(({ labels }) =>
    [...labels]
      .filter(([key]) => ROUTER.test(key))
      .flatMap(([, rule]) => alternatives(rule).flat())
      .filter(({ name }) => name === 'host')
      .flatMap(({ values }) => values.map((host) => host.toLowerCase())),
  );
