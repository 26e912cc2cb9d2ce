import { regionDomain } from '../config/names';
import type { Platform, Role } from '../config/platform';

/**
 * The health path that can be asked from outside: the first one that the balancer sends to the very service it belongs
 * to, under the platform's own name.
 * @returns undefined if no service's health path is reachable through its own routes
 */
export function checkedPath(platform: Platform): string | undefined {
  const rules = platform.services
    .flatMap((service) => service.routes.map((route) => ({ service, route })))
    .filter(({ route }) => route.host === undefined || route.host === platform.domain.name)
    .sort((a, b) => a.route.priority - b.route.priority);
  for (const service of platform.services) {
    const path = service.health?.path;
    if (path === undefined) continue;
    const served = rules.find(({ route }) =>
      route.paths.some((pattern) => new RegExp(wildcardExpression(pattern)).test(path)),
    );
    if (served?.service === service) return path;
  }
  return undefined;
}

/** `*` is any text, `?` one character, as in a rule of the balancer. */
export function wildcardExpression(pattern: string): string {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return `^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`;
}

/** @returns the health path of a region's fixed name; `none` if no health path can be asked from outside */
export function applicationUrl(platform: Platform, role: Role): string {
  const path = checkedPath(platform);
  if (path === undefined) return 'none';
  const { httpsPort } = platform.edge;
  return `https://${regionDomain(platform, role)}${httpsPort === 443 ? '' : `:${httpsPort}`}${path}`;
}
