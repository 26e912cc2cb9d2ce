import type { Platform } from '../../lib/config/platform';
import type { Check } from './check';
import { type Finding, GLOBAL, ok, todo } from './line';
import type { HostedZones, Names } from './ports';
import { assertPublicDns } from './public-dns';

/** Is the hosted zone of the file there, public, and the one that the file means? */
export const hostedZone: Check = {
  name: 'hosted zone',
  asksAws: true,
  tasks: ({ domain }, ports) => [
    { place: GLOBAL, run: async () => [await zoneThere(domain.hostedZone, ports.zones)] },
  ],
};

async function zoneThere(
  { id, name }: Platform['domain']['hostedZone'],
  port: HostedZones,
): Promise<Finding> {
  const zone = await port.zone(id);
  const list =
    'Find the id: `aws route53 list-hosted-zones`, and correct `domain.hostedZone` in the platform file.';
  if (!zone) {
    return todo(
      `There is no hosted zone ${id}.`,
      `Make one, \`aws route53 create-hosted-zone --name ${name} --caller-reference ${name}\`, or find the right one.\n${list}`,
    );
  }
  if (zone.name !== name) return todo(`The hosted zone ${id} is ${zone.name}, the file says ${name}.`, list);
  if (zone.isPrivate)
    return todo(`The hosted zone ${id} (${name}) is private; the world must find the names.`, list);
  return ok(`${name} is the public hosted zone ${id}.`);
}

/** Does the world ask this zone for the platform's names? Certificates hang for ever if it does not. */
export const delegation: Check = {
  name: 'delegation',
  asksAws: true,
  tasks: (platform, ports) => [
    { place: GLOBAL, run: () => delegated(platform.domain, ports.zones, ports.names) },
  ],
};

async function delegated(
  { name: domain, hostedZone: { id, name } }: Platform['domain'],
  zones: HostedZones,
  names: Names,
): Promise<Finding[]> {
  const zone = await zones.zone(id);
  // What is wrong with the zone itself is said by the other check.
  if (!zone || zone.name !== name || zone.isPrivate) return [];
  await assertPublicDns(name, names);
  const wanted = sorted(zone.nameServers);
  const fix = [
    `Where ${name} is registered (or in the zone above it), give it these name servers:`,
    ...wanted.map((server) => `  ${server}`),
  ].join('\n');
  const found = sorted(await names.nameServers(name));
  if (found.length === 0)
    return [todo(`Nobody points at the hosted zone: ${name} has no name servers.`, fix)];
  if (found.join() !== wanted.join()) {
    return [todo(`${name} is served by ${found.join(', ')} and not by the hosted zone.`, fix)];
  }
  for (const between of namesBetween(domain, name)) {
    const others = sorted(await names.nameServers(between));
    if (others.length > 0 && others.join() !== wanted.join()) {
      return [
        todo(
          `${between} is delegated away from the hosted zone, to ${others.join(', ')}: nobody would see the records of the platform.`,
          `Name the hosted zone of ${between} in the platform file, or delete the NS record of ${between} in ${name}.`,
        ),
      ];
    }
  }
  return [ok(`${name} is delegated to the hosted zone.`)];
}

const sorted = (servers: readonly string[]): string[] =>
  [...new Set(servers.map((server) => server.toLowerCase().replace(/\.$/, '')))].sort();

/** `a.b.example.com` down to, but without, `example.com`. */
function namesBetween(domain: string, zone: string): string[] {
  if (domain === zone) return [];
  const labels = domain.slice(0, -zone.length - 1).split('.');
  return labels.map((_, i) => `${labels.slice(i).join('.')}.${zone}`).reverse();
}
