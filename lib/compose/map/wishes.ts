import type { ComposeService } from '../project';
import { httpCheck } from './health';
import { slugOf } from './names';
import { nginxLocations } from './nginx';
import { asksHttp, isPublic } from './ports';
import { Routes } from './routes';
import { type Scene, servicesOf } from './scene';
import { type TraefikLabels, traefikLabels } from './traefik';

/** How clients reach the services of a platform. */
export interface Traffic {
  readonly routes: Routes;
  readonly labels: ReadonlyMap<string, TraefikLabels>;
  /** Port that gets the requests of a service; undefined for one without. */
  portOf(service: ComposeService): number | undefined;
}

/** Finds out which requests go to which service: by labels of Traefik, by Nginx, else by published ports and by names. */
export function trafficOf(scene: Scene): Traffic {
  const routes = new Routes(scene.domain, scene.report);
  const applications = servicesOf(scene, 'application');
  const labels = new Map<string, TraefikLabels>();
  for (const service of applications) {
    const found = traefikLabels(service, scene.report);
    if (!found) continue;
    labels.set(service.name, found);
    for (const wish of found.wishes) routes.give(wish);
  }
  const proxied = new Map<string, number>();
  for (const { wish, port } of nginxLocations(scene)) {
    if (scene.roles.get(wish.service) !== 'application') continue;
    if (port !== undefined) proxied.set(wish.service, port);
    routes.give(wish);
  }
  guess(scene, applications, routes, labels);
  return {
    routes,
    labels,
    portOf: (service) => {
      if (routes.of(service.name).length === 0) return undefined;
      return labels.get(service.name)?.port ?? proxied.get(service.name) ?? guessedPort(scene, service);
    },
  };
}

function guessedPort({ report }: Scene, service: ComposeService): number {
  const open = service.ports.filter((port) => port.isPublic).map(({ target }) => target);
  const http = asksHttp(service);
  const asked = Number(service.environment.get('PORT')?.value);
  const known =
    http.find((port) => open.includes(port)) ??
    http[0] ??
    httpCheck(service)?.port ??
    (Number.isInteger(asked) && asked > 0 && asked < 65_536 ? asked : undefined);
  if (known !== undefined) return known;
  report.guessed(
    service.path,
    'the port 80',
    'Compose names no port of it.',
    'Write the port that it listens on into ports.',
  );
  return 80;
}

/** What services are called, and the requests that this means. */
const BY_NAME: readonly (readonly [RegExp, string])[] = [
  [/^(front-?end|web|www|ui|client|spa|site|app|webapp|web-.*|nginx)$/, '/*'],
  [/(^|-)(api|back-?end|server|gateway|rest|graphql)(-|$)/, '/api/*'],
  [/(^|-)(ws|websockets?|realtime|socket|sockets|cable|hub)(-|$)/, '/ws/*'],
  [/(^|-)admin(-|$)/, '/admin/*'],
];

/** Services that are published, or behind a proxy that nobody could read, and that nothing has said a path of. */
function guess(
  scene: Scene,
  applications: readonly ComposeService[],
  routes: Routes,
  labels: ReadonlyMap<string, TraefikLabels>,
): void {
  const silent = (service: ComposeService) =>
    !labels.has(service.name) && routes.of(service.name).length === 0;
  const open = applications.filter((service) => silent(service) && isPublic(service));
  const behind = routes.isEmpty && open.length === 0 ? proxiedServices(scene, applications) : [];
  const candidates = open.length > 0 ? open : behind;
  const isTaken = !routes.isEmpty;
  const wanted = candidates.map((service) => {
    const slug = slugOf(service.name, 24, 'service');
    return { service, slug, pattern: BY_NAME.find(([pattern]) => pattern.test(slug))?.[1] };
  });
  // Somebody must answer at the domain itself.
  const first =
    wanted.find(({ pattern }) => pattern === '/*') ??
    (wanted.length === 1 || !wanted.some(({ pattern }) => pattern) ? wanted[0] : undefined);
  const given = new Set<string>();
  for (const one of wanted) {
    const pattern = one === first && !isTaken ? '/*' : one.pattern;
    const hasOwnHost =
      pattern === undefined || pattern === '/*' ? one !== first || isTaken : given.has(pattern);
    const host = hasOwnHost ? `${one.slug}.${scene.domain}` : undefined;
    if (!hasOwnHost && pattern !== undefined) given.add(pattern);
    const paths = hasOwnHost || pattern === undefined ? ['/*'] : [pattern];
    const at = [...one.service.path, ...(one.service.ports.length > 0 ? ['ports'] : [])];
    routes.give({ service: one.service.name, path: at, host, paths });
    const what = host === undefined ? `the route ${paths.join(', ')}` : `the host ${host}`;
    const why =
      wanted.length === 1 && !isTaken
        ? 'it is the only service that is published.'
        : 'Compose publishes a port, a balancer shares one; it was chosen by the name.';
    scene.report.guessed(
      at,
      `${what} of ${scene.names.get(one.service.name) ?? one.service.name}`,
      why,
      'Look at its routes.',
    );
  }
}

/** Behind a proxy whose configuration is not known: what it waits for, else what listens. */
function proxiedServices(scene: Scene, applications: readonly ComposeService[]): ComposeService[] {
  const proxies = servicesOf(scene, 'balancer');
  const waited = new Set(proxies.flatMap(({ dependsOn }) => [...dependsOn.keys()]));
  const asked = applications.filter(({ name }) => waited.has(name));
  if (asked.length > 0) return asked;
  return proxies.length > 0 ? applications.filter((one) => asksHttp(one).length > 0 || httpCheck(one)) : [];
}
