import type { ComposeService } from '../project';
import type { Report } from '../report';

/** TCP ports of protocols that are not HTTP, and of debuggers. */
const NOT_HTTP = new Set([
  21, 22, 25, 53, 110, 143, 465, 587, 993, 995, 1883, 3306, 4369, 5432, 5671, 5672, 5678, 6379, 8883, 9092,
  9229, 11211, 27017, 50051,
]);

/** A port that browsers may ask. */
export const asksHttp = ({ ports }: ComposeService): number[] =>
  ports
    .filter(({ target, protocol }) => protocol === 'tcp' && !NOT_HTTP.has(target))
    .map(({ target }) => target);

/** Whether a service is open to everybody by HTTP. */
export const isPublic = ({ ports }: ComposeService): boolean =>
  ports.some(({ target, protocol, isPublic: open }) => open && protocol === 'tcp' && !NOT_HTTP.has(target));

/** Ports of a service of the platform by name: that of its requests, that of its check, and the others. */
export function portsOf(
  service: ComposeService,
  traffic: number | undefined,
  check: number | undefined,
  report: Report,
): { readonly ports: Readonly<Record<string, number>>; readonly checkName: string | undefined } {
  const named = new Map<string, number>();
  if (traffic !== undefined) named.set('http', traffic);
  const hasOwnCheck = traffic !== undefined && check !== undefined && check !== traffic;
  if (hasOwnCheck) named.set('health', check);
  for (const { target, protocol, isPublic: open } of service.ports) {
    if (protocol !== 'tcp' || (open && NOT_HTTP.has(target))) {
      report.lost(
        [...service.path, 'ports'],
        `the port ${target}${protocol === 'tcp' ? '' : `/${protocol}`}`,
        'the balancer speaks HTTP only.',
        'Clients outside need another way to it.',
      );
    } else if (![...named.values()].includes(target)) {
      named.set(`port-${target}`, target);
      if (open && traffic !== undefined)
        report.lost(
          [...service.path, 'ports'],
          `requests to the port ${target}`,
          `those of ${traffic} come through the balancer.`,
          'If clients need it, add a route with this port.',
        );
    }
  }
  return { ports: Object.fromEntries(named), checkName: hasOwnCheck ? 'health' : undefined };
}
