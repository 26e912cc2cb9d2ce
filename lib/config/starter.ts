import type { RegionChoice } from './region-pairs';
import { zonesOf } from './region-pairs';
import type { PlatformInput } from './schema/platform';
import type { SizeName } from './schema/primitives';

/** What a new platform file begins with. */
export interface Start {
  readonly name: string;
  readonly account: string | undefined;
  readonly size: SizeName;
  readonly regions: RegionChoice;
  readonly domain: string;
  readonly hostedZone: string | undefined;
  readonly hostedZoneId: string | undefined;
}

/** Stand for what only a person knows; legal, so that the file can be checked and deployed locally. */
export const PLACEHOLDERS = { account: '000000000000', hostedZoneId: 'Z00000000000000000000' } as const;

type Head = Pick<PlatformInput, 'name' | 'account' | 'size' | 'regions' | 'domain' | 'leadership'>;

/**
 * The first keys of a platform file.
 * @returns them, and the comments of those that a person has to fill in, by path
 */
export function platformHead(start: Start): { head: Head; comments: Map<string, string> } {
  const { home, standby, witness, leadership } = start.regions;
  const comments = new Map<string, string>();
  if (start.account === undefined) comments.set('account', 'to fill in: the number of your AWS account');
  if (start.hostedZoneId === undefined)
    comments.set('domain.hostedZone.id', 'to fill in: its id in Route 53');
  if (leadership)
    comments.set('leadership.regions', 'home and standby are not in one set that DynamoDB keeps consistent');
  const head: Head = {
    name: start.name,
    account: start.account ?? PLACEHOLDERS.account,
    size: start.size,
    regions: {
      home: { name: home, zones: zonesOf(home), cidr: '10.0.0.0/16' },
      standby: { name: standby, zones: zonesOf(standby), cidr: '10.1.0.0/16' },
      witness: { name: witness },
    },
    domain: {
      name: start.domain,
      hostedZone: {
        id: start.hostedZoneId ?? PLACEHOLDERS.hostedZoneId,
        name: start.hostedZone ?? zoneOf(start.domain),
      },
    },
    ...(leadership ? { leadership: { regions: [...leadership] } } : {}),
  };
  return { head, comments };
}

/** The zone that a domain is likely in: its last two labels. */
export const zoneOf = (domain: string): string => domain.split('.').slice(-2).join('.');
