import { derivedPriority, MAX_PRIORITY } from '../../config/priority';
import type { Path } from '../../config/problem';
import type { PlatformInput } from '../../config/schema/platform';
import type { Report } from '../report';

type RouteInput = NonNullable<PlatformInput['services'][string]['routes']>[number];

/** Requests that a service wants. */
export interface Wish {
  /** Name of the service in Compose. */
  readonly service: string;
  /** Place that says so. */
  readonly path: Path;
  readonly host: string | undefined;
  /** Patterns; all of them are asked for the same host. */
  readonly paths: readonly string[];
}

/** Names below the domain that Holdfast writes itself. */
const OWN_LABELS = ['home', 'standby', 'leader-standby', 'leader-witness'];
/** Paths that a rule has room for: with a host one less, with the domain itself two. */
const VALUES_OF_A_RULE = 5;
const MOST_ROUTES = 20;
const PATTERN = /^\/[\w\-./~*?&$"'@:+]{0,127}$/;

/** Hands out the requests of a balancer, each to one service, as the rules of a platform file want them. */
export class Routes {
  readonly #taken = new Map<string, string>();
  readonly #routes = new Map<string, RouteInput[]>();
  readonly #priorities = new Set<number>();

  constructor(
    private readonly domain: string,
    private readonly report: Report,
  ) {}

  /** Gives a service what it wants, as far as it is free and can be had. */
  give(wish: Wish): void {
    const host = this.#host(wish);
    if (host === null) return;
    const paths = [...new Set(wish.paths)].filter((pattern) => this.#isFree(wish, host, pattern));
    const room = VALUES_OF_A_RULE - (host === undefined ? 0 : host === this.domain ? 2 : 1);
    for (let i = 0; i < paths.length; i += room) this.#add(wish, host, paths.slice(i, i + room));
  }

  /** Routes of a service; none if it has none. */
  of(service: string): readonly RouteInput[] {
    return this.#routes.get(service) ?? [];
  }

  /** @returns `https://...` of what a service answers; undefined if it has no route */
  addressOf(service: string): string | undefined {
    const [route] = this.of(service);
    return route && `https://${route.host ?? this.domain}`;
  }

  get isEmpty(): boolean {
    return this.#routes.size === 0;
  }

  /** @returns the host of a rule; undefined for any; null if it cannot be had */
  #host({ service, path, host }: Wish): string | undefined | null {
    // A platform with one host needs no rule about it; a host that only this machine knows says as much as its name.
    if (host === undefined || host === '' || host === this.domain || host === 'localhost') return undefined;
    const [, local] =
      /^([a-z0-9-]+)\.(?:[a-z0-9-]+\.)*(?:localhost|local|test|internal|lan)$/.exec(host) ?? [];
    if (local !== undefined && !host.endsWith(`.${this.domain}`))
      return this.#host({ service, path, host: `${local}.${this.domain}`, paths: [] });
    const label = host.endsWith(`.${this.domain}`) ? host.slice(0, -this.domain.length - 1) : undefined;
    if (label !== undefined && /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(label) && !OWN_LABELS.includes(label))
      return host;
    this.report.lost(
      path,
      `the host ${host} of ${service}`,
      `the certificate covers ${this.domain} and one label below it${OWN_LABELS.includes(label ?? '') ? `, and ${label} is Holdfast's own` : ''}.`,
      'Choose another domain with --domain, or give the service a host below it.',
    );
    return null;
  }

  #isFree({ service, path }: Wish, host: string | undefined, pattern: string): boolean {
    const key = `${host ?? ''} ${pattern}`;
    const other = this.#taken.get(key);
    if (PATTERN.test(pattern) && other === undefined) {
      this.#taken.set(key, service);
      return true;
    }
    if (other === service) return false;
    this.report.lost(
      path,
      `the path ${pattern} of ${service}`,
      other === undefined ? 'a balancer knows no such pattern.' : `${other} has it already.`,
      'Give the service a path or a host of its own under routes.',
    );
    return false;
  }

  #add({ service, path }: Wish, host: string | undefined, paths: string[]): void {
    const routes = this.#routes.get(service) ?? [];
    if (routes.length >= MOST_ROUTES) {
      this.report.lost(path, `the paths ${paths.join(', ')}`, `a service has at most ${MOST_ROUTES} routes.`);
      return;
    }
    const derived = derivedPriority({ host, paths });
    let priority = derived;
    // Two patterns may get one number; the next free one keeps their order.
    while (this.#priorities.has(priority)) priority = priority < MAX_PRIORITY ? priority + 1 : 1;
    this.#priorities.add(priority);
    const route = {
      ...(host === undefined ? {} : { host }),
      paths,
      ...(priority === derived ? {} : { priority }),
    };
    this.#routes.set(service, [...routes, route]);
  }
}
