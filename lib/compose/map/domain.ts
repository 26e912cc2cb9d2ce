import type { Project } from '../project';
import { traefikHosts } from './traefik';

const DNS_NAME = /^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/;

/**
 * The domain that fits the hosts of a project: one of them that the others are below of, else what they have in common.
 * @returns undefined if no host is named
 */
export function domainOf(project: Project): string | undefined {
  const hosts = [...new Set(traefikHosts(project.services.values()))].filter((host) => DNS_NAME.test(host));
  const fits = (domain: string) =>
    hosts.every((host) => host === domain || /^[^.]+\.$/.test(withoutEnd(host, domain)));
  const parents = hosts
    .map((host) => host.slice(host.indexOf('.') + 1))
    .filter((name) => DNS_NAME.test(name));
  const shortest = [...hosts].sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
  return [...shortest, ...parents].find(fits) ?? shortest[0];
}

/** What stands before a domain, with the dot; the whole host if it is not below it. */
const withoutEnd = (host: string, domain: string): string =>
  host.endsWith(`.${domain}`) ? host.slice(0, -domain.length) : host;
