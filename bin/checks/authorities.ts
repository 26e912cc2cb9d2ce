import { endpointDomain } from '../../lib/config/names';
import type { Platform } from '../../lib/config/platform';
import type { Check } from './check';
import { type Finding, GLOBAL, ok, todo } from './line';
import type { CaaRecord, Names } from './ports';
import { assertPublicDns } from './public-dns';

/**
 * Names under which Amazon's certificate authority looks for itself.
 * https://docs.aws.amazon.com/acm/latest/userguide/setup-caa.html
 */
export const AMAZON = ['amazon.com', 'amazontrust.com', 'awstrust.com', 'amazonaws.com'] as const;

/** May Amazon issue the certificates? A CAA record that says no leaves the deployment hanging without a word. */
export const authorities: Check = {
  name: 'CAA',
  asksAws: false,
  tasks: (platform, ports) => [
    {
      place: GLOBAL,
      run: async () => {
        await assertPublicDns(platform.domain.name, ports.names);
        return mayIssue(certified(platform), ports.names);
      },
    },
  ],
};

/**
 * Every name that gets a certificate. `*.` of the platform's name covers the names of the regions and the hosts of the
 * routes, which are one label below it; each leadership endpoint has a certificate of its own.
 */
export const certified = (platform: Platform): string[] => [
  platform.domain.name,
  `*.${platform.domain.name}`,
  endpointDomain(platform, 'standby'),
  endpointDomain(platform, 'witness'),
];

async function mayIssue(names: readonly string[], port: Names): Promise<Finding[]> {
  const asked = new Map<string, Promise<readonly CaaRecord[]>>();
  const authoritiesOf = (name: string): Promise<readonly CaaRecord[]> => {
    const answer = asked.get(name) ?? port.authorities(name);
    asked.set(name, answer);
    return answer;
  };
  const refusals = new Map<string, string[]>();
  for (const name of names) {
    const holder = await closestSet(name, authoritiesOf);
    if (holder && !allowsAmazon(holder.records, name.startsWith('*.')))
      refusals.set(holder.name, [...(refusals.get(holder.name) ?? []), name]);
  }
  if (refusals.size === 0) return [ok('No CAA record forbids Amazon to issue the certificates.')];
  return [...refusals].map(([holder, forbidden]) =>
    todo(
      `The CAA records of ${holder} forbid Amazon a certificate for ${forbidden.join(', ')}; the deployment would wait for it until it fails.`,
      [
        `Add to the CAA records of ${holder}:`,
        ...(forbidden.some((name) => !name.startsWith('*.')) ? ['  0 issue "amazon.com"'] : []),
        ...(forbidden.some((name) => name.startsWith('*.')) ? ['  0 issuewild "amazon.com"'] : []),
      ].join('\n'),
    ),
  );
}

/** The first name with CAA records, from a name upwards: only these count (RFC 8659, section 3). */
async function closestSet(
  name: string,
  ask: (name: string) => Promise<readonly CaaRecord[]>,
): Promise<{ readonly name: string; readonly records: readonly CaaRecord[] } | undefined> {
  const labels = name.replace(/^\*\./, '').split('.');
  for (let i = 0; i < labels.length; i++) {
    const at = labels.slice(i).join('.');
    const records = await ask(at);
    if (records.length > 0) return { name: at, records };
  }
  return undefined;
}

const KNOWN_TAGS = /^(issue|issuewild|iodef|issuemail|issuevmc|contactemail|contactphone)$/;

/** RFC 8659, section 4: without `issue` everybody may; `issuewild` takes precedence for wildcards. */
export function allowsAmazon(records: readonly CaaRecord[], isWildcard: boolean): boolean {
  if (records.some(({ critical, tag }) => critical && !KNOWN_TAGS.test(tag))) return false;
  const of = (wanted: string) => records.filter(({ tag }) => tag === wanted);
  const wild = isWildcard ? of('issuewild') : [];
  const deciding = wild.length > 0 ? wild : of('issue');
  if (deciding.length === 0) return true;
  return deciding.some(({ value }) => {
    const issuer = (value.split(';')[0] ?? '').trim().toLowerCase();
    return AMAZON.some((name) => name === issuer);
  });
}
