import { derivedPriority, FIRST_DERIVED, MAX_PRIORITY } from '../priority';
import { formatPath, type Path } from '../problem';
import { defaultPortName } from '../resolve-service';
import { portProblem } from './probes';
import { eachService, type Rule, type RuleContext, type ServiceDocument } from './rule';

type RouteDocument = ServiceDocument['routes'][number];
interface Placed {
  readonly route: RouteDocument;
  readonly priority: number;
  readonly path: Path;
}

/** All routes in the alphabetical order of their services, so that a message does not depend on the order. */
function placed({ document }: RuleContext): Placed[] {
  return Object.keys(document.services)
    .sort()
    .flatMap((name) =>
      (document.services[name]?.routes ?? []).map((route, i) => ({
        route,
        priority: route.priority ?? derivedPriority(route),
        path: ['services', name, 'routes', i],
      })),
    );
}

const because = (...paths: Path[]) => paths.flatMap((path) => [path, [...path, 'paths'], [...path, 'host']]);

export const routesHaveAPort = eachService(function* (service, path, context) {
  for (const [i, route] of service.routes.entries()) {
    const fallback = defaultPortName(service.ports);
    yield* portProblem(route.port, fallback, service, [...path, 'routes', i], path, context);
  }
});

export const routesHaveHealth = eachService(function* (service, path) {
  if (service.routes.length === 0 || service.health) return;
  yield {
    path: [...path, 'routes'],
    because: [[...path, 'health']],
    message: 'a service with a route needs a health path; add health: { path: /health }.',
  };
});

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html */
const VALUES_OF_A_RULE = 5;

export const valuesOfARule: Rule = function* (context) {
  for (const { route, path } of placed(context)) {
    const values = route.paths.length + valuesOfHost(route.host, context.document.domain.name);
    if (values > VALUES_OF_A_RULE) {
      yield {
        path: [...path, 'paths'],
        message: `${route.paths.length} paths and the host are ${values} values${route.host === context.document.domain.name ? ' (the domain counts twice: it stands for the name of the region too)' : ''}; a rule of a balancer has at most ${VALUES_OF_A_RULE}. Write two routes.`,
      };
    }
  }
};

/** What serves the platform's own name also answers under the fixed name of its region. */
function valuesOfHost(host: string | undefined, domain: string): number {
  if (host === undefined) return 0;
  return host === domain ? 2 : 1;
}

/** Names below the domain that Holdfast itself writes into the hosted zone. */
export const OWN_LABELS: readonly string[] = ['home', 'standby', 'leader-standby', 'leader-witness'];

/** The certificate covers the domain and one label below it. */
export const hostsBelowTheDomain: Rule = function* (context) {
  const { name } = context.document.domain;
  for (const { route, path } of placed(context)) {
    const { host } = route;
    if (host === undefined || host === name) continue;
    const label = host.endsWith(`.${name}`) ? host.slice(0, -name.length - 1) : undefined;
    if (label === undefined || label.includes('.')) {
      yield {
        path: [...path, 'host'],
        because: [['domain', 'name']],
        message: `${host} is not covered by the certificate of the platform; allowed: ${name} or one label before .${name}.`,
      };
    } else if (OWN_LABELS.includes(label)) {
      yield {
        path: [...path, 'host'],
        because: [['domain', 'name']],
        message: `${host} is a name of Holdfast's own; choose another label than ${OWN_LABELS.join(', ')}.`,
      };
    }
  }
};

/** Two routes for the same requests: one of them would get none. */
export const noRouteTwice: Rule = function* (context) {
  const seen = new Map<string, Placed>();
  for (const one of placed(context)) {
    for (const [i, pattern] of one.route.paths.entries()) {
      const key = `${one.route.host ?? ''} ${pattern}`;
      const other = seen.get(key);
      if (other) {
        yield {
          path: [...one.path, 'paths', i],
          because: because(other.path),
          message: `${pattern} is also a path of ${formatPath(other.path)}; each may go to one service only.`,
        };
      } else seen.set(key, one);
    }
  }
};

const samePatterns = (a: RouteDocument, b: RouteDocument): boolean =>
  a.host === b.host && a.paths.some((pattern) => b.paths.includes(pattern));

export const noPriorityTwice: Rule = function* (context) {
  const all = placed(context);
  const used = new Set(all.map(({ priority }) => priority));
  const seen = new Map<number, Placed>();
  for (const one of all) {
    const other = seen.get(one.priority);
    // The same patterns give the same number; that they are the same is reported already.
    if (other && !samePatterns(one.route, other.route)) {
      yield {
        path: one.route.priority === undefined ? one.path : [...one.path, 'priority'],
        because: because(one.path, other.path),
        message: `its priority ${one.priority} is also that of ${formatPath(other.path)}; ${freeNumber(one.priority, used)} is free: write priority: ${freeNumber(one.priority, used)}.`,
      };
    } else seen.set(one.priority, one);
  }
};

/** The nearest free number behind, so that the order stays what the patterns say. */
function freeNumber(taken: number, used: ReadonlySet<number>): number {
  for (let number = taken + 1; number <= MAX_PRIORITY; number++) if (!used.has(number)) return number;
  for (let number = taken - 1; number > 0; number--) if (!used.has(number)) return number;
  return FIRST_DERIVED;
}

/** Whether every request that `inner` means is one that `outer` means too; `outer` may have one `*` at its end. */
const covers = (outer: string, inner: string): boolean =>
  /^[^*?]*\*$/.test(outer) && inner !== outer && inner.startsWith(outer.slice(0, -1));

export const everyRouteIsReached: Rule = function* (context) {
  const all = placed(context);
  for (const one of all) {
    for (const [i, pattern] of one.route.paths.entries()) {
      const before = all.find(
        ({ route, priority }) =>
          priority < one.priority &&
          (route.host === undefined || route.host === one.route.host) &&
          route.paths.some((p) => covers(p, pattern)),
      );
      if (!before) continue;
      yield {
        path: [...one.path, 'paths', i],
        because: because(before.path, one.path),
        message: `${pattern} gets no request: ${formatPath(before.path)} is asked before it (priority ${before.priority}, here ${one.priority}) and takes them; give this route a priority below ${before.priority}.`,
      };
    }
  }
};
